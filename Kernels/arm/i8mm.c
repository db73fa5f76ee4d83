/* NEON with the 8-bit matrix instructions: Apple since A15 and M2, Cortex since A510 and X2, Neoverse since V1. One
 * vector gains nothing from them over the dot products of the level below; two or more share each loaded weight. */
#if defined(__aarch64__)
#include "../levels.h"

#include <arm_neon.h>
#include <math.h>
#include <string.h>

#pragma clang attribute push(__attribute__((target("dotprod,i8mm"))), apply_to = function)

#define HARDWARE_HALF
#include "quantized.inc"

/* Blocks of two rows as four 2 x 8 matrices. */
KERNELS_INLINE int8x16x4_t pair_up(int8x16x2_t a, int8x16x2_t b) {
    int64x2_t a0 = vreinterpretq_s64_s8(a.val[0]), a1 = vreinterpretq_s64_s8(a.val[1]);
    int64x2_t b0 = vreinterpretq_s64_s8(b.val[0]), b1 = vreinterpretq_s64_s8(b.val[1]);
    return (int8x16x4_t){{
        vreinterpretq_s8_s64(vzip1q_s64(a0, b0)), vreinterpretq_s8_s64(vzip2q_s64(a0, b0)),
        vreinterpretq_s8_s64(vzip1q_s64(a1, b1)), vreinterpretq_s8_s64(vzip2q_s64(a1, b1))}};
}

/* Row 0 by vector 0, row 0 by vector 1, row 1 by vector 0, row 1 by vector 1. */
KERNELS_INLINE four_ints products_two_by_two(int8x16x4_t w, int8x16x4_t x) {
    int32x4_t sums = vdupq_n_s32(0);
    for (int i = 0; i < 4; i++) sums = vmmlaq_s32(sums, w.val[i], x.val[i]);
    return (four_ints)sums;
}

KERNELS_INLINE four add_two_by_two(four sums, float w0, float w1, float x0, float x1, four_ints products) {
#pragma clang fp contract(off)
    four scale = (four){w0, w0, w1, w1} * (four){x0, x1, x0, x1};
    four term = scale * __builtin_convertvector(products, four);
    return sums + term;
}

/* Rows and vectors by twos; the odd ones out go through the level below, whose sums are the same. */
#define MATRIX_MATRIX(name, block, weights_of)                                                                       \
    static void name##_by_twos(                                                                                       \
        const void *weights, long rows, long columns, const void *x, long vectors, float *y, long stride) {           \
        long blocks = columns / 32, even_rows = rows & ~1L, even_vectors = vectors & ~1L;                             \
        const struct block *w = weights;                                                                              \
        const struct kernels_q8_0 *activations = x;                                                                   \
        for (long r = 0; r < even_rows; r += 2) {                                                                     \
            const struct block *w0 = w + r * blocks, *w1 = w0 + blocks;                                               \
            for (long v = 0; v < even_vectors; v += 2) {                                                              \
                const struct kernels_q8_0 *x0 = activations + v * blocks, *x1 = x0 + blocks;                          \
                four sums = 0;                                                                                        \
                for (long k = 0; k < blocks; k++) {                                                                   \
                    four_ints products = products_two_by_two(                                                         \
                        pair_up(weights_of(w0 + k), weights_of(w1 + k)), pair_up(load_x(x0 + k), load_x(x1 + k)));    \
                    sums = add_two_by_two(                                                                            \
                        sums, float_of_half(w0[k].scale), float_of_half(w1[k].scale), float_of_half(x0[k].scale),     \
                        float_of_half(x1[k].scale), products);                                                        \
                }                                                                                                     \
                float *target = y + v * stride + r;                                                                   \
                target[0] = sums[0], target[stride] = sums[1], target[1] = sums[2], target[stride + 1] = sums[3];     \
            }                                                                                                         \
        }                                                                                                             \
        const struct kernels_q8_0 *last = activations + even_vectors * blocks;                                        \
        name(weights, even_rows, columns, last, vectors - even_vectors, y + even_vectors * stride, stride);           \
        name(w + even_rows * blocks, rows - even_rows, columns, x, vectors, y + even_rows, stride);                   \
    }

MATRIX_MATRIX(matrix_vectors_q8_0, kernels_q8_0, weights_q8_0)
MATRIX_MATRIX(matrix_vectors_q4_0, kernels_q4_0, weights_q4_0)

#pragma clang attribute pop

void kernels_i8mm(struct kernels *t) {
    t->level = "i8mm";
    t->matrix_vectors_q8_0 = matrix_vectors_q8_0_by_twos;
    t->matrix_vectors_q4_0 = matrix_vectors_q4_0_by_twos;
}
#endif
