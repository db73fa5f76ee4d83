#include "check.h"

/* Values that elementwise kernels must not trip over. */
static const float specials[] = {0.0f,     -0.0f,   INFINITY, -INFINITY, NAN,     1e-45f,  -1e-45f, 1e-38f,
                                 -1e-38f,  3.4e38f, -3.4e38f, 88.7f,     -87.0f,  -104.5f, 90.0f,   1.0f,
                                 -1.0f,    0.625f,  -0.625f,  4.0f,      0.5f,    3.0f};
enum { special_count = sizeof specials / sizeof *specials };

/* Runs a function of one row over the awkward sizes, in place too, then over the special values. */
static void check_row(
    struct check *check, void (*kernel)(const struct kernels *, const float *, float *, long),
    double (*reference)(double), float low, float high, struct tolerance tolerance) {
    long n;
    EACH_SIZE(n) {
        float *x = random_floats(check, n, low, high), *y = unset_floats(check, n);
        double *expected = doubles(check, n);
        for (long i = 0; i < n; i++) expected[i] = reference(x[i]);
        kernel(check->table, x, y, n);
        compare(check, "random values", y, expected, NULL, n, tolerance);
        kernel(check->table, x, x, n);
        compare_bits(check, "in place", x, y, n);
        release(check);
    }
    /* Long enough that vector code sees them, not only the loop over what is left. */
    enum { repeated = special_count * 3 };
    float *x = random_floats(check, repeated, 0, 1), *y = unset_floats(check, repeated);
    double *expected = doubles(check, repeated);
    for (int i = 0; i < repeated; i++) x[i] = specials[i % special_count], expected[i] = reference(x[i]);
    kernel(check->table, x, y, repeated);
    compare(check, "special values", y, expected, NULL, repeated, tolerance);
    release(check);
}

/* Every 9,973rd float of both signs: some 400,000, denormals, infinities and NaN among them. */
static void check_sweep(
    struct check *check, void (*kernel)(const struct kernels *, const float *, float *, long),
    double (*reference)(double), struct tolerance tolerance) {
    enum { batch = 4096 };
    float *x = unset_floats(check, batch), *y = unset_floats(check, batch);
    double *expected = doubles(check, batch);
    for (uint64_t bits = 0; bits < 1ull << 32;) {
        long n = 0;
        for (; n < batch && bits < 1ull << 32; n++, bits += 9973) {
            uint32_t pattern = (uint32_t)bits;
            memcpy(x + n, &pattern, sizeof pattern);
            expected[n] = reference(x[n]);
        }
        kernel(check->table, x, y, n);
        compare(check, "a sweep over all floats", y, expected, NULL, n, tolerance);
    }
}

#define ROW(name)                                                                              \
    static void run_##name(const struct kernels *table, const float *x, float *y, long n) {    \
        table->name(x, y, n);                                                                  \
    }
ROW(relu_f32)
ROW(sqrt_f32)
ROW(exp_f32)
ROW(sigmoid_f32)
ROW(silu_f32)
ROW(tanh_f32)
ROW(gelu_f32)
ROW(erf_f32)
ROW(hard_swish_f32)

static double relu(double x) { return x < 0 ? 0 : x; }
static double sigmoid(double x) { return 1 / (1 + exp(-x)); }
static double silu(double x) { return x / (1 + exp(-x)); }
static double gelu(double x) { return x / (1 + exp(-2 * 0.7978845608028654 * (x + 0.044715 * x * x * x))); }
static double between(double x, double low, double high) { return x < low ? low : x > high ? high : x; }
static double hard_swish(double x) { return x * between(x / 6 + 0.5, 0, 1); }

