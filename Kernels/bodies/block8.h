#pragma once
#include "spans.h"

/* Eight channels of one pixel, the unit of the blocked layout [channels / 8, height, width, 8] (NCHWc in oneDNN and ONNX
 * Runtime). A last block that the channels do not fill holds anything in the lanes past them, and nobody reads those. */
typedef float block8 __attribute__((ext_vector_type(8)));

/* Without AVX a function would be handed such a vector in another way than with it; all that take one are inlined. */
#pragma clang diagnostic ignored "-Wpsabi"

KERNELS_INLINE block8 load_channels(const float *x) {
    block8 v;
    memcpy(&v, x, sizeof v);
    return v;
}

KERNELS_INLINE void store_channels(block8 v, float *y) { memcpy(y, &v, sizeof v); }

/* NaN stays. */
KERNELS_INLINE block8 bounded_block(block8 v, float low, float high) {
    v = v < low ? (block8)low : v;
    return v > high ? (block8)high : v;
}

/* Eight rows of eight floats, turned on their diagonal; y may be x. */
KERNELS_INLINE void transpose_blocks(const block8 *x, block8 *y) {
    block8 pairs[8], quads[8];
#pragma clang loop unroll(full)
    for (int i = 0; i < 8; i += 2) {
        pairs[i] = __builtin_shufflevector(x[i], x[i + 1], 0, 8, 1, 9, 4, 12, 5, 13);
        pairs[i + 1] = __builtin_shufflevector(x[i], x[i + 1], 2, 10, 3, 11, 6, 14, 7, 15);
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < 8; i += 4) {
        for (int j = 0; j < 2; j++) {
            quads[i + 2 * j] = __builtin_shufflevector(pairs[i + j], pairs[i + j + 2], 0, 1, 8, 9, 4, 5, 12, 13);
            quads[i + 2 * j + 1] = __builtin_shufflevector(pairs[i + j], pairs[i + j + 2], 2, 3, 10, 11, 6, 7, 14, 15);
        }
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < 4; i++) {
        y[i] = __builtin_shufflevector(quads[i], quads[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
        y[i + 4] = __builtin_shufflevector(quads[i], quads[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
    }
}
