/* Cases of ggml's formats. The reference reads one value at a time by byte offsets, as the formats are
 * published; it shares nothing with the kernels. */
#include "block_format.h"

static uint16_t half_at(const unsigned char *b, int place) { return (uint16_t)(b[place] | b[place + 1] << 8); }
static int nibble_of(const unsigned char *b, int i) { return i < 16 ? b[i] % 16 : b[i - 16] / 16; }
static int bit_of(const unsigned char *b, int i) { return (b[i / 8] >> i % 8) % 2; }

static struct value value_q8_0(const unsigned char *b, int i) {
    return (struct value){half_at(b, 0), 0, 1, 0, (signed char)b[2 + i], 0};
}
static struct value value_q4_0(const unsigned char *b, int i) {
    return (struct value){half_at(b, 0), 0, 1, 0, nibble_of(b + 2, i) - 8, 0};
}
static struct value value_q4_1(const unsigned char *b, int i) {
    return (struct value){half_at(b, 0), half_at(b, 2), 1, 1, nibble_of(b + 4, i), 1};
}
static struct value value_q5_0(const unsigned char *b, int i) {
    return (struct value){half_at(b, 0), 0, 1, 0, nibble_of(b + 6, i) + 16 * bit_of(b + 2, i) - 16, 0};
}
static struct value value_q5_1(const unsigned char *b, int i) {
    return (struct value){half_at(b, 0), half_at(b, 2), 1, 1, nibble_of(b + 8, i) + 16 * bit_of(b + 4, i), 1};
}
static struct value value_iq4_nl(const unsigned char *b, int i) {
    static const int table[16] = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};
    return (struct value){half_at(b, 0), 0, 1, 0, table[nibble_of(b + 2, i)], 0};
}
static struct value value_q2_k(const unsigned char *b, int i) {
    int quant = (b[16 + i / 128 * 32 + i % 32] >> (i % 128 / 32 * 2)) % 4;
    return (struct value){half_at(b, 80), half_at(b, 82), b[i / 16] % 16, b[i / 16] / 16, quant, 0};
}
static struct value value_q3_k(const unsigned char *b, int i) {
    int low = (b[32 + i / 128 * 32 + i % 32] >> (i % 128 / 32 * 2)) % 4;
    int quant = (b[i % 32] >> (i / 32)) % 2 ? low : low - 4;
    int g = i / 16, four = g < 8 ? b[96 + g] % 16 : b[96 + g - 8] / 16, two = (b[104 + g % 4] >> (g / 4 * 2)) % 4;
    return (struct value){half_at(b, 108), 0, four + 16 * two - 32, 0, quant, 0};
}
/* The 12 bytes of Q4_K's and Q5_K's scales and minimums. */
static void six_bits(const unsigned char *b, int g, struct value *v) {
    v->group_scale = g < 4 ? b[g] % 64 : b[g + 4] % 16 + b[g - 4] / 64 * 16;
    v->group_minimum = g < 4 ? b[g + 4] % 64 : b[g + 4] / 16 + b[g] / 64 * 16;
}
static struct value value_q4_k(const unsigned char *b, int i) {
    int byte = b[16 + i / 64 * 32 + i % 32];
    struct value v = {half_at(b, 0), half_at(b, 2), 0, 0, i % 64 < 32 ? byte % 16 : byte / 16, 0};
    six_bits(b + 4, i / 32, &v);
    return v;
}
static struct value value_q5_k(const unsigned char *b, int i) {
    int byte = b[48 + i / 64 * 32 + i % 32], fifth = (b[16 + i % 32] >> (i / 32)) % 2;
    struct value v = {half_at(b, 0), half_at(b, 2), 0, 0, (i % 64 < 32 ? byte % 16 : byte / 16) + 16 * fifth, 0};
    six_bits(b + 4, i / 32, &v);
    return v;
}
static struct value value_q6_k(const unsigned char *b, int i) {
    int byte = b[i / 128 * 64 + i % 64], low = i % 128 < 64 ? byte % 16 : byte / 16;
    int high = (b[128 + i / 128 * 32 + i % 32] >> (i % 128 / 32 * 2)) % 4;
    return (struct value){half_at(b, 208), 0, (signed char)b[192 + i / 16], 0, low + 16 * high - 32, 0};
}