void check_relu_f32(struct check *check) { check_row(check, run_relu_f32, relu, -3, 3, exact); }
/* IEEE 754 asks for the nearest float. */
void check_sqrt_f32(struct check *check) {
    check_row(check, run_sqrt_f32, sqrt, 0, 9, exact);
    check_sweep(check, run_sqrt_f32, sqrt, exact);
}
/* The bound that the body states. */
void check_exp_f32(struct check *check) {
    check_row(check, run_exp_f32, exp, -20, 20, (struct tolerance){.ulps = 2});
    check_sweep(check, run_exp_f32, exp, (struct tolerance){.ulps = 2});
}
/* exp's two units, one addition, one division. Below exp(-88) the quotient of an overflow is 0, 1e-38 off at most. */
void check_sigmoid_f32(struct check *check) {
    check_row(check, run_sigmoid_f32, sigmoid, -20, 20, (struct tolerance){.ulps = 4, .absolute = 1.2e-38});
    check_sweep(check, run_sigmoid_f32, sigmoid, (struct tolerance){.ulps = 4, .absolute = 1.2e-38});
}
/* As sigmoid, times a value of at most 104 where it vanishes. */
void check_silu_f32(struct check *check) {
    check_row(check, run_silu_f32, silu, -20, 20, (struct tolerance){.ulps = 4, .absolute = 1.3e-36});
    check_sweep(check, run_silu_f32, silu, (struct tolerance){.ulps = 4, .absolute = 1.3e-36});
}
void check_tanh_f32(struct check *check) {
    check_row(check, run_tanh_f32, tanh, -2, 2, (struct tolerance){.ulps = 4});
    check_sweep(check, run_tanh_f32, tanh, (struct tolerance){.ulps = 4});
}
/* The rounding of the inner polynomial, up to 100, moves the exponential by that many units. */
void check_gelu_f32(struct check *check) {
    check_row(check, run_gelu_f32, gelu, -6, 6, (struct tolerance){.ulps = 4, .absolute = 3e-7});
}
void check_erf_f32(struct check *check) {
    check_row(check, run_erf_f32, erf, -3, 3, (struct tolerance){.ulps = 4});
    check_sweep(check, run_erf_f32, erf, (struct tolerance){.ulps = 4});
}
/* x / 6 is a product with the nearest float of 1 / 6. */
void check_hard_swish_f32(struct check *check) {
    check_row(check, run_hard_swish_f32, hard_swish, -4, 4, (struct tolerance){.ulps = 4, .absolute = 1e-6});
}

static void run_leaky_relu(const struct kernels *table, const float *x, float *y, long n) {
    table->leaky_relu_f32(x, 0.125f, y, n);
}
static double leaky_relu(double x) { return x < 0 ? 0.125 * x : x; }
void check_leaky_relu_f32(struct check *check) { check_row(check, run_leaky_relu, leaky_relu, -3, 3, exact); }

static void run_clip(const struct kernels *table, const float *x, float *y, long n) {
    table->clip_f32(x, -0.5f, 2.0f, y, n);
}
static double clip(double x) { return between(x, -0.5, 2); }
void check_clip_f32(struct check *check) { check_row(check, run_clip, clip, -3, 3, exact); }

static void run_hard_sigmoid(const struct kernels *table, const float *x, float *y, long n) {
    table->hard_sigmoid_f32(x, 0.25f, 0.5f, y, n);
}
static double hard_sigmoid(double x) { return between(0.25 * x + 0.5, 0, 1); }
/* One product, exact by a power of two, and one sum. */
void check_hard_sigmoid_f32(struct check *check) {
    check_row(check, run_hard_sigmoid, hard_sigmoid, -3, 3, (struct tolerance){.ulps = 1});
}

static void run_scale_offset(const struct kernels *table, const float *x, float *y, long n) {
    table->scale_offset_f32(x, 1.25f, -0.75f, y, n);
}
static double scale_offset(double x) { return 1.25 * x - 0.75; }
/* With or without a fused multiply-add: half a unit of the product, of at most 4, and of the sum. */
void check_scale_offset_f32(struct check *check) {
    check_row(check, run_scale_offset, scale_offset, -3, 3, (struct tolerance){.ulps = 1, .absolute = 3e-7});
}

/* A number and a row. */
#define SCALAR(name, call, expression)                                                      \
    static void run_##name(const struct kernels *table, const float *x, float *y, long n) { \
        table->name call;                                                                   \
    }                                                                                       \
    static double reference_##name(double x) { return (float)(expression); }                \
    void check_##name(struct check *check) { check_row(check, run_##name, reference_##name, -3, 3, exact); }

