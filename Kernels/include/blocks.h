#pragma once
#include <stdint.h>

/* ggml's block formats, as they lie in a GGUF file. Scales are half-precision bit patterns. All are packed: a file may
 * hold them at any offset. What the bytes mean is said once, by bodies/unpack.h.
 *
 * Blocks of 32 values. Byte i of `values` holds value i in its low four bits and value i + 16 in its high ones; bit i of
 * `high` is the fifth bit of value i. */
struct __attribute__((packed)) kernels_q8_0 {
    uint16_t scale;
    int8_t values[32];
};
struct __attribute__((packed)) kernels_q4_0 {
    uint16_t scale;
    uint8_t values[16];
};
struct __attribute__((packed)) kernels_q4_1 {
    uint16_t scale, minimum;
    uint8_t values[16];
};
struct __attribute__((packed)) kernels_q5_0 {
    uint16_t scale;
    uint8_t high[4], values[16];
};
struct __attribute__((packed)) kernels_q5_1 {
    uint16_t scale, minimum;
    uint8_t high[4], values[16];
};
struct __attribute__((packed)) kernels_iq4_nl {
    uint16_t scale;
    uint8_t values[16];
};

/* Blocks of 256 values in groups of 16 (Q2_K, Q3_K, Q6_K) or 32 (Q4_K, Q5_K), each with a small integer scale, and some
 * with an integer minimum. */
struct __attribute__((packed)) kernels_q2_k {
    uint8_t scales[16], values[64];
    uint16_t scale, minimum;
};
struct __attribute__((packed)) kernels_q3_k {
    uint8_t high[32], values[64], scales[12];
    uint16_t scale;
};
struct __attribute__((packed)) kernels_q4_k {
    uint16_t scale, minimum;
    uint8_t scales[12], values[128];
};
struct __attribute__((packed)) kernels_q5_k {
    uint16_t scale, minimum;
    uint8_t scales[12], high[32], values[128];
};
struct __attribute__((packed)) kernels_q6_k {
    uint8_t low[128], high[64];
    int8_t scales[16];
    uint16_t scale;
};

_Static_assert(sizeof(struct kernels_q8_0) == 34, "Q8_0 blocks are 34 bytes");
_Static_assert(sizeof(struct kernels_q4_0) == 18, "Q4_0 blocks are 18 bytes");
_Static_assert(sizeof(struct kernels_q4_1) == 20, "Q4_1 blocks are 20 bytes");
_Static_assert(sizeof(struct kernels_q5_0) == 22, "Q5_0 blocks are 22 bytes");
_Static_assert(sizeof(struct kernels_q5_1) == 24, "Q5_1 blocks are 24 bytes");
_Static_assert(sizeof(struct kernels_iq4_nl) == 18, "IQ4_NL blocks are 18 bytes");
_Static_assert(sizeof(struct kernels_q2_k) == 84, "Q2_K blocks are 84 bytes");
_Static_assert(sizeof(struct kernels_q3_k) == 110, "Q3_K blocks are 110 bytes");
_Static_assert(sizeof(struct kernels_q4_k) == 144, "Q4_K blocks are 144 bytes");
_Static_assert(sizeof(struct kernels_q5_k) == 176, "Q5_K blocks are 176 bytes");
_Static_assert(sizeof(struct kernels_q6_k) == 210, "Q6_K blocks are 210 bytes");

/* What vectors are turned into before they meet blocks; never in a file. Values lie in -127...127.
 *
 * For blocks of 32: four blocks side by side, each with a scale and the sum of its values. Where a vector is no multiple
 * of 128 long, the last one's missing blocks are zero. */
struct kernels_q8x4 {
    float scales[4];
    int32_t sums[4];
    int8_t values[128];
};

/* For blocks of 256: eight blocks of 32 side by side, each with a scale, and with what minimums are multiplied with: the sum of
 * its values times the scale. `sums`: of each 16 values, that of the first two of every four, and that of the others. The
 * magnitudes of 16 add up to kernels_most_of_16 at most: then their products with -32...31, and those of 32 with 0...15,
 * add up to 16 bits.
 *
 * For products that are added up as integers: `parts`, the scales in units of `unit`, a power of two, rounded, so that the
 * largest is from 16,384 to 32,767; `offset_parts`, each part times the sum of its values, in units of 2^kernels_offset_bits,
 * rounded. Where a scale is an infinity or NaN, the unit is NaN. */
enum { kernels_offset_bits = 12, kernels_most_of_16 = 1023 };
struct kernels_q8x8 {
    float scales[8], offsets[8];
    int16_t sums[16][2];
    int8_t values[256];
    int16_t parts[8], offset_parts[8];
    float unit, unused[7];
};

_Static_assert(sizeof(struct kernels_q8x4) == 160, "four blocks of 40 bytes");
_Static_assert(sizeof(struct kernels_q8x8) == 448, "eight blocks of 56 bytes");
