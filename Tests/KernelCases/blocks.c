#include "check.h"

/* As a thread that takes subnormal floats for zero: halves that are small are no such floats, and must not suffer. */
static void without_subnormals(
    void (*run)(const struct kernels *, const void *, void *, long), const struct check *check, const void *x, void *y,
    long n) {
    uint64_t mode = kernels_float_mode();
    kernels_set_float_mode(kernels_float_mode_without_subnormals(mode));
    run(check->table, x, y, n);
    kernels_set_float_mode(mode);
}

static void run_f16_to_f32(const struct kernels *table, const void *x, void *y, long n) { table->f16_to_f32(x, y, n); }
static void run_f32_to_f16(const struct kernels *table, const void *x, void *y, long n) { table->f32_to_f16(x, y, n); }

void check_f16_to_f32(struct check *check) {
    long n;
    EACH_SIZE(n) {
        uint16_t *x = memory(check, (size_t)n * sizeof(uint16_t));
        float *y = unset_floats(check, n);
        double *expected = doubles(check, n);
        for (long i = 0; i < n; i++) x[i] = (uint16_t)next_random(check), expected[i] = half_value(x[i]);
        check->table->f16_to_f32(x, y, n);
        compare(check, "random patterns", y, expected, NULL, n, exact);
        release(check);
    }
    enum { all = 1 << 16 };
    uint16_t *x = memory(check, all * sizeof(uint16_t));
    float *y = unset_floats(check, all);
    double *expected = doubles(check, all);
    for (int i = 0; i < all; i++) x[i] = (uint16_t)i, expected[i] = half_value((uint16_t)i);
    check->table->f16_to_f32(x, y, all);
    compare(check, "every pattern", y, expected, NULL, all, exact);
    without_subnormals(run_f16_to_f32, check, x, y, all);
    compare(check, "every pattern without subnormals", y, expected, NULL, all, exact);
}

/* The patterns must be the same, but for NaN, whose fraction is nobody's business. */
static void compare_halves(struct check *check, const uint16_t *got, const float *x, long n) {
    for (long i = 0; i < n; i++) {
        check->result.comparisons++;
        uint16_t expected = half_nearest(x[i]);
        _Bool both_nan = isnan(x[i]) && (got[i] & 0x7fff) > 0x7c00;
        if (got[i] != expected && !both_nan) {
            fail(check, "n = %ld: %.9g gives %04x, expected %04x", n, x[i], got[i], expected);
            return;
        }
    }
}

void check_f32_to_f16(struct check *check) {
    long n;
    EACH_SIZE(n) {
        float *x = random_floats(check, n, -70000, 70000);
        uint16_t *y = memory(check, (size_t)n * sizeof(uint16_t));
        check->table->f32_to_f16(x, y, n);
        compare_halves(check, y, x, n);
        release(check);
    }
    /* Every half, the floats beside it, the middle to the next, and the floats beside that. */
    enum { values = 0x7c01 * 6 };
    float *x = unset_floats(check, values);
    uint16_t *y = memory(check, values * sizeof(uint16_t));
    for (int half = 0; half <= 0x7c00; half++) {
        float value = (float)half_value((uint16_t)half), next = (float)half_value((uint16_t)(half + 1));
        float middle = half < 0x7bff ? (value + next) / 2 : 65520.0f;
        float *six = x + 6 * half;
        six[0] = -value, six[1] = nextafterf(value, INFINITY), six[2] = nextafterf(value, -INFINITY);
        six[3] = middle, six[4] = nextafterf(middle, INFINITY), six[5] = -nextafterf(middle, 0);
    }
    x[1] = NAN;
    check->table->f32_to_f16(x, y, values);
    compare_halves(check, y, x, values);
    without_subnormals(run_f32_to_f16, check, x, y, values);
    compare_halves(check, y, x, values);
}

void check_bf16_to_f32(struct check *check) {
    long n;
    EACH_SIZE(n) {
        uint16_t *x = memory(check, (size_t)n * sizeof(uint16_t));
        float *y = unset_floats(check, n), *expected = unset_floats(check, n);
        for (long i = 0; i < n; i++) {
            x[i] = (uint16_t)next_random(check);
            uint32_t bits = (uint32_t)x[i] << 16;
            memcpy(expected + i, &bits, sizeof bits);
        }
        check->table->bf16_to_f32(x, y, n);
        compare_bits(check, "random patterns", y, expected, n);
        release(check);
    }
}

/* Blocks of random values of every size, of zeros, of one value, of halves that round, of the smallest numbers. */
static float *block_values(struct check *check, int kind) {
    float *x = random_floats(check, 32, -1, 1);
    float size = (float[]){1, 1e-30f, 1e30f, 0, 3e4f, 1, 1, 1e-6f}[kind % 8];
    for (int i = 0; i < 32; i++) x[i] *= size;
    if (kind % 8 == 5)
        for (int i = 0; i < 32; i++) x[i] = (float)(i - 16) * 0.5f;
    if (kind % 8 == 6)
        for (int i = 0; i < 32; i++) x[i] = 127.0f - (float)i * 4.5f;
    if (kind % 8 == 5 || kind % 8 == 6) x[kind % 32] = 127.0f;
    return x;
}