static const struct format q8_0 = {32, 34, 0, 1, value_q8_0, 0, 0, 0, 0}, q4_0 = {32, 18, 0, 1, value_q4_0, 0, 0, 0, 0};
static const struct format q4_1 = {32, 20, 0, 2, value_q4_1, 0, 0, 0, 0}, q5_0 = {32, 22, 0, 1, value_q5_0, 0, 0, 0, 0};
static const struct format q5_1 = {32, 24, 0, 2, value_q5_1, 0, 0, 0, 0}, iq4_nl = {32, 18, 0, 1, value_iq4_nl, 0, 0, 0, 0};
static const struct format q2_k = {256, 84, 80, 2, value_q2_k, 16, 0, 10, 0}, q3_k = {256, 110, 108, 1, value_q3_k, 16, 0, 9, 0};
static const struct format q4_k = {256, 144, 0, 2, value_q4_k, 8, 0, 7, 0}, q5_k = {256, 176, 0, 2, value_q5_k, 8, 1, 7, 0};
static const struct format q6_k = {256, 210, 208, 1, value_q6_k, 16, 0, 5, 1};

/* Every step rounded to float. */
static float float_value(struct value v) {
#pragma clang fp contract(off)
    float scale = (float)half_value(v.scale), minimum = (float)half_value(v.minimum);
    scale = scale * (float)v.group_scale, minimum = minimum * (float)v.group_minimum;
    float value = scale * (float)v.quant;
    if (v.adds) return value + minimum;
    return v.group_minimum == 0 && v.minimum == 0 ? value : value - minimum;
}

static double double_value(struct value v) {
    double minimum = half_value(v.minimum) * v.group_minimum;
    return half_value(v.scale) * v.group_scale * v.quant + (v.adds ? minimum : -minimum);
}

/* Blocks of any bytes, some of all ones or zeros, with scales of either sign. */
static unsigned char *random_blocks(struct check *check, const struct format *f, long blocks) {
    unsigned char *bytes = memory(check, (size_t)blocks * f->size);
    for (long b = 0; b < blocks; b++) {
        unsigned char *block = bytes + (size_t)b * f->size;
        for (size_t i = 0; i < f->size; i++) {
            block[i] = (unsigned char)next_random(check);
            if (b % 5 == 1) block[i] = 0xff;
            if (b % 5 == 3) block[i] = 0;
        }
        for (int h = 0; h < f->half_count; h++) {
            uint16_t half = half_nearest((double)(int)(next_random(check) % 2001 - 1000) * 1e-4);
            memcpy(block + f->halves + 2 * h, &half, sizeof half);
        }
    }
    return bytes;
}

typedef void convert(const void *x, float *y, long n);

static void check_dequantize(struct check *check, const struct format *f, convert *run) {
    run(memory(check, 0), unset_floats(check, 0), 0);
    for (int blocks = 1; blocks < 40; blocks += 19) {
        unsigned char *x = random_blocks(check, f, blocks);
        int n = blocks * f->length;
        float *y = unset_floats(check, n), *expected = unset_floats(check, n);
        for (int i = 0; i < n; i++)
            expected[i] = float_value(f->value(x + (size_t)(i / f->length) * f->size, i % f->length));
        run(x, y, n);
        compare_bits(check, "random blocks", y, expected, n);
        release(check);
    }
}

/* ---- Vectors ---- */

/* Added up as the kernels do: sixteen sums, then halves. */
static float sum_of_sixteens(float (*term)(const float *x, float inverse, int i), const float *x, float inverse, int n) {
    float sums[16] = {0};
    for (int i = 0; i < n; i++) sums[i % 16] += term(x, inverse, i);
    for (int half = 8; half > 0; half /= 2)
        for (int i = 0; i < half; i++) sums[i] += sums[i + half];
    return sums[0];
}

static float scaled_magnitude(const float *x, float scale, int i) { return fabsf(x[i]) * scale; }

static float squared_error(const float *x, float inverse, int i) {
#pragma clang fp contract(off)
    float value = x[i] * inverse, error = value - rintf(value);
    return error * error;
}

static float value_by_integer(const float *x, float inverse, int i) {
#pragma clang fp contract(off)
    float value = x[i] * inverse;
    return value * rintf(value);
}

static float squared_integer(const float *x, float inverse, int i) {
    float integer = rintf(x[i] * inverse);
    return integer * integer;
}