/* One operation each, which IEEE 754 rounds to the nearest float. */
SCALAR(add_scalar_f32, (x, 0.7f, y, n), (float)x + 0.7f)
SCALAR(multiply_scalar_f32, (x, 0.7f, y, n), (float)x * 0.7f)
SCALAR(divide_scalar_f32, (x, 0.7f, y, n), (float)x / 0.7f)
SCALAR(maximum_scalar_f32, (x, 0.7f, y, n), x < 0.7f ? 0.7f : x)
SCALAR(minimum_scalar_f32, (x, 0.7f, y, n), x > 0.7f ? 0.7f : x)
SCALAR(scalar_subtract_f32, (0.7f, x, y, n), 0.7f - (float)x)
SCALAR(scalar_divide_f32, (0.7f, x, y, n), 0.7f / (float)x)

/* Two rows: the awkward sizes, in place on either side, then every pair of special values. */
static void check_pairs(
    struct check *check, void (*kernel)(const float *, const float *, float *, long),
    float (*reference)(float, float)) {
    long n;
    EACH_SIZE(n) {
        float *a = random_floats(check, n, -3, 3), *b = random_floats(check, n, -3, 3), *y = unset_floats(check, n);
        float *expected = unset_floats(check, n), *a2 = unset_floats(check, n), *b2 = unset_floats(check, n);
        for (long i = 0; i < n; i++) expected[i] = reference(a[i], b[i]), a2[i] = a[i], b2[i] = b[i];
        kernel(a, b, y, n);
        compare_bits(check, "random values", y, expected, n);
        kernel(a2, b, a2, n);
        compare_bits(check, "in place of a", a2, expected, n);
        kernel(a, b2, b2, n);
        compare_bits(check, "in place of b", b2, expected, n);
        release(check);
    }
    enum { all = special_count * special_count };
    float *a = unset_floats(check, all), *b = unset_floats(check, all), *y = unset_floats(check, all);
    double *expected = doubles(check, all);
    for (int i = 0; i < all; i++) {
        a[i] = specials[i % special_count];
        b[i] = specials[i / special_count];
        expected[i] = reference(a[i], b[i]);
    }
    kernel(a, b, y, all);
    compare(check, "special values", y, expected, NULL, all, exact);
}

/* One operation each, which IEEE 754 rounds to the nearest float. */
#define PAIR(name, expression)                                    \
    static float pair_##name(float a, float b) { return expression; } \
    void check_##name(struct check *check) { check_pairs(check, check->table->name, pair_##name); }
PAIR(add_f32, a + b)
PAIR(subtract_f32, a - b)
PAIR(multiply_f32, a *b)
PAIR(divide_f32, a / b)
PAIR(maximum_f32, a > b ? a : b)
PAIR(minimum_f32, a < b ? a : b)

void check_silu_multiply_f32(struct check *check) {
    long n;
    EACH_SIZE(n) {
        float *gate = random_floats(check, n, -9, 9), *up = random_floats(check, n, -3, 3), *y = unset_floats(check, n);
        double *expected = doubles(check, n);
        for (long i = 0; i < n; i++) expected[i] = silu(gate[i]) * up[i];
        check->table->silu_multiply_f32(gate, up, y, n);
        /* silu's four units and a product. */
        compare(check, "random values", y, expected, NULL, n, (struct tolerance){.ulps = 6});
        release(check);
    }
}

void check_axpy_f32(struct check *check) {
    long n;
    EACH_SIZE(n) {
        float *x = random_floats(check, n, -3, 3), *y = random_floats(check, n, -3, 3);
        double *expected = doubles(check, n);
        for (long i = 0; i < n; i++) expected[i] = y[i] + 0.3f * (double)x[i];
        check->table->axpy_f32(0.3f, x, y, n);
        /* With or without a fused multiply-add: half a unit of values of at most 4. */
        compare(check, "random values", y, expected, NULL, n, (struct tolerance){.absolute = 3e-7});
        release(check);
    }
}
