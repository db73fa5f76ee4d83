#pragma once
#include "windows.h"

/* Images in the blocked layout, and products of them as their definition has it. */

enum { lanes = kernels_block_channels };

static inline long blocks_of(long channels, long width) { return (channels + width - 1) / width; }

/* What bounds do to a result: NaN stays. */
static inline double bounded(double value, float low, float high) { return value < low ? low : value > high ? high : value; }

/* A convolution whose input has its padding around it already, and the pixels of the output that are asked for. */
struct convolution {
    long channels, width; /* of the input, and how many of them lie side by side: 8 or 1 */
    long kernel_height, kernel_width, stride, dilation;
    long in_height, in_width, out_width;
    long outputs, first, count, target_stride;
    float low, high;
    const float *x;        /* [blocks, in_height, in_width, width] */
    const float *weights;  /* [filters, channels, taps] */
    const float *packed;   /* as the kernel reads them */
    const float *bias, *residual, *slopes;
};

/* [pairs of blocks][input block][tap][lane][16], [8] for a last block without a partner. */
static inline const float *packed_weights(
    struct check *check, const float *weights, long outputs, long channels, long width, long taps) {
    float *packed = unset_floats(check, outputs * lanes * channels * taps), *next = packed;
    for (long pair = 0; pair < outputs; pair += 2)
        for (long block = 0; block < channels; block += width)
            for (long tap = 0; tap < taps; tap++)
                for (long c = block; c < block + width && c < channels; c++)
                    for (long f = pair * lanes; f < (pair + 2) * lanes && f < outputs * lanes; f++)
                        *next++ = weights[(f * channels + c) * taps + tap];
    return packed;
}

/* The sum for one filter and output pixel, and that of its terms' magnitudes. */
static inline double convolution_sum(const struct convolution *c, long filter, long pixel, double *scale) {
    long row = pixel / c->out_width * c->stride, column = pixel % c->out_width * c->stride;
    const float *weight = c->weights + filter * c->channels * c->kernel_height * c->kernel_width;
    double sum = c->bias[filter];
    *scale = fabs(sum);
    for (long channel = 0; channel < c->channels; channel++) {
        long block = channel / c->width, lane = channel % c->width;
        for (long ky = 0; ky < c->kernel_height; ky++) {
            for (long kx = 0; kx < c->kernel_width; kx++) {
                long y = row + ky * c->dilation, x = column + kx * c->dilation;
                double value = c->x[((block * c->in_height + y) * c->in_width + x) * c->width + lane];
                double term = value * *weight++;
                sum += term, *scale += fabs(term);
            }
        }
    }
    return sum;
}

static inline struct kernels_blocked_product product_of(const struct convolution *c) {
    long in_blocks = blocks_of(c->channels, c->width), row = c->in_width * c->width;
    return (struct kernels_blocked_product){
        .blocks = in_blocks, .lanes = c->width, .last_lanes = c->channels - (in_blocks - 1) * c->width,
        .block_stride = c->in_height * row, .taps_y = c->kernel_height, .taps_x = c->kernel_width,
        .tap_stride_y = c->dilation * row, .tap_stride_x = c->dilation * c->width, .width = c->out_width,
        .row_stride = c->stride * row, .column_stride = c->stride * c->width, .target_stride = c->target_stride,
        .low = c->low, .high = c->high};
}

/* `count` pixels from `from` on, of some blocks of outputs. */
static inline void run_product(
    struct check *check, const struct convolution *c, long block, long blocks, long from, long count, float *y) {
    struct kernels_blocked_product product = product_of(c);
    long taps = c->kernel_height * c->kernel_width;
    long place = block * c->target_stride + (from - c->first) * lanes;
    check->table->blocked_product_f32(
        &product, c->x, c->packed + block * lanes * c->channels * taps, c->bias + block * lanes,
        c->residual ? c->residual + place : NULL, c->slopes ? c->slopes + block * lanes : NULL, blocks, y + place, from,
        count);
}

/* [blocks, pixels, width]; in the lanes past the channels lies NaN. */
static inline float *random_blocks(struct check *check, long channels, long width, long pixels) {
    long blocks = blocks_of(channels, width);
    float *x = random_floats(check, blocks * pixels * width, -2, 2);
    for (long channel = channels; channel < blocks * width; channel++)
        for (long i = 0; i < pixels; i++) x[(channel / width * pixels + i) * width + channel % width] = NAN;
    return x;
}
