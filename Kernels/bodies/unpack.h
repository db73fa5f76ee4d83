#pragma once
#include "../include/blocks.h"
#include "half.h"

/* What ggml's block formats mean, one function a format: the integers of a block, and what to do with them. */

/* A block of 32: value i is scale * values[i], plus the minimum where there is one. */
struct values_32 {
    int8_t values[32];
    float scale, minimum;
    _Bool has_minimum;
};
typedef void unpack_32(const void *block, struct values_32 *y);

KERNELS_INLINE int nibble(const uint8_t *bytes, int i) { return i < 16 ? bytes[i] & 15 : bytes[i - 16] >> 4; }
KERNELS_INLINE int bit(const uint8_t *bytes, int i) { return bytes[i / 8] >> i % 8 & 1; }

KERNELS_INLINE void unpack_q8_0(const void *block, struct values_32 *y) {
    const struct kernels_q8_0 *x = block;
    memcpy(y->values, x->values, sizeof x->values);
    y->scale = float_of_half(x->scale), y->minimum = 0.0f, y->has_minimum = 0;
}

KERNELS_INLINE void unpack_q4_0(const void *block, struct values_32 *y) {
    const struct kernels_q4_0 *x = block;
    for (int i = 0; i < 32; i++) y->values[i] = (int8_t)(nibble(x->values, i) - 8);
    y->scale = float_of_half(x->scale), y->minimum = 0.0f, y->has_minimum = 0;
}

KERNELS_INLINE void unpack_q4_1(const void *block, struct values_32 *y) {
    const struct kernels_q4_1 *x = block;
    for (int i = 0; i < 32; i++) y->values[i] = (int8_t)nibble(x->values, i);
    y->scale = float_of_half(x->scale), y->minimum = float_of_half(x->minimum), y->has_minimum = 1;
}

KERNELS_INLINE void unpack_q5_0(const void *block, struct values_32 *y) {
    const struct kernels_q5_0 *x = block;
    for (int i = 0; i < 32; i++) y->values[i] = (int8_t)(nibble(x->values, i) + 16 * bit(x->high, i) - 16);
    y->scale = float_of_half(x->scale), y->minimum = 0.0f, y->has_minimum = 0;
}

KERNELS_INLINE void unpack_q5_1(const void *block, struct values_32 *y) {
    const struct kernels_q5_1 *x = block;
    for (int i = 0; i < 32; i++) y->values[i] = (int8_t)(nibble(x->values, i) + 16 * bit(x->high, i));
    y->scale = float_of_half(x->scale), y->minimum = float_of_half(x->minimum), y->has_minimum = 1;
}

/* The levels of IQ4_NL, which lie closer together around zero. */
static const int8_t iq4_nl_levels[16] = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

KERNELS_INLINE void unpack_iq4_nl(const void *block, struct values_32 *y) {
    const struct kernels_iq4_nl *x = block;
    for (int i = 0; i < 32; i++) y->values[i] = iq4_nl_levels[nibble(x->values, i)];
    y->scale = float_of_half(x->scale), y->minimum = 0.0f, y->has_minimum = 0;
}

/* A block of 256: value i, of group g = i / group, is (scale * scales[g]) * (values[i] - zero) - minimum * minimums[g]. */
struct values_256 {
    uint8_t values[256];
    int16_t scales[16], minimums[16];
    int group, zero;
    float scale, minimum;
    _Bool has_minimum;
};
typedef void unpack_256(const void *block, struct values_256 *y);

/* Two bits of value i: byte 32 h + p holds values p, p + 32, p + 64 and p + 96 of half h. */
KERNELS_INLINE int two_bits(const uint8_t *bytes, int i) { return bytes[i / 128 * 32 + i % 32] >> i / 32 % 4 * 2 & 3; }