/* How many steps the largest of n magnitudes may take, so that 16 of them come to no more than they may together. */
static float reference_steps(const float *x, int n) {
    float largest = 0, sum = 0;
    for (int i = 0; i < n; i++) largest = fmaxf(largest, fabsf(x[i]));
    for (int i = 0; i < n; i += 16) sum = fmaxf(sum, sum_of_sixteens(scaled_magnitude, x + i, 0x1p-8f, 16));
    return largest > 0 ? fminf(127, (kernels_most_of_16 - 8) * (largest * 0x1p-8f / sum)) : 127;
}

static void reference_vector(const float *x, int n, float most, float *scale, int8_t *y) {
#pragma clang fp contract(off)
    float largest = 0, steps = most, least = INFINITY;
    for (int i = 0; i < n; i++) largest = fmaxf(largest, fabsf(x[i]));
    for (int k = 0; k < 4; k++) {
        float share = (127 - (float)k) / 127, candidate = most * share;
        float error = sum_of_sixteens(squared_error, x, candidate * (1 / largest), n) * (1 / share * (1 / share));
        steps = error < least ? candidate : steps;
        least = fminf(error, least);
    }
    float inverse = steps * (1 / largest);
    for (int i = 0; i < n; i++) y[i] = largest > 0 ? (int8_t)rintf(x[i] * inverse) : 0;
    float by_integer = sum_of_sixteens(value_by_integer, x, inverse, n);
    *scale = largest > 0 ? largest / (steps * sum_of_sixteens(squared_integer, x, inverse, n)) * by_integer : 0;
}

/* What `y` differs from `x` by, against `most` steps to the largest magnitude: no block may lose by the search. */
static void compare_with_plain_steps(struct check *check, const float *x, float most, const int8_t *y, float scale, int n) {
    double largest = 0, error = 0, plain = 0;
    for (int i = 0; i < n; i++) largest = fmax(largest, fabs((double)x[i]));
    for (int i = 0; i < n && largest > 0; i++) {
        double step = largest / (double)most;
        error += pow((double)scale * y[i] - (double)x[i], 2);
        plain += pow(rint((double)x[i] / step) * step - (double)x[i], 2);
    }
    if (!(error <= plain * (1 + 1e-4))) fail(check, "a block of %d is off by %g, plainly rounded by %g", n, error, plain);
}

void check_quantize_q8x4(struct check *check) {
    for (int blocks = 0; blocks < 11; blocks++) {
        int fours = (blocks + 3) / 4;
        float *x = random_floats(check, blocks * 32, -3, 3);
        for (int i = 0; i < 32 && blocks == 7; i++) x[64 + i] = 0;
        struct kernels_q8x4 *y = memory(check, (size_t)fours * sizeof *y), *e = memory(check, (size_t)fours * sizeof *e);
        memset(e, 0, (size_t)fours * sizeof *e);
        for (int k = 0; k < blocks; k++) {
            struct kernels_q8x4 *four = e + k / 4;
            reference_vector(x + 32 * k, 32, 127, &four->scales[k % 4], four->values + k % 4 * 32);
            for (int i = 0; i < 32; i++) four->sums[k % 4] += four->values[k % 4 * 32 + i];
        }
        check->table->quantize_q8x4(x, y, 32 * blocks);
        compare_bytes(check, "blocks", y, e, (size_t)fours * sizeof *y);
        for (int k = 0; k < blocks; k++)
            compare_with_plain_steps(check, x + 32 * k, 127, y[k / 4].values + k % 4 * 32, y[k / 4].scales[k % 4], 32);
        for (int i = 0; i < 32 * blocks; i++) x[i] = (float[]){INFINITY, NAN, -INFINITY, 1}[i % 4];
        check->table->quantize_q8x4(x, y, 32 * blocks); /* must not stop the process */
        release(check);
    }
}

/* The scales of a block in units of a power of two, and what they come to times the sums of values. */
static void reference_parts(struct kernels_q8x8 *y) {
    double largest = 0;
    int exponent;
    for (int j = 0; j < 8; j++) largest = fmax(largest, (double)y->scales[j]);
    frexp(largest, &exponent);
    y->unit = largest > 0 ? ldexpf(1, exponent - 15) : 0;
    for (int j = 0; j < 8; j++) {
        int sum = 0;
        for (int i = 0; i < 32; i++) sum += y->values[32 * j + i];
        double part = fmin(floor(ldexp(y->scales[j], 15 - exponent) + 0.5), 32767);
        y->parts[j] = (int16_t)part, y->offset_parts[j] = (int16_t)floor(ldexp(part * sum, -kernels_offset_bits) + 0.5);
    }
}

