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