KERNELS_INLINE void unpack_q2_k(const void *block, struct values_256 *y) {
    const struct kernels_q2_k *x = block;
    for (int i = 0; i < 256; i++) y->values[i] = (uint8_t)two_bits(x->values, i);
    for (int g = 0; g < 16; g++) y->scales[g] = x->scales[g] & 15, y->minimums[g] = x->scales[g] >> 4;
    y->group = 16, y->zero = 0, y->has_minimum = 1;
    y->scale = float_of_half(x->scale), y->minimum = float_of_half(x->minimum);
}

/* The third bit of value 32 g + p is bit g of byte p. Six-bit scales with 32 added: the low four bits of scale g in half
 * a byte, those of four scales' upper two in one. */
KERNELS_INLINE void unpack_q3_k(const void *block, struct values_256 *y) {
    const struct kernels_q3_k *x = block;
    for (int i = 0; i < 256; i++) y->values[i] = (uint8_t)(two_bits(x->values, i) + 4 * (x->high[i % 32] >> i / 32 & 1));
    for (int g = 0; g < 16; g++) {
        int low = nibble(x->scales, g < 8 ? g : g + 8), high = x->scales[8 + g % 4] >> g / 4 * 2 & 3;
        y->scales[g] = (int16_t)(low + 16 * high - 32), y->minimums[g] = 0;
    }
    y->group = 16, y->zero = 4, y->has_minimum = 0;
    y->scale = float_of_half(x->scale), y->minimum = 0.0f;
}

/* Scale and minimum of 32 values, six bits each: the first four of each in the low bits of bytes 0...3 and 4...7; of the
 * last four, four bits in bytes 8...11 and two atop of those. */
KERNELS_INLINE void unpack_scales(const uint8_t *bytes, struct values_256 *y) {
    for (int g = 0; g < 8; g++) {
        int scale = bytes[g % 4] & 63, minimum = bytes[4 + g % 4] & 63;
        if (g >= 4) {
            scale = (bytes[4 + g] & 15) | bytes[g - 4] >> 6 << 4;
            minimum = bytes[4 + g] >> 4 | bytes[g] >> 6 << 4;
        }
        y->scales[g] = (int16_t)scale, y->minimums[g] = (int16_t)minimum;
    }
}

/* Four bits of value i: byte 32 c + p holds values p and p + 32 of quarter c. */
KERNELS_INLINE int four_bits(const uint8_t *bytes, int i) { return bytes[i / 64 * 32 + i % 32] >> i / 32 % 2 * 4 & 15; }

KERNELS_INLINE void unpack_q4_k(const void *block, struct values_256 *y) {
    const struct kernels_q4_k *x = block;
    for (int i = 0; i < 256; i++) y->values[i] = (uint8_t)four_bits(x->values, i);
    unpack_scales(x->scales, y);
    y->group = 32, y->zero = 0, y->has_minimum = 1;
    y->scale = float_of_half(x->scale), y->minimum = float_of_half(x->minimum);
}

KERNELS_INLINE void unpack_q5_k(const void *block, struct values_256 *y) {
    const struct kernels_q5_k *x = block;
    for (int i = 0; i < 256; i++)
        y->values[i] = (uint8_t)(four_bits(x->values, i) + 16 * (x->high[i % 32] >> i / 32 & 1));
    unpack_scales(x->scales, y);
    y->group = 32, y->zero = 0, y->has_minimum = 1;
    y->scale = float_of_half(x->scale), y->minimum = float_of_half(x->minimum);
}

/* Of each half, byte 32 c + p of `low` holds values 32 c + p and 32 c + p + 64. */
KERNELS_INLINE void unpack_q6_k(const void *block, struct values_256 *y) {
    const struct kernels_q6_k *x = block;
    for (int i = 0; i < 256; i++) {
        int low = x->low[i / 128 * 64 + i % 64] >> i / 64 % 2 * 4 & 15;
        y->values[i] = (uint8_t)(low + 16 * two_bits(x->high, i));
    }
    for (int g = 0; g < 16; g++) y->scales[g] = x->scales[g], y->minimums[g] = 0;
    y->group = 16, y->zero = 32, y->has_minimum = 0;
    y->scale = float_of_half(x->scale), y->minimum = 0.0f;
}