void check_quantize_q8x8(struct check *check) {
#pragma clang fp contract(off)
    for (int blocks = 0; blocks < 6; blocks++) {
        float *x = random_floats(check, blocks * 256, -3, 3);
        for (int i = 0; i < 256 && blocks == 3; i++) x[240 + i] = 0;
        for (int i = 0; i < 256 && blocks == 4; i++) x[i] = 0, x[256 + i] *= i % 64 < 32 ? 1e-3f : 1e30f;
        struct kernels_q8x8 *y = memory(check, (size_t)blocks * sizeof *y), *e = memory(check, (size_t)blocks * sizeof *e);
        memset(e, 0, (size_t)blocks * sizeof *e);
        for (int k = 0; k < 8 * blocks; k++) {
            struct kernels_q8x8 *eight = e + k / 8;
            int sum = 0, first = k % 8 * 32;
            reference_vector(x + 32 * k, 32, reference_steps(x + 32 * k, 32), &eight->scales[k % 8], eight->values + first);
            for (int i = first; i < first + 32; i++) {
                eight->sums[i / 16][i % 4 / 2] += eight->values[i];
                sum += eight->values[i];
            }
            eight->offsets[k % 8] = eight->scales[k % 8] * (float)sum;
        }
        for (int k = 0; k < blocks; k++) reference_parts(e + k);
        check->table->quantize_q8x8(x, y, 256 * blocks);
        compare_bytes(check, "blocks", y, e, (size_t)blocks * sizeof *y);
        for (int k = 0; k < 8 * blocks; k++) {
            float most = reference_steps(x + 32 * k, 32);
            const int8_t *values = y[k / 8].values + k % 8 * 32;
            int sums[2] = {0};
            compare_with_plain_steps(check, x + 32 * k, most, values, y[k / 8].scales[k % 8], 32);
            for (int i = 0; i < 32; i++) sums[i / 16] += abs(values[i]);
            if (sums[0] > kernels_most_of_16 || sums[1] > kernels_most_of_16)
                fail(check, "the magnitudes of 16 values add up to %d and %d", sums[0], sums[1]);
        }
        for (int i = 0; i < 256 * blocks; i++) x[i] = (float[]){INFINITY, NAN, -INFINITY, 1}[i % 4];
        check->table->quantize_q8x8(x, y, 256 * blocks);
        for (int k = 0; k < blocks; k++)
            if (!isnan(y[k].unit)) fail(check, "infinities have the unit %g", y[k].unit);
        release(check);
    }
}

/* ---- Products ---- */

/* Value i of a vector in its blocks. */
static double vector_value(const void *x, int length, long i) {
    const struct kernels_q8x4 *fours = (const struct kernels_q8x4 *)x + i / 128;
    const struct kernels_q8x8 *blocks = (const struct kernels_q8x8 *)x + i / 256;
    if (length == 32) return (double)fours->scales[i / 32 % 4] * fours->values[i % 128];
    return (double)blocks->scales[i % 256 / 32] * blocks->values[i % 256];
}

/* A random vector in blocks, every third at the extremes, where narrow sums would overflow, and every fifth 32 values small. */
static void random_vector(struct check *check, int length, long columns, void *y) {
    float *x = random_floats(check, columns, -2, 2);
    for (long i = 0; i < columns; i++) {
        if (i / length % 3 == 1) x[i] = i / length % 2 ? 2.0f : -2.0f;
        if (i / 32 % 5 == 3) x[i] *= 0.004f;
    }
    if (length == 32)
        kernels_levels(&(int){0})->quantize_q8x4(x, y, columns);
    else
        kernels_levels(&(int){0})->quantize_q8x8(x, y, columns);
}

