/* Values of ggml's blocks, and their products with vectors, one plain loop each; what the formats mean is in unpack.h.
 *
 * The products are the same to the bit at every level, for few vectors and many; but those of blocks of 256 with AVX-512, which are
 * the same for few and many, are rounded once more (x86/panels_vnni.inc). Within a block of 32, and within a group of a block of
 * 256, they add up in integers.
 * - The term of a block of 32 is that integer times its scale, rounded; a minimum times the sum of the vector's values is added
 *   to it in one rounding, and the term times the vector's scale to the sum in another. Terms of four blocks add up in their
 *   order, then those sums.
 * - A group's integer times its scale is exact as a float; it is added, times the vector's scale, to a sum of the block, in the
 *   order of groups, and a group's minimum times what it is multiplied with to another. The minimums' sum, then the first, are added
 *   to the row's, each times its factor. Every addition is one rounding. */
#include "../levels.h"

#include <math.h>

#if defined(__aarch64__)
#define HARDWARE_HALF
#endif
#include "../bodies/unpack.h"

enum { vector_tile = 16 };

KERNELS_INLINE void dequantize_32(const char *block, long size, unpack_32 *unpack, float *y, long n) {
#pragma clang fp contract(off)
    for (long k = 0; k < n / 32; k++, block += size, y += 32) {
        struct values_32 w;
        unpack(block, &w);
        for (int i = 0; i < 32; i++) {
            float value = w.scale * (float)w.values[i];
            y[i] = w.has_minimum ? value + w.minimum : value;
        }
    }
}

KERNELS_INLINE void dequantize_256(const char *block, long size, unpack_256 *unpack, float *y, long n) {
#pragma clang fp contract(off)
    for (long k = 0; k < n / 256; k++, block += size, y += 256) {
        struct values_256 w;
        unpack(block, &w);
        for (int g = 0; g < 256 / w.group; g++) {
            float scale = w.scale * (float)w.scales[g], minimum = w.minimum * (float)w.minimums[g];
            for (int i = w.group * g; i < w.group * (g + 1); i++) {
                float value = scale * (float)(w.values[i] - w.zero);
                y[i] = value - minimum;
            }
        }
    }
}

/* A sum and the term of a block, the `j`th of four side by side. */
KERNELS_INLINE float add_32(float sum, const struct values_32 *w, const struct kernels_q8x4 *x, int j) {
    int32_t product = 0;
    for (int i = 0; i < 32; i++) product += w->values[i] * x->values[32 * j + i];
    float term = w->scale * (float)product;
    if (w->has_minimum) term = fmaf(w->minimum, (float)x->sums[j], term);
    return fmaf(term, x->scales[j], sum);
}

/* What the minimum of group g is multiplied with. */
KERNELS_INLINE float offset_256(const struct values_256 *w, const struct kernels_q8x8 *x, int g) {
    return w->group == 32 ? x->offsets[g] : x->scales[g / 2] * (float)(x->sums[g][0] + x->sums[g][1]);
}

KERNELS_INLINE float add_256(float sum, const struct values_256 *w, const struct kernels_q8x8 *x) {
    float products = 0, offsets = 0;
    for (int g = 0; g < 256 / w->group; g++) {
        int32_t product = 0;
        for (int i = w->group * g; i < w->group * (g + 1); i++) product += (w->values[i] - w->zero) * x->values[i];
        products = fmaf((float)(w->scales[g] * product), x->scales[w->group * g / 32], products);
        if (w->has_minimum) offsets = fmaf((float)w->minimums[g], offset_256(w, x, g), offsets);
    }
    if (w->has_minimum) sum = fmaf(-w->minimum, offsets, sum);
    return fmaf(w->scale, products, sum);
}

KERNELS_INLINE void products_32(
    const char *weights, long size, unpack_32 *unpack, long rows, long columns, const struct kernels_q8x4 *x,
    long vectors, float *y, long stride) {
    long blocks = columns / 32, fours = (blocks + 3) / 4;
    for (long r = 0; r < rows; r++, weights += blocks * size) {
        for (long v = 0; v < vectors; v += vector_tile) {
            long count = vectors - v < vector_tile ? vectors - v : vector_tile;
            float sums[vector_tile] = {0}, of_four[vector_tile] = {0};
            for (long k = 0; k < blocks; k++) {
                struct values_32 w;
                unpack(weights + k * size, &w);
                for (long i = 0; i < count; i++) {
                    of_four[i] = add_32(of_four[i], &w, x + (v + i) * fours + k / 4, (int)(k % 4));
                    if (k % 4 == 3 || k + 1 == blocks) sums[i] += of_four[i], of_four[i] = 0;
                }
            }
            for (long i = 0; i < count; i++) y[(v + i) * stride + r] = sums[i];
        }
    }
}

KERNELS_INLINE void products_256(
    const char *weights, long size, unpack_256 *unpack, long rows, long columns, const struct kernels_q8x8 *x,
    long vectors, float *y, long stride) {
    long blocks = columns / 256;
    for (long r = 0; r < rows; r++, weights += blocks * size) {
        for (long v = 0; v < vectors; v += vector_tile) {
            long count = vectors - v < vector_tile ? vectors - v : vector_tile;
            float sums[vector_tile] = {0};
            for (long k = 0; k < blocks; k++) {
                struct values_256 w;
                unpack(weights + k * size, &w);
                for (long i = 0; i < count; i++) sums[i] = add_256(sums[i], &w, x + (v + i) * blocks + k);
            }
            for (long i = 0; i < count; i++) y[(v + i) * stride + r] = sums[i];
        }
    }
}

#define PRODUCTS(type, length)                                                                                        \
    static void matrix_vectors_##type(                                                                                \
        const void *weights, long rows, long columns, const void *x, long vectors, float *y, long stride) {           \
        products_##length(                                                                                            \
            weights, sizeof(struct kernels_##type), unpack_##type, rows, columns, x, vectors, y, stride);             \
    }
#define FORMAT(type, length)                                                                                          \
    static void dequantize_##type(const void *x, float *y, long n) {                                                  \
        dequantize_##length(x, sizeof(struct kernels_##type), unpack_##type, y, n);                                   \
    }                                                                                                                 \
    PRODUCTS(type, length)
PRODUCTS(q8_0, 32)
PRODUCTS(q4_0, 32)
FORMAT(q4_1, 32)
FORMAT(q5_0, 32)
FORMAT(q5_1, 32)
FORMAT(iq4_nl, 32)
FORMAT(q2_k, 256)
FORMAT(q3_k, 256)
FORMAT(q4_k, 256)
FORMAT(q5_k, 256)
FORMAT(q6_k, 256)

#define INSTALL_PRODUCTS(type)                                                                                        \
    t->matrix_vectors_##type = matrix_vectors_##type, t->matrix_matrix_##type = matrix_vectors_##type
#define INSTALL(type) t->dequantize_##type = dequantize_##type, INSTALL_PRODUCTS(type)
void kernels_portable_block_formats(struct kernels *t) {
    INSTALL_PRODUCTS(q8_0), INSTALL_PRODUCTS(q4_0);
    INSTALL(q4_1), INSTALL(q5_0), INSTALL(q5_1), INSTALL(iq4_nl);
    INSTALL(q2_k), INSTALL(q3_k), INSTALL(q4_k), INSTALL(q5_k), INSTALL(q6_k);
}
