#pragma once
#include <math.h>
#include <stdint.h>
#include <string.h>

/* exp, tanh, erf and what follows from them, for one float and without a branch, so that loops over them turn into
 * vector code at any level. The polynomials are minimax fits of our own; the tests hold each to its bound over a
 * sweep of floats. */

#define KERNELS_INLINE static inline __attribute__((always_inline))

KERNELS_INLINE float float_of_bits(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

KERNELS_INLINE uint32_t bits_of_float(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* exp(r) for |r| <= ln 2 / 2. */
KERNELS_INLINE float exp_of_rest(float r) {
    float p = 0.00019919921760447323f;
    p = p * r + 0.0013947212137281895f;
    p = p * r + 0.008333261124789715f;
    p = p * r + 0.04166625440120697f;
    p = p * r + 0.1666666716337204f;
    p = p * r + 0.5f;
    return 1.0f + (r + r * r * p);
}

/* exp within 2 ulp over all floats, overflow to infinity, gradual underflow, NaN for NaN.
 *
 * x = n ln 2 + r with n an integer and |r| <= ln 2 / 2; exp(r) = 1 + r + r^2 p(r); the result is scaled by 2^n in two
 * steps, so that neither leaves the range of a float before the result does. */
KERNELS_INLINE float exp_one(float x) {
    const float magic = 0x1.8p23f; /* adding it rounds to an integer, which the low bits then hold */
    x = x > 89.0f ? 89.0f : x;
    x = x < -104.0f ? -104.0f : x;
    float shifted = x * 0x1.715476p+0f + magic;
    float n = shifted - magic;
    /* ln 2 as 10 bits, so that n times it is exact, and the rest. */
    float r = x - n * 0x1.63p-1f;
    r = r - n * -0x1.bd0106p-13f;
    float e = exp_of_rest(r);
    int32_t whole = (int32_t)(bits_of_float(shifted) - bits_of_float(magic));
    int32_t half = whole >> 1;
    float first = float_of_bits((uint32_t)(half + 127) << 23);
    float second = float_of_bits((uint32_t)(whole - half + 127) << 23);
    return e * first * second;
}

KERNELS_INLINE float sigmoid_one(float x) { return 1.0f / (1.0f + exp_one(-x)); }

KERNELS_INLINE float silu_one(float x) { return x / (1.0f + exp_one(-x)); }

/* 1 + exp(-x), where most of exp_one's care is lost on the sum: what is too small to change 1 need not be exact, and half
 * of 2^n fits the exponent of a float whenever the whole is finite. A NaN may be lost. */
KERNELS_INLINE float one_and_exp_of_minus(float x) {
    const float magic = 0x1.8p23f - 1; /* as in exp_one, for n - 1 */
    x = x < -89.0f ? -89.0f : x;
    x = x > 80.0f ? 80.0f : x;
    float shifted = x * -0x1.715476p+0f + magic;
    float n = shifted - magic;
    float r = -x - n * 0x1.63p-1f;
    r = r - n * -0x1.bd0106p-13f;
    float half = float_of_bits(bits_of_float(exp_of_rest(r)) + (bits_of_float(shifted) << 23));
    return 1.0f + 2.0f * half;
}

/* Within 4 ulp, and a quarter quicker than silu_one with AVX2: for images, whose whole planes pass through it. Language models'
 * gates, which take no time beside their products, keep the other. */
KERNELS_INLINE float quick_silu_one(float x) { return x / one_and_exp_of_minus(x); }

/* Within 4 ulp: an odd polynomial where |x| is small, as 1 - 2 / (exp(2 |x|) + 1) would cancel there. */
KERNELS_INLINE float tanh_one(float x) {
    float z = x * x;
    float p = 0.002122745616361499f;
    p = p * z + -0.008156280033290386f;
    p = p * z + 0.021692607551813126f;
    p = p * z + -0.053945377469062805f;
    p = p * z + 0.13333195447921753f;
    p = p * z + -0.3333333134651184f;
    float small = x + x * z * p;
    float large = 1.0f - 2.0f / (exp_one(2.0f * fabsf(x)) + 1.0f);
    large = copysignf(large, x);
    return fabsf(x) < 0.625f ? small : large;
}

/* GELU by its tanh form, 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))), which is x sigmoid(2 ...). */
KERNELS_INLINE float gelu_one(float x) {
    float inner = 0.7978845608f * (x + 0.044715f * x * x * x);
    return x * sigmoid_one(2.0f * inner);
}

/* Within 4 ulp: an odd polynomial up to 1, then 1 - exp(q(|x|)) with q a fit of log erfc. */
KERNELS_INLINE float erf_one(float x) {
    float z = x * x;
    float p = -9.680140465206932e-06f;
    p = p * z + 0.00011270546383457258f;
    p = p * z + -0.0008484711870551109f;
    p = p * z + 0.005221074912697077f;
    p = p * z + -0.02686544507741928f;
    p = p * z + 0.11283782869577408f;
    p = p * z + -0.37612637877464294f;
    p = p * z + 1.128379225730896f;
    float small = x * p;
    float a = fabsf(x);
    a = a > 4.0f ? 4.0f : a;
    float q = -2.090946327371057e-05f;
    q = q * a + 0.0004323019820731133f;
    q = q * a + -0.004160522483289242f;
    q = q * a + 0.025091486051678658f;
    q = q * a + -0.10823660343885422f;
    q = q * a + -0.6333866715431213f;
    q = q * a + -1.1294951438903809f;
    q = q * a + 0.0001705507602309808f;
    float large = copysignf(1.0f - exp_one(q), x);
    return fabsf(x) < 1.0f ? small : large;
}