/* ggml's rules, step by step in float. */
static void reference_q8_0(const float *x, struct kernels_q8_0 *block) {
#pragma clang fp contract(off)
    float largest = 0;
    for (int i = 0; i < 32; i++) largest = fmaxf(largest, fabsf(x[i]));
    float scale = largest / 127;
    float inverse = scale != 0 ? 1 / scale : 0;
    block->scale = half_nearest(scale);
    for (int i = 0; i < 32; i++) block->values[i] = (int8_t)roundf(x[i] * inverse);
}

static void reference_q4_0(const float *x, struct kernels_q4_0 *block) {
#pragma clang fp contract(off)
    float largest = 0, extreme = 0;
    for (int i = 0; i < 32; i++)
        if (fabsf(x[i]) > largest) largest = fabsf(x[i]), extreme = x[i];
    float scale = extreme / -8;
    float inverse = scale != 0 ? 1 / scale : 0;
    block->scale = half_nearest(scale);
    for (int i = 0; i < 16; i++) {
        float low = x[i] * inverse, high = x[i + 16] * inverse;
        low += 8.5f, high += 8.5f;
        int a = low > 15 ? 15 : (int)low, b = high > 15 ? 15 : (int)high;
        block->values[i] = (uint8_t)(a | b << 4);
    }
}

#define CHECK_QUANTIZE(type)                                                                          \
    void check_quantize_##type(struct check *check) {                                                 \
        check->table->quantize_##type(unset_floats(check, 0), memory(check, 0), 0);                   \
        for (int kind = 0; kind < 400; kind++) {                                                      \
            float *x = block_values(check, kind);                                                     \
            struct kernels_##type *got = memory(check, sizeof *got), expected;                        \
            reference_##type(x, &expected);                                                           \
            check->table->quantize_##type(x, got, 32);                                                \
            compare_bytes(check, "a block", got, &expected, sizeof expected);                         \
            release(check);                                                                           \
        }                                                                                             \
        enum { many = 33 };                                                                           \
        float *x = random_floats(check, many * 32, -5, 5);                                            \
        struct kernels_##type *got = memory(check, many * sizeof *got), expected[many];               \
        for (int b = 0; b < many; b++) reference_##type(x + 32 * b, expected + b);                    \
        check->table->quantize_##type(x, got, many * 32);                                             \
        compare_bytes(check, "many blocks", got, expected, sizeof expected);                          \
        for (int i = 0; i < 32; i++) x[i] = (float[]){INFINITY, NAN, -INFINITY, 1}[i % 4];            \
        check->table->quantize_##type(x, got, many * 32); /* must not stop the process */             \
        compare_bytes(check, "beside infinities", got + 1, expected + 1, sizeof expected - sizeof *expected); \
    }
CHECK_QUANTIZE(q8_0)
CHECK_QUANTIZE(q4_0)

static float value_q8_0(const struct kernels_q8_0 *block, int i) {
    return (float)half_value(block->scale) * (float)block->values[i];
}

static float value_q4_0(const struct kernels_q4_0 *block, int i) {
    int nibble = i < 16 ? block->values[i] & 15 : block->values[i - 16] >> 4;
    return (float)half_value(block->scale) * (float)(nibble - 8);
}

#define CHECK_DEQUANTIZE(type)                                                                        \
    void check_dequantize_##type(struct check *check) {                                               \
        check->table->dequantize_##type(memory(check, 0), unset_floats(check, 0), 0);                 \
        for (int blocks = 1; blocks < 40; blocks += 19) {                                             \
            struct kernels_##type *x = memory(check, (size_t)blocks * sizeof *x);                     \
            unsigned char *bytes = (unsigned char *)x;                                                \
            for (size_t i = 0; i < (size_t)blocks * sizeof *x; i++) bytes[i] = (unsigned char)next_random(check); \
            for (int b = 0; b < blocks; b++) x[b].scale = half_nearest(0.01 * (b - 3));               \
            float *y = unset_floats(check, blocks * 32), *expected = unset_floats(check, blocks * 32); \
            for (int i = 0; i < blocks * 32; i++) expected[i] = value_##type(x + i / 32, i % 32);     \
            check->table->dequantize_##type(x, y, blocks * 32);                                       \
            compare_bits(check, "random blocks", y, expected, blocks * 32);                           \
            release(check);                                                                           \
        }                                                                                             \
    }
CHECK_DEQUANTIZE(q8_0)
CHECK_DEQUANTIZE(q4_0)