static void check_products(
    struct check *check, const struct format *f,
    void (*run)(const struct kernels *, const struct product *, const void *, long, const void *, long, float *)) {
    for (int s = 0; s < shape_count; s++) {
        long rows = shapes[s][0], vectors = shapes[s][2], stride = rows + shapes[s][3];
        long blocks = f->length == 32 ? (shapes[s][1] + 7) / 8 : (shapes[s][1] + 63) / 64, columns = blocks * f->length;
        size_t vector_bytes = f->length == 32 ? (size_t)(blocks + 3) / 4 * sizeof(struct kernels_q8x4)
                                              : (size_t)blocks * sizeof(struct kernels_q8x8);
        if (s == shape_count - 1) vectors = 200; /* more than a tile */
        unsigned char *weights = random_blocks(check, f, rows * blocks), *x = memory(check, (size_t)vectors * vector_bytes);
        for (long v = 0; v < vectors; v++) random_vector(check, f->length, columns, x + (size_t)v * vector_bytes);
        long length = vectors > 0 ? (vectors - 1) * stride + rows : 0;
        float *y = unset_floats(check, length), *portable = unset_floats(check, length);
        struct product p = {
            .weights = weights, .x = x, .row_bytes = (size_t)blocks * f->size, .vector_bytes = vector_bytes, .rows = rows,
            .columns = columns, .vectors = vectors, .stride = stride, .y = y, .run = run};
        run(check->table, &p, weights, rows, x, vectors, y);
        for (long v = 0; v < vectors; v++) {
            for (long r = 0; r < rows; r++) {
                double expected = 0, scale = 0;
                for (long i = 0; i < columns; i++) {
                    const unsigned char *block = weights + (size_t)(r * blocks + i / f->length) * f->size;
                    struct value value = f->value(block, (int)(i % f->length));
                    double times = vector_value(x + (size_t)v * vector_bytes, f->length, i);
                    expected += double_value(value) * times;
                    /* Values and minimums add up apart. */
                    double minimum = half_value(value.minimum) * value.group_minimum;
                    scale += (fabs(half_value(value.scale) * value.group_scale * value.quant) + fabs(minimum)) * fabs(times);
                }
                double rounding = rounds_products(check, f) ? 0x1p-11 : 0;
                struct tolerance t = {.relative = (double)(blocks + 16) * 0x1p-24 + rounding};
                compare(check, "random blocks", y + v * stride + r, &expected, &scale, 1, t);
            }
        }
        check_cuts(check, &p);
        run(kernels_levels(&(int){0}), &p, weights, rows, x, vectors, portable);
        for (long i = 0; i < rows * vectors && rounds_products(check, f); i++) {
            const unsigned char *row = weights + (size_t)(i % rows) * p.row_bytes, *vector = x + (size_t)(i / rows) * vector_bytes;
            portable[i / rows * stride + i % rows] = rounded_product(check, f, row, blocks, vector);
        }
        compare_bits(check, "as the portable level, or rounded", y, portable, length);
        release(check);
    }
}

/* ---- Blocks of values ---- */

/* What rounding without a search makes of 32 values or, for groups, of 256: integers of `steps` steps between the
 * smallest and the largest, or of `steps` steps up to the largest magnitude. */
static void plain_affine(const float *x, int n, int steps, float *y) {
    float low = x[0], high = x[0];
    for (int i = 0; i < n; i++) low = fminf(low, x[i]), high = fmaxf(high, x[i]);
    float scale = (float)half_value(half_nearest((high - low) / (float)steps));
    low = (float)half_value(half_nearest(low));
    for (int i = 0; i < n; i++)
        y[i] = scale == 0 ? low : low + scale * fminf(fmaxf(roundf((x[i] - low) / scale), 0), (float)steps);
}
static void plain_symmetric(const float *x, int n, int steps, float *y) {
    float largest = 0;
    for (int i = 0; i < n; i++) largest = fmaxf(largest, fabsf(x[i]));
    float scale = (float)half_value(half_nearest(largest / (float)steps));
    for (int i = 0; i < n; i++) y[i] = scale == 0 ? 0 : scale * roundf(x[i] / scale);
}

static double squares(const float *a, const float *b, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) sum += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
    return sum;
}

typedef void quantize(const float *x, void *y, long n);

/* `group`: values that share a plain scale; `share`: of the plain error, what the searched one may be at most over many
 * blocks; plain groups have halves for scales, where those of blocks of 256 have integers. */
