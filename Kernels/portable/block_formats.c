/* Values of ggml's blocks, and their products with vectors, one plain loop each; what the formats mean is in unpack.h.
 *
 * The products are the same to the bit at every level. Within a block they add up in integers; the floats are four sums,
 * each step rounded and none fused: of blocks of 32, sum j takes blocks j, j + 4 ...; of blocks of 256, sum j takes bytes
 * 4 j ... 4 j + 3 of every 16, and minimums of groups 4 j ... 4 j + 3. */
#include "../levels.h"

#if defined(__aarch64__)
#define HARDWARE_HALF
#endif
#include "../bodies/unpack.h"

enum { vector_tile = 16 };

KERNELS_INLINE float total(const float sums[4]) { return (sums[0] + sums[2]) + (sums[1] + sums[3]); }

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
        for (int g = 0; g < 16; g++) {
            float scale = w.scale * (float)w.scales[g], minimum = w.minimum * (float)w.minimums[g];
            for (int i = 16 * g; i < 16 * g + 16; i++) {
                float value = scale * (float)(w.values[i] - w.zero);
                y[i] = value - minimum;
            }
        }
    }
}

/* One block more, the `j`th of four side by side. */
KERNELS_INLINE void add_32(float sums[8], const struct values_32 *w, const struct kernels_q8x4 *x, int j) {
#pragma clang fp contract(off)
    int32_t product = 0;
    for (int i = 0; i < 32; i++) product += w->values[i] * x->values[32 * j + i];
    float scale = w->scale * x->scales[j], minimum = w->minimum * x->scales[j];
    float term = scale * (float)product, offset = minimum * (float)x->sums[j];
    sums[j] += term;
    if (w->has_minimum) sums[4 + j] += offset;
}

KERNELS_INLINE void add_256(float sums[8], const struct values_256 *w, const struct kernels_q8_k *x) {
#pragma clang fp contract(off)
    int32_t products[4] = {0}, offsets[4] = {0};
    for (int i = 0; i < 256; i++) products[i % 16 / 4] += w->scales[i / 16] * w->values[i] * x->values[i];
    for (int g = 0; g < 16; g++) {
        int sum = x->sums[g % 2 * 8 + g / 2];
        products[g / 4] -= w->zero * w->scales[g] * sum;
        offsets[g / 4] += w->minimums[g] * sum;
    }
    float scale = w->scale * x->scale, minimum = w->minimum * x->scale;
    for (int j = 0; j < 4; j++) {
        float term = scale * (float)products[j], offset = minimum * (float)offsets[j];
        sums[j] += term, sums[4 + j] += offset;
    }
}

KERNELS_INLINE void products_32(
    const char *weights, long size, unpack_32 *unpack, long rows, long columns, const struct kernels_q8x4 *x,
    long vectors, float *y, long stride) {
    long blocks = columns / 32, fours = (blocks + 3) / 4;
    for (long r = 0; r < rows; r++, weights += blocks * size) {
        for (long v = 0; v < vectors; v += vector_tile) {
            long count = vectors - v < vector_tile ? vectors - v : vector_tile;
            float sums[vector_tile][8] = {0};
            for (long k = 0; k < blocks; k++) {
                struct values_32 w;
                unpack(weights + k * size, &w);
                for (long i = 0; i < count; i++) add_32(sums[i], &w, x + (v + i) * fours + k / 4, (int)(k % 4));
            }
            for (long i = 0; i < count; i++) y[(v + i) * stride + r] = total(sums[i]) + total(sums[i] + 4);
        }
    }
}

KERNELS_INLINE void products_256(
    const char *weights, long size, unpack_256 *unpack, long rows, long columns, const struct kernels_q8_k *x,
    long vectors, float *y, long stride) {
    long blocks = columns / 256;
    for (long r = 0; r < rows; r++, weights += blocks * size) {
        for (long v = 0; v < vectors; v += vector_tile) {
            long count = vectors - v < vector_tile ? vectors - v : vector_tile;
            float sums[vector_tile][8] = {0};
            for (long k = 0; k < blocks; k++) {
                struct values_256 w;
                unpack(weights + k * size, &w);
                for (long i = 0; i < count; i++) add_256(sums[i], &w, x + (v + i) * blocks + k);
            }
            for (long i = 0; i < count; i++) y[(v + i) * stride + r] = total(sums[i]) - total(sums[i] + 4);
        }
    }
}

#define FORMAT(type, length)                                                                                          \
    static void dequantize_##type(const void *x, float *y, long n) {                                                  \
        dequantize_##length(x, sizeof(struct kernels_##type), unpack_##type, y, n);                                   \
    }                                                                                                                 \
    static void matrix_vectors_##type(                                                                                \
        const void *weights, long rows, long columns, const void *x, long vectors, float *y, long stride) {           \
        products_##length(                                                                                            \
            weights, sizeof(struct kernels_##type), unpack_##type, rows, columns, x, vectors, y, stride);             \
    }
FORMAT(q4_1, 32)
FORMAT(q5_0, 32)
FORMAT(q5_1, 32)
FORMAT(iq4_nl, 32)
FORMAT(q2_k, 256)
FORMAT(q3_k, 256)
FORMAT(q4_k, 256)
FORMAT(q5_k, 256)
FORMAT(q6_k, 256)

#define INSTALL(type) t->dequantize_##type = dequantize_##type, t->matrix_vectors_##type = matrix_vectors_##type
void kernels_portable_block_formats(struct kernels *t) {
    INSTALL(q4_1), INSTALL(q5_0), INSTALL(q5_1), INSTALL(iq4_nl);
    INSTALL(q2_k), INSTALL(q3_k), INSTALL(q4_k), INSTALL(q5_k), INSTALL(q6_k);
}
