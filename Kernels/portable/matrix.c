/* Products of half-precision and block-quantised weights, one plain loop each. */
#include "../levels.h"

#if defined(__aarch64__)
#define HARDWARE_HALF
#endif
#include "../bodies/half.h"

enum { block_length = 32 };

static float dot_f16(const uint16_t *a, const float *b, long n) {
    float sums[4] = {0};
    long i = 0;
    for (; i + 4 <= n; i += 4)
        for (int lane = 0; lane < 4; lane++) sums[lane] += float_of_half(a[i + lane]) * b[i + lane];
    float sum = (sums[0] + sums[2]) + (sums[1] + sums[3]);
    for (; i < n; i++) sum += float_of_half(a[i]) * b[i];
    return sum;
}

static void matrix_vectors_f16(
    const uint16_t *weights, long rows, long columns, const float *x, long vectors, float *y, long stride) {
    for (long r = 0; r < rows; r++)
        for (long v = 0; v < vectors; v++)
            y[v * stride + r] = dot_f16(weights + r * columns, x + v * columns, columns);
}

/* The products of the quantised types are the same to the bit at every level: within a block in integers, and the
 * blocks added one after the other, each as (scale of the weights * scale of x) * sum, every step rounded to float. */
static float add_block(float sum, uint16_t weight_scale, uint16_t x_scale, int32_t product) {
#pragma clang fp contract(off)
    float scale = float_of_half(weight_scale) * float_of_half(x_scale);
    float term = scale * (float)product;
    return sum + term;
}

static float dot_q8_0(const struct kernels_q8_0 *a, const struct kernels_q8_0 *b, long blocks) {
    float sum = 0.0f;
    for (long k = 0; k < blocks; k++) {
        int32_t product = 0;
        for (int i = 0; i < block_length; i++) product += a[k].values[i] * b[k].values[i];
        sum = add_block(sum, a[k].scale, b[k].scale, product);
    }
    return sum;
}

static float dot_q4_0(const struct kernels_q4_0 *a, const struct kernels_q8_0 *b, long blocks) {
    float sum = 0.0f;
    for (long k = 0; k < blocks; k++) {
        int32_t product = 0;
        for (int i = 0; i < block_length / 2; i++) {
            product += ((a[k].values[i] & 15) - 8) * b[k].values[i];
            product += ((a[k].values[i] >> 4) - 8) * b[k].values[i + block_length / 2];
        }
        sum = add_block(sum, a[k].scale, b[k].scale, product);
    }
    return sum;
}

static void matrix_vectors_q8_0(
    const void *weights, long rows, long columns, const void *x, long vectors, float *y, long stride) {
    const struct kernels_q8_0 *w = weights, *activations = x;
    long blocks = columns / block_length;
    for (long r = 0; r < rows; r++)
        for (long v = 0; v < vectors; v++)
            y[v * stride + r] = dot_q8_0(w + r * blocks, activations + v * blocks, blocks);
}

static void matrix_vectors_q4_0(
    const void *weights, long rows, long columns, const void *x, long vectors, float *y, long stride) {
    const struct kernels_q4_0 *w = weights;
    const struct kernels_q8_0 *activations = x;
    long blocks = columns / block_length;
    for (long r = 0; r < rows; r++)
        for (long v = 0; v < vectors; v++)
            y[v * stride + r] = dot_q4_0(w + r * blocks, activations + v * blocks, blocks);
}

void kernels_portable_matrix(struct kernels *t) {
    t->matrix_vectors_f16 = matrix_vectors_f16;
    t->matrix_vectors_q8_0 = matrix_vectors_q8_0;
    t->matrix_vectors_q4_0 = matrix_vectors_q4_0;
}
