#pragma once
#include "scalar.h"

/* IEEE 754 half precision and bfloat16. A level with instructions for halves (every ARM one, x86 with F16C) defines
 * HARDWARE_HALF; for others they are taken apart in integers. */

#ifdef HARDWARE_HALF

KERNELS_INLINE float float_of_half(uint16_t half) {
    _Float16 value;
    memcpy(&value, &half, sizeof value);
    return (float)value;
}

KERNELS_INLINE uint16_t half_of_float(float value) {
    _Float16 rounded = (_Float16)value;
    uint16_t half;
    memcpy(&half, &rounded, sizeof half);
    return half;
}

#else

/* Exact for every pattern; NaN stays NaN. */
KERNELS_INLINE float float_of_half(uint16_t half) {
    uint32_t sign = (uint32_t)(half & 0x8000) << 16;
    uint32_t magnitude = (uint32_t)(half & 0x7fff) << 13;
    /* A subnormal is a whole number of 2^-24: a normal float, made without subnormal ones, which may count as zero. */
    uint32_t subnormal = bits_of_float((float)(int32_t)(magnitude >> 13) * 0x1p-24f);
    uint32_t bits = magnitude < 0x00800000u ? subnormal : magnitude + (112u << 23);
    return float_of_bits(sign | (magnitude >= 0x0f800000u ? (magnitude | 0x7f800000u) : bits));
}

/* Rounded to nearest, ties to even; past 65504 infinity; NaN becomes a quiet NaN. */
KERNELS_INLINE uint16_t half_of_float(float value) {
    uint32_t bits = bits_of_float(value);
    uint16_t sign = (uint16_t)(bits >> 16 & 0x8000);
    uint32_t magnitude = bits & 0x7fffffffu;
    if (magnitude >= 0x47800000u) return sign | (magnitude > 0x7f800000u ? 0x7e00 : 0x7c00);
    if (magnitude < 0x38800000u) {
        /* Subnormal: adding 0.5 leaves the rounded multiple of 2^-24 in the low bits. */
        return sign | (uint16_t)(bits_of_float(float_of_bits(magnitude) + 0.5f) - 0x3f000000u);
    }
    uint32_t rounded = magnitude + 0xfffu + (magnitude >> 13 & 1);
    return sign | (uint16_t)((rounded - 0x38000000u) >> 13);
}

#endif

KERNELS_INLINE float float_of_bfloat(uint16_t value) { return float_of_bits((uint32_t)value << 16); }