static void check_search(
    struct check *check, const struct format *f, quantize *run, quantize *portable, convert *back, int group, int steps,
    _Bool affine, double share) {
    enum { blocks = 24 };
    int n = blocks * f->length;
    float *x = random_floats(check, n, -1, 1), *y = unset_floats(check, n), *plain = unset_floats(check, n);
    size_t bytes = (size_t)blocks * f->size;
    unsigned char *q = memory(check, bytes), *again = memory(check, bytes);
    run(x, q, 0);
    for (int i = 0; i < n; i++) {
        /* Blocks like a bell, of every size, of one sign, of one value, and of zeros. */
        int b = i / f->length;
        x[i] = x[i] * x[i] * x[i] * (float[]){1, 1e-4f, 300, 1}[b % 4];
        if (b % 8 == 3) x[i] = fabsf(x[i]) + 0.5f;
        if (b == 5) x[i] = 0;
        if (b == 6) x[i] = 0.75f;
    }
    run(x, q, n);
    portable(x, again, n);
    compare_bytes(check, "as the portable level", q, again, bytes);
    back(q, y, n);
    for (int i = 0; i < n; i += group)
        (affine ? plain_affine : plain_symmetric)(x + i, group, steps, plain + i);
    for (int size = 0; size < 4; size++) {
        double searched = 0, rounded = 0;
        for (int b = size; b < blocks; b += 4) {
            searched += squares(x + b * f->length, y + b * f->length, f->length);
            rounded += squares(x + b * f->length, plain + b * f->length, f->length);
        }
        check->result.comparisons++;
        if (!(searched <= share * rounded)) fail(check, "squared error %g, without a search %g", searched, rounded);
    }
    for (int i = 5 * f->length; i < 6 * f->length; i++)
        if (y[i] != 0) fail(check, "zeros became %g", y[i]);
    float *odd = random_floats(check, n, -1, 1);
    for (int i = 0; i < f->length; i++)
        odd[i] = (float[]){INFINITY, NAN, -INFINITY, 1}[i % 4], odd[2 * f->length + i] *= 3e38f, odd[4 * f->length + i] *= 1e-42f;
    run(odd, q, n); /* must not stop the process */
    run(odd + f->length, again, f->length);
    compare_bytes(check, "beside infinities", q + f->size, again, f->size);
}

#define PRODUCT_CASES(kernel, type)                                                                                   \
    static void run_##kernel##_##type(                                                                                \
        const struct kernels *t, const struct product *p, const void *w, long rows, const void *x, long vectors,      \
        float *y) {                                                                                                   \
        t->kernel##_##type(w, rows, p->columns, x, vectors, y, p->stride);                                            \
    }                                                                                                                 \
    void check_##kernel##_##type(struct check *check) { check_products(check, &type, run_##kernel##_##type); }
PRODUCT_CASES(matrix_vectors, q8_0)
PRODUCT_CASES(matrix_vectors, q4_0)
PRODUCT_CASES(matrix_matrix, q8_0)
PRODUCT_CASES(matrix_matrix, q4_0)

#define CASES(type)                                                                                                   \
    void check_dequantize_##type(struct check *check) {                                                               \
        check_dequantize(check, &type, check->table->dequantize_##type);                                              \
    }                                                                                                                 \
    PRODUCT_CASES(matrix_vectors, type)                                                                               \
    PRODUCT_CASES(matrix_matrix, type)
CASES(q4_1)
CASES(q5_0)
CASES(q5_1)
CASES(iq4_nl)
CASES(q2_k)
CASES(q3_k)
CASES(q4_k)
CASES(q5_k)
CASES(q6_k)

#define SEARCH(type, group, steps, affine, share)                                                                     \
    void check_quantize_##type(struct check *check) {                                                                 \
        const struct kernels *first = kernels_levels(&(int){0});                                                      \
        check_search(                                                                                                 \
            check, &type, check->table->quantize_##type, first->quantize_##type, check->table->dequantize_##type,     \
            group, steps, affine, share);                                                                             \
    }
SEARCH(q4_1, 32, 15, 1, 0.95)
SEARCH(q5_0, 32, 15, 0, 0.95)
SEARCH(q5_1, 32, 31, 1, 0.95)
SEARCH(iq4_nl, 32, 7, 0, 0.95)
SEARCH(q4_k, 32, 15, 1, 1.2)
SEARCH(q5_k, 32, 31, 1, 1.2)
SEARCH(q6_k, 16, 31, 0, 1.2)
