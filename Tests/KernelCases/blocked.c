#include "windows.h"

/* Products and windows in the blocked layout. */

enum { lanes = kernels_block_channels };

static long blocks_of(long channels, long width) { return (channels + width - 1) / width; }

/* What bounds do to a result: NaN stays. */
static double bounded(double value, float low, float high) { return value < low ? low : value > high ? high : value; }

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
    const float *bias, *residual;
};

/* [pairs of blocks][input block][tap][lane][16], [8] for a last block without a partner. */
static const float *packed_weights(
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
static double convolution_sum(const struct convolution *c, long filter, long pixel, double *scale) {
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

static struct kernels_blocked_product product_of(const struct convolution *c) {
    long in_blocks = blocks_of(c->channels, c->width), row = c->in_width * c->width;
    return (struct kernels_blocked_product){
        .blocks = in_blocks, .lanes = c->width, .last_lanes = c->channels - (in_blocks - 1) * c->width,
        .block_stride = c->in_height * row, .taps_y = c->kernel_height, .taps_x = c->kernel_width,
        .tap_stride_y = c->dilation * row, .tap_stride_x = c->dilation * c->width, .width = c->out_width,
        .row_stride = c->stride * row, .column_stride = c->stride * c->width, .target_stride = c->target_stride,
        .low = c->low, .high = c->high};
}

/* `count` pixels from `from` on, of some blocks of outputs. */
static void run_product(
    struct check *check, const struct convolution *c, long block, long blocks, long from, long count, float *y) {
    struct kernels_blocked_product product = product_of(c);
    long taps = c->kernel_height * c->kernel_width;
    long place = block * c->target_stride + (from - c->first) * lanes;
    check->table->blocked_product_f32(
        &product, c->x, c->packed + block * lanes * c->channels * taps, c->bias + block * lanes,
        c->residual ? c->residual + place : NULL, blocks, y + place, from, count);
}

/* What the pixels asked for become, what lies between the blocks unset; then the same in cuts. */
static void check_product(struct check *check, const struct convolution *c) {
    long length = (c->outputs - 1) * c->target_stride + c->count * lanes;
    float *y = unset_floats(check, length), *cut = unset_floats(check, length);
    double *expected = doubles(check, length), *scales = doubles(check, length);
    for (long i = 0; i < length; i++) expected[i] = y[i], scales[i] = 0;
    for (long filter = 0; filter < c->outputs * lanes; filter++) {
        for (long i = 0; i < c->count; i++) {
            long place = filter / lanes * c->target_stride + i * lanes + filter % lanes;
            double sum = convolution_sum(c, filter, c->first + i, &scales[place]);
            if (c->residual) sum += c->residual[place], scales[place] += fabs(c->residual[place]);
            expected[place] = bounded(sum, c->low, c->high);
        }
    }
    run_product(check, c, 0, c->outputs, c->first, c->count, y);
    long terms = c->channels * c->kernel_height * c->kernel_width;
    compare(check, c->width == 1 ? "planes" : "blocks", y, expected, scales, length, of_taps(terms));
    long middle = c->count * 2 / 5;
    for (long block = 0; block < c->outputs; block += 2) {
        long blocks = c->outputs - block < 2 ? c->outputs - block : 2;
        run_product(check, c, block, blocks, c->first, middle, cut);
        run_product(check, c, block, blocks, c->first + middle, c->count - middle, cut);
    }
    compare_bits(check, "in cuts", cut, y, length);
}

/* [blocks, pixels, width]; in the lanes past the channels lies NaN. */
static float *random_blocks(struct check *check, long channels, long width, long pixels) {
    long blocks = blocks_of(channels, width);
    float *x = random_floats(check, blocks * pixels * width, -2, 2);
    for (long channel = channels; channel < blocks * width; channel++)
        for (long i = 0; i < pixels; i++) x[(channel / width * pixels + i) * width + channel % width] = NAN;
    return x;
}

void check_blocked_product_f32(struct check *check) {
    /* Channels, how many lie side by side, kernel height and width, stride, dilation, outputs of a row. Past 128
     * channels, or 256 channels times taps, sums are done in parts. */
    static const long list[][7] = {
        {1, 8, 1, 1, 1, 1, 100}, {13, 8, 3, 3, 1, 1, 7},   {24, 8, 3, 3, 2, 1, 9},   {7, 8, 5, 5, 1, 2, 5},
        {10, 8, 1, 7, 1, 1, 11}, {6, 8, 1, 7, 3, 2, 4},    {11, 8, 7, 7, 3, 1, 3},   {61, 8, 3, 3, 1, 2, 6},
        {533, 8, 1, 1, 1, 1, 50}, {256, 8, 1, 1, 2, 1, 13}, {260, 8, 1, 1, 3, 1, 1}, {16, 8, 5, 5, 2, 1, 8},
        {1, 1, 3, 3, 1, 1, 8},   {2, 1, 5, 5, 2, 1, 5},    {3, 1, 7, 7, 2, 1, 10},   {4, 1, 1, 1, 1, 1, 33},
        {4, 1, 1, 7, 3, 2, 6},   {3, 1, 11, 11, 1, 1, 4},  {8, 8, 3, 3, 3, 2, 2}};
    for (unsigned s = 0; s < sizeof list / sizeof *list; s++) {
        const long *l = list[s];
        /* Up to 41 outputs, then more than two runs of the 36 that are worked on together. */
        for (long count = s % 7; count < 80; count += count < 35 ? 7 : 37) {
            struct convolution c = {
                .channels = l[0], .width = l[1], .kernel_height = l[2], .kernel_width = l[3], .stride = l[4],
                .dilation = l[5], .out_width = l[6], .outputs = 1 + (count + s) % 5, .count = count};
            c.first = (long)(next_random(check) % (uint64_t)(2 * c.out_width));
            c.target_stride = (count + count % 3) * lanes;
            c.in_height = (c.first + count) / c.out_width * c.stride + (c.kernel_height - 1) * c.dilation + 1;
            c.in_width = (c.out_width - 1) * c.stride + (c.kernel_width - 1) * c.dilation + 1 + count % 2;
            c.low = count % 2 ? -3.0f : -INFINITY, c.high = count % 3 ? 2.0f : INFINITY;
            float *x = random_blocks(check, c.channels, c.width, c.in_height * c.in_width);
            /* NaN under the first pixel, in the first channel. */
            long corner = c.first / c.out_width * c.in_width + c.first % c.out_width;
            if (count % 4 == 1) x[corner * c.stride * c.width] = NAN;
            c.x = x;
            long weights = c.channels * c.kernel_height * c.kernel_width * lanes * c.outputs;
            c.weights = random_floats(check, weights, -1, 1);
            c.packed = packed_weights(
                check, c.weights, c.outputs, c.channels, c.width, c.kernel_height * c.kernel_width);
            c.bias = random_floats(check, c.outputs * lanes, -2, 2);
            if ((count + s) % 2) c.residual = random_floats(check, c.outputs * c.target_stride, -2, 2);
            check_product(check, &c);
            release(check);
        }
    }
}

/* [input block][tap][filter][lane], zeros past the channels. */
static const float *narrow_weights(struct check *check, const struct convolution *c, long filters) {
    long blocks = blocks_of(c->channels, lanes), taps = c->kernel_height * c->kernel_width;
    float *packed = unset_floats(check, blocks * taps * filters * lanes), *next = packed;
    for (long block = 0; block < blocks; block++)
        for (long tap = 0; tap < taps; tap++)
            for (long f = 0; f < filters; f++)
                for (long channel = block * lanes; channel < (block + 1) * lanes; channel++)
                    *next++ = channel < c->channels ? c->weights[(f * c->channels + channel) * taps + tap] : 0;
    return packed;
}

static void run_narrow(
    struct check *check, const struct convolution *c, long filters, long from, long count, float *y) {
    struct kernels_blocked_product product = product_of(c);
    long place = (from - c->first) * lanes;
    check->table->narrow_product_f32(
        &product, c->x, c->packed, c->bias, c->residual ? c->residual + place : NULL, filters, y + place, from, count);
}

/* All pixels asked for, then the same in cuts. */
static void check_narrow(struct check *check, const struct convolution *c, long filters) {
    long length = c->count * lanes;
    float *y = unset_floats(check, length), *cut = unset_floats(check, length);
    double *expected = doubles(check, length), *scales = doubles(check, length);
    for (long i = 0; i < length; i++) {
        long filter = i % lanes;
        double sum = c->bias[filter];
        scales[i] = fabs(sum);
        if (filter < filters) sum = convolution_sum(c, filter, c->first + i / lanes, &scales[i]);
        if (c->residual) sum += c->residual[i], scales[i] += fabs(c->residual[i]);
        expected[i] = bounded(sum, c->low, c->high);
    }
    run_narrow(check, c, filters, c->first, c->count, y);
    compare(
        check, "few filters", y, expected, scales, length, of_taps(c->channels * c->kernel_height * c->kernel_width));
    long middle = c->count * 2 / 5;
    run_narrow(check, c, filters, c->first, middle, cut);
    run_narrow(check, c, filters, c->first + middle, c->count - middle, cut);
    compare_bits(check, "in cuts", cut, y, length);
}

void check_narrow_product_f32(struct check *check) {
    /* Channels, kernel height and width, dilation, outputs of a row. */
    static const long list[][5] = {{1, 1, 1, 1, 100}, {13, 3, 3, 1, 7},  {24, 3, 3, 1, 9},  {7, 5, 5, 2, 5},
                                   {10, 1, 7, 1, 31}, {16, 9, 9, 1, 60}, {61, 3, 3, 2, 25}, {200, 1, 1, 1, 50}};
    for (unsigned s = 0; s < sizeof list / sizeof *list; s++) {
        const long *l = list[s];
        for (long count = s % 7; count < 80; count += count < 35 ? 3 : 19) {
            struct convolution c = {
                .channels = l[0], .width = lanes, .kernel_height = l[1], .kernel_width = l[2], .stride = 1,
                .dilation = l[3], .out_width = l[4], .count = count};
            c.first = (long)(next_random(check) % (uint64_t)(2 * c.out_width));
            c.in_height = (c.first + count) / c.out_width + (c.kernel_height - 1) * c.dilation + 1;
            c.in_width = c.out_width + (c.kernel_width - 1) * c.dilation + count % 2;
            c.low = count % 2 ? -3.0f : -INFINITY, c.high = count % 3 ? 2.0f : INFINITY;
            float *x = random_blocks(check, c.channels, lanes, c.in_height * c.in_width);
            /* NaN under the first pixel, in the first channel. */
            if (count % 4 == 1) x[(c.first / c.out_width * c.in_width + c.first % c.out_width) * lanes] = NAN;
            c.x = x;
            long filters = 1 + (count + s) % kernels_narrow_filters;
            c.weights = random_floats(check, filters * c.channels * c.kernel_height * c.kernel_width, -1, 1);
            c.packed = narrow_weights(check, &c, filters);
            c.bias = random_floats(check, lanes, -2, 2);
            if (next_random(check) % 2) c.residual = random_floats(check, count * lanes, -2, 2);
            check_narrow(check, &c, filters);
            release(check);
        }
    }
}

void check_product_weights_f32(struct check *check) {
    /* Filters, channels, taps, lanes. */
    static const long list[][4] = {
        {1, 1, 1, 8}, {8, 8, 1, 8}, {16, 8, 1, 8}, {7, 13, 1, 8}, {21, 40, 1, 8}, {24, 3, 9, 1}, {33, 17, 9, 8},
        {9, 4, 25, 1}, {15, 11, 25, 8}, {40, 9, 49, 8}, {5, 30, 7, 8}};
    for (unsigned s = 0; s < sizeof list / sizeof *list; s++) {
        long filters = list[s][0], channels = list[s][1], taps = list[s][2], outputs = blocks_of(filters, lanes);
        long length = outputs * lanes * channels * taps;
        /* As many as in whole blocks, zeros past the last. */
        float *weights = random_floats(check, length, -1, 1), *y = unset_floats(check, length);
        for (long i = filters * channels * taps; i < length; i++) weights[i] = 0;
        const float *packed = packed_weights(check, weights, outputs, channels, list[s][3], taps);
        double *expected = doubles(check, length);
        for (long i = 0; i < length; i++) expected[i] = packed[i];
        /* Alone, so that a read past them is seen. */
        float *given = unset_floats(check, filters * channels * taps);
        memcpy(given, weights, (size_t)(filters * channels * taps) * sizeof *given);
        check->table->product_weights_f32(given, filters, channels, taps, list[s][3], y);
        compare(check, "weights", y, expected, NULL, length, exact);
        release(check);
    }
}

/* Windows of Winograd's 3x3 kernels: 1x1 to 13x11 inputs, whose last tiles reach past the output, and 0 to 2 of padding
 * on each side. */
static void each_winograd(
    struct check *check, void (*run)(struct check *check, const struct kernels_window *w, long edge)) {
    static const long list[][2] = {{1, 1}, {2, 3}, {4, 4}, {5, 1}, {3, 10}, {6, 7}, {8, 8}, {9, 12}, {13, 11}};
    for (unsigned s = 0; s < sizeof list / sizeof *list; s++) {
        for (int round = 0; round < 8; round++) {
            struct kernels_window w = make_window(list[s][0], list[s][1], 3, 3, 1, 1, 0);
            long *pads[] = {&w.pad_top, &w.pad_left, &w.pad_bottom, &w.pad_right};
            for (int side = 0; side < 4; side++) *pads[side] = (long)(next_random(check) % 3);
            w.out_height = w.height + w.pad_top + w.pad_bottom - 2;
            w.out_width = w.width + w.pad_left + w.pad_right - 2;
            if (w.out_height <= 0 || w.out_width <= 0) continue;
            for (long edge = 2; edge <= 4; edge += 2) run(check, &w, edge), release(check);
        }
    }
}

static long tiles_of(const struct kernels_window *w, long edge) {
    return (w->out_height + edge - 1) / edge * ((w->out_width + edge - 1) / edge);
}

/* B^T d B of every tile, from `first` on. */
static void check_winograd_tiles(
    struct check *check, const struct kernels_window *w, long edge, long first, long count) {
    static const double of_four[6][6] = {{4, 0, -5, 0, 1, 0},  {0, -4, -4, 1, 1, 0}, {0, 4, -4, -1, 1, 0},
                                         {0, -2, -1, 2, 1, 0}, {0, 2, -1, -2, 1, 0}, {0, 4, 0, -5, 0, 1}};
    static const double of_two[6][6] = {{1, 0, -1, 0}, {0, 1, 1, 0}, {0, -1, 1, 0}, {0, 1, 0, -1}};
    const double(*factors)[6] = edge == 2 ? of_two : of_four;
    long side = edge + 2, values = side * side;
    long stride = count * lanes + 5, length = (values - 1) * stride + count * lanes;
    long tiles_x = (w->out_width + edge - 1) / edge;
    float *x = random_floats(check, w->height * w->width * lanes, -2, 2), *y = unset_floats(check, length);
    double *expected = doubles(check, length), *scales = doubles(check, length);
    for (long i = 0; i < length; i++) expected[i] = y[i], scales[i] = 0;
    for (long i = 0; i < values * count * lanes; i++) {
        long value = i / (count * lanes), tile = first + i / lanes % count, lane = i % lanes;
        double sum = 0, scale = 0;
        for (long a = 0; a < values; a++) {
            long in = place_of(w, tile / tiles_x * edge, tile % tiles_x * edge, a / side, a % side);
            if (in < 0) continue;
            double term = factors[value / side][a / side] * factors[value % side][a % side] * x[in * lanes + lane];
            sum += term, scale += fabs(term);
        }
        expected[value * stride + i % (count * lanes)] = sum;
        scales[value * stride + i % (count * lanes)] = scale;
    }
    check->table->winograd_input_f32(x, w, edge, first, count, y, stride);
    /* Up to six roundings along each axis. */
    compare(check, "a transform", y, expected, scales, length, (struct tolerance){.relative = 12 * 0x1p-24});
}

static void check_winograd_input(struct check *check, const struct kernels_window *w, long edge) {
    long tiles = tiles_of(w, edge);
    check_winograd_tiles(check, w, edge, 0, tiles);
    check_winograd_tiles(check, w, edge, tiles / 2, (tiles - tiles / 2 + 1) / 2);
}
void check_winograd_input_f32(struct check *check) { each_winograd(check, check_winograd_input); }

/* Value `value` of G g G^T. */
static float winograd_weight(const float *kernel, long edge, long value) {
    static const double of_four[6][3] = {{1.0 / 4, 0, 0},
                                         {-1.0 / 6, -1.0 / 6, -1.0 / 6},
                                         {-1.0 / 6, 1.0 / 6, -1.0 / 6},
                                         {1.0 / 24, 1.0 / 12, 1.0 / 6},
                                         {1.0 / 24, -1.0 / 12, 1.0 / 6},
                                         {0, 0, 1}};
    static const double of_two[4][3] = {{1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0, 0, 1}};
    const double(*factors)[3] = edge == 2 ? of_two : of_four;
    long side = edge + 2;
    double sum = 0;
    for (long tap = 0; tap < 9; tap++)
        sum += factors[value / side][tap / 3] * factors[value % side][tap % 3] * kernel[tap];
    return (float)sum;
}

/* Some tiles of `edge`. */
struct tiles {
    long edge, first, count;
};

/* Those tiles of the convolution `c` by transforms and products. */
static void run_winograd(
    struct check *check, const struct convolution *c, const struct kernels_window *w, struct tiles t, float *y) {
    long blocks = blocks_of(c->channels, lanes), run = t.count * lanes, plane = w->height * w->width * lanes;
    long values = (t.edge + 2) * (t.edge + 2);
    float *in = unset_floats(check, values * blocks * run), *out = unset_floats(check, values * c->outputs * run);
    float *weights = unset_floats(check, c->outputs * lanes * c->channels), *zeros = random_floats(check, 24, 0, 0);
    for (long b = 0; b < blocks; b++)
        check->table->winograd_input_f32(
            c->x + b * plane, w, t.edge, t.first, t.count, in + b * run, blocks * run);
    struct convolution product = {
        .channels = c->channels, .width = lanes, .kernel_height = 1, .kernel_width = 1, .stride = 1, .dilation = 1,
        .in_height = 1, .in_width = t.count, .out_width = t.count, .outputs = c->outputs, .count = t.count,
        .target_stride = run, .low = -INFINITY, .high = INFINITY, .bias = zeros};
    for (long value = 0; value < values; value++) {
        for (long i = 0; i < c->outputs * lanes * c->channels; i++)
            weights[i] = winograd_weight(c->weights + 9 * i, t.edge, value);
        product.x = in + value * blocks * run;
        product.packed = packed_weights(check, weights, c->outputs, c->channels, lanes, 1);
        run_product(check, &product, 0, c->outputs, 0, t.count, out + value * c->outputs * run);
    }
    for (long o = 0; o < c->outputs; o++)
        check->table->winograd_output_f32(
            out + o * run, c->outputs * run, w, t.edge, t.first, t.count, c->bias + o * lanes,
            c->residual ? c->residual + o * c->target_stride : NULL, c->low, c->high, y + o * c->target_stride);
}

/* Against the convolution itself; the outputs of other tiles stay unset. */
static void check_winograd_range(
    struct check *check, const struct convolution *c, const struct kernels_window *w, struct tiles t) {
    long length = c->outputs * c->target_stride, taps = 9 * c->channels;
    float *y = unset_floats(check, length);
    double *expected = doubles(check, length), largest = 0;
    for (long i = 0; i < length; i++) {
        long filter = i / c->target_stride * lanes + i % lanes, pixel = i % c->target_stride / lanes;
        long row = pixel / w->out_width, column = pixel % w->out_width;
        long tile = row / t.edge * ((w->out_width + t.edge - 1) / t.edge) + column / t.edge;
        expected[i] = y[i];
        if (tile < t.first || tile >= t.first + t.count) continue;
        double sum = c->bias[filter] + (c->residual ? c->residual[i] : 0);
        for (long tap = 0; tap < taps; tap++) {
            long in = place_of(w, row, column, tap % 9 / 3, tap % 3), channel = tap / 9;
            long plane = channel / lanes * w->height * w->width;
            if (in >= 0) sum += (double)c->weights[filter * taps + tap] * c->x[(plane + in) * lanes + channel % lanes];
        }
        largest = fmax(largest, fabs(sum));
        expected[i] = bounded(sum, c->low, c->high);
    }
    run_winograd(check, c, w, t, y);
    /* The transforms lose some digits, the fewer the more channels there are. */
    compare(check, "a convolution", y, expected, NULL, length, (struct tolerance){.absolute = 1e-5 * largest});
}

static void check_winograd(struct check *check, const struct kernels_window *w, long edge) {
    long tiles = tiles_of(w, edge), round = w->pad_top + w->pad_right;
    struct convolution c = {.channels = 20 + round, .width = lanes, .outputs = 1 + (w->height + round) % 3};
    c.target_stride = w->out_height * w->out_width * lanes;
    c.x = random_blocks(check, c.channels, lanes, w->height * w->width);
    c.weights = random_floats(check, c.outputs * lanes * c.channels * 9, -1, 1);
    c.bias = random_floats(check, c.outputs * lanes, -2, 2);
    if (w->pad_left != 1) c.residual = random_floats(check, c.outputs * c.target_stride, -2, 2);
    c.low = w->pad_left ? -4.0f : -INFINITY, c.high = w->pad_bottom ? 3.0f : INFINITY;
    check_winograd_range(check, &c, w, (struct tiles){edge, 0, tiles});
    check_winograd_range(check, &c, w, (struct tiles){edge, tiles / 2, (tiles - tiles / 2 + 1) / 2});
}
void check_winograd_output_f32(struct check *check) { each_winograd(check, check_winograd); }

static void check_winograd_transform(struct check *check, long edge, long outputs, long channels) {
    long filters = outputs * lanes, packed = filters * channels, values = (edge + 2) * (edge + 2);
    float *weights = random_floats(check, packed * 9, -1, 1), *y = unset_floats(check, values * packed);
    double *expected = doubles(check, values * packed);
    for (long value = 0; value < values; value++) {
        for (long f = 0; f < filters; f++) {
            /* Sixteen filters lie together, eight in a last block without a partner. */
            long pair = f / 16 * 16, width = filters - pair < 16 ? 8 : 16;
            for (long c = 0; c < channels; c++)
                expected[values * pair * channels + (value * channels + c) * width + f - pair] =
                    winograd_weight(weights + 9 * (f * channels + c), edge, value);
        }
    }
    const float *plain = packed_weights(check, weights, outputs, channels, lanes, 9);
    check->table->winograd_weights_f32(plain, edge, outputs, channels, y);
    compare(check, "weights", y, expected, NULL, values * packed, (struct tolerance){.absolute = 4e-7});
    release(check);
}

void check_winograd_weights_f32(struct check *check) {
    static const long sizes[][2] = {{1, 1}, {1, 3}, {1, 9}, {2, 4}, {3, 2}, {3, 7}, {5, 21}};
    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (long edge = 2; edge <= 4; edge += 2) check_winograd_transform(check, edge, sizes[i][0], sizes[i][1]);
}

/* Each value's tiles by its own weights, which lie beside each other in a pair of blocks. */
static void check_values(struct check *check, long edge, long channels, long tiles, long outputs) {
    long values = (edge + 2) * (edge + 2), blocks = blocks_of(channels, lanes), size = outputs * lanes * channels;
    float *x = random_blocks(check, channels, lanes, tiles), *in = unset_floats(check, values * blocks * tiles * lanes);
    float *weights = random_floats(check, values * size, -1, 1);
    long length = values * outputs * tiles * lanes;
    float *y = unset_floats(check, length);
    double *expected = doubles(check, length), *scales = doubles(check, length);
    for (long v = 0; v < values; v++)
        for (long i = 0; i < blocks * tiles * lanes; i++) in[v * blocks * tiles * lanes + i] = x[i] * (float)(v + 1);
    for (long i = 0; i < length; i++) {
        long value = i / (outputs * tiles * lanes), filter = i / (tiles * lanes) % outputs * lanes + i % lanes;
        long tile = i / lanes % tiles, pair = filter / 16, width = outputs - 2 * pair > 1 ? 16 : 8;
        const float *own = weights + (pair * values * 16 + value * width) * channels + filter % width;
        expected[i] = scales[i] = 0;
        for (long c = 0; c < channels; c++) {
            double term = (double)in[((value * blocks + c / lanes) * tiles + tile) * lanes + c % lanes] * own[c * width];
            expected[i] += term, scales[i] += fabs(term);
        }
    }
    check->table->winograd_products_f32(in, edge, channels, tiles, weights, outputs, y);
    compare(check, "values", y, expected, scales, length, of_taps(channels));
    release(check);
}

void check_winograd_products_f32(struct check *check) {
    /* Channels, tiles, blocks of outputs. */
    static const long sizes[][3] = {{1, 1, 1}, {8, 13, 2}, {19, 5, 3}, {16, 40, 4}, {140, 7, 5}, {24, 75, 6}, {9, 12, 7}};
    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (long edge = 2; edge <= 4; edge += 2) check_values(check, edge, sizes[i][0], sizes[i][1], sizes[i][2]);
}

/* The windows of the plane cases; then dilations up to 3 (every other has none), even kernels, paddings that differ by side
 * and are wider than the input, and outputs rounded up. */
static void each_window(
    struct check *check, void (*run)(struct check *check, const struct kernels_window *w, long index)) {
    const struct kernels_window *windows;
    int count = sample_windows(&windows);
    for (int i = 0; i < count; i++) run(check, windows + i, i), release(check);
    for (long i = 0; i < 500; i++) {
        long pick[13];
        static const uint64_t choices[13] = {20, 28, 7, 7, 3, 3, 3, 3, 8, 8, 8, 8, 4};
        for (int c = 0; c < 13; c++) pick[c] = (long)(next_random(check) % choices[c]);
        struct kernels_window w = {
            .height = 1 + pick[0], .width = 1 + pick[1], .kernel_height = 1 + pick[2], .kernel_width = 1 + pick[3],
            .stride_y = 1 + pick[4], .stride_x = 1 + pick[5],
            .dilation_y = 1 + pick[6] * (i % 2), .dilation_x = 1 + pick[7] * (i % 2), .pad_top = pick[8], .pad_left = pick[9], .pad_bottom = pick[10], .pad_right = pick[11]};
        long spare_y = w.height + pick[8] + pick[10] - (w.kernel_height - 1) * w.dilation_y - 1;
        long spare_x = w.width + pick[9] + pick[11] - (w.kernel_width - 1) * w.dilation_x - 1;
        if (spare_y < 0 || spare_x < 0) continue;
        w.out_height = spare_y / w.stride_y + 1 + (pick[12] == 0);
        w.out_width = spare_x / w.stride_x + 1 + (pick[12] == 0);
        run(check, &w, i), release(check);
    }
}

/* All rows of the padded input, those above and below among them; then some from the middle. */
static void check_padding(struct check *check, const struct kernels_window *w, long index) {
    long width = index % 2 ? lanes : 1, columns = w->pad_left + w->width + w->pad_right;
    long rows = w->pad_top + w->height + w->pad_bottom, length = rows * columns * width, row = columns * width;
    float *x = random_floats(check, w->height * w->width * width, -2, 2), *y = unset_floats(check, length);
    float *expected = unset_floats(check, length);
    for (long i = 0; i < length; i++) {
        long in_y = i / row - w->pad_top, in_x = i % row / width - w->pad_left;
        _Bool inside = in_y >= 0 && in_y < w->height && in_x >= 0 && in_x < w->width;
        expected[i] = inside ? x[(in_y * w->width + in_x) * width + i % width] : 0;
    }
    check->table->pad_rows_f32(x, w, width, 0, rows, y);
    compare_bits(check, "all rows", y, expected, length);
    long first = rows / 3, count = (rows - first) / 2;
    float *some = unset_floats(check, count * row);
    check->table->pad_rows_f32(x, w, width, first, count, some);
    compare_bits(check, "some rows", some, expected + first * row, count * row);
}
void check_pad_rows_f32(struct check *check) { each_window(check, check_padding); }

static void check_depthwise(struct check *check, const struct kernels_window *w, long index) {
    long taps = w->kernel_height * w->kernel_width, row_length = w->out_width * lanes;
    long length = w->out_height * row_length;
    float low = index % 3 ? -2.0f : -INFINITY, high = index % 4 ? 1.0f : INFINITY;
    float *x = random_floats(check, w->height * w->width * lanes, -2, 2);
    if (index % 5 == 0) x[w->height * w->width / 2 * lanes + index % lanes] = NAN;
    float *weights = random_floats(check, taps * lanes, -2, 2), *bias = random_floats(check, lanes, -2, 2);
    float *residual = index % 2 ? random_floats(check, length, -2, 2) : NULL, *y = unset_floats(check, length);
    double *expected = doubles(check, length), *scales = doubles(check, length);
    EACH_OUTPUT(row, column) {
        for (long lane = 0; lane < lanes; lane++) {
            long place = row * row_length + column * lanes + lane;
            double sum = bias[lane], scale = fabs(sum);
            EACH_TAP(ky, kx) {
                long in = place_of(w, row, column, ky, kx);
                double factor = weights[(ky * w->kernel_width + kx) * lanes + lane];
                double term = in < 0 ? 0 : factor * x[in * lanes + lane];
                sum += term, scale += fabs(term);
            }
            if (residual) sum += residual[place], scale += fabs(residual[place]);
            expected[place] = bounded(sum, low, high), scales[place] = scale;
        }
    }
    check->table->blocked_depthwise_f32(x, weights, bias, residual, w, 0, w->out_height, low, high, y);
    compare(check, "all rows", y, expected, scales, length, of_taps(taps + 1));
    /* Some rows, of a plane whose others stay as they are. */
    long first = w->out_height / 3, count = (w->out_height - first + 1) / 2, start = first * row_length;
    float *some = unset_floats(check, length), *same = unset_floats(check, length);
    memcpy(same + start, y + start, (size_t)(count * row_length) * sizeof(float));
    check->table->blocked_depthwise_f32(x, weights, bias, residual, w, first, count, low, high, some);
    compare_bits(check, "some rows", some, same, length);
}
void check_blocked_depthwise_f32(struct check *check) { each_window(check, check_depthwise); }

static void check_largest(struct check *check, const struct kernels_window *w, long index) {
    long length = w->out_height * w->out_width * lanes, next = 0;
    float *x = random_floats(check, w->height * w->width * lanes, -5, index % 2 ? 5 : -1);
    float *y = unset_floats(check, length), *expected = unset_floats(check, length);
    EACH_OUTPUT(row, column) {
        for (long lane = 0; lane < lanes; lane++) {
            float largest = -INFINITY;
            EACH_TAP(ky, kx) {
                long in = place_of(w, row, column, ky, kx);
                if (in >= 0 && x[in * lanes + lane] > largest) largest = x[in * lanes + lane];
            }
            expected[next++] = largest;
        }
    }
    check->table->blocked_max_pool_f32(x, w, y);
    compare_bits(check, "a window", y, expected, length);
}
void check_blocked_max_pool_f32(struct check *check) { each_window(check, check_largest); }

static void check_average(struct check *check, const struct kernels_window *w, long index) {
    long length = w->out_height * w->out_width * lanes, next = 0;
    _Bool count_padding = index % 2;
    float *x = random_floats(check, w->height * w->width * lanes, -5, 5), *y = unset_floats(check, length);
    double *expected = doubles(check, length), *scales = doubles(check, length);
    EACH_OUTPUT(row, column) {
        for (long lane = 0; lane < lanes; lane++, next++) {
            double sum = 0, scale = 0, counted = 0;
            EACH_TAP(ky, kx) {
                long in = place_of(w, row, column, ky, kx);
                if (in >= 0) sum += x[in * lanes + lane], scale += fabs(x[in * lanes + lane]);
                counted += count_padding ? in_padded(w, row, column, ky, kx) : in >= 0;
            }
            expected[next] = counted > 0 ? sum / counted : 0, scales[next] = counted > 0 ? scale / counted : 0;
        }
    }
    check->table->blocked_average_pool_f32(x, w, count_padding, y);
    compare(check, count_padding ? "counting padding" : "inside", y, expected, scales, length,
            of_taps(w->kernel_height * w->kernel_width));
}
void check_blocked_average_pool_f32(struct check *check) { each_window(check, check_average); }
