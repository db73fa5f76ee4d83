#include "check.h"

/* A sum of n terms in any order is off by at most n units of 2^-24 of the sum of magnitudes; the kernels' partial sums
 * make that n / 16 or fewer, plus a few. */
static struct tolerance of_sum(long n) { return (struct tolerance){.relative = (double)(n / 16 + 40) * 0x1p-24}; }

void check_dot_f32(struct check *check) {
    long n;
    EACH_SIZE(n) {
        float *a = random_floats(check, n, -2, 2), *b = random_floats(check, n, -2, 2);
        double expected = 0, scale = 0;
        for (long i = 0; i < n; i++) {
            expected += (double)a[i] * b[i];
            scale += fabs((double)a[i] * b[i]);
        }
        float got = check->table->dot_f32(a, b, n);
        compare(check, "a sum", &got, &expected, &scale, 1, of_sum(n));
        release(check);
    }
}

void check_sum_f32(struct check *check) {
    long n;
    EACH_SIZE(n) {
        float *x = random_floats(check, n, -2, 2);
        double expected = 0, scale = 0;
        for (long i = 0; i < n; i++) expected += x[i], scale += fabs((double)x[i]);
        float got = check->table->sum_f32(x, n);
        compare(check, "a sum", &got, &expected, &scale, 1, of_sum(n));
        release(check);
    }
}

void check_squared_deviation_f32(struct check *check) {
    long n;
    EACH_SIZE(n) {
        float *x = random_floats(check, n, -2, 4);
        double expected = 0;
        for (long i = 0; i < n; i++) expected += (x[i] - 1.1) * (x[i] - 1.1);
        float got = check->table->squared_deviation_f32(x, 1.1f, n);
        /* 1.1f for 1.1 moves each term by 4e-7 of itself at most. */
        struct tolerance tolerance = of_sum(n);
        tolerance.relative += 1e-6;
        compare(check, "a sum", &got, &expected, &expected, 1, tolerance);
        release(check);
    }
}

void check_largest_f32(struct check *check) {
    long n;
    EACH_SIZE(n) {
        /* The largest at each place in turn, and all below zero. */
        for (long place = 0; place < n; place += n / 67 + 1) {
            float *x = random_floats(check, n, -9, -3);
            x[place] = -2.5f;
            double expected = -2.5;
            float got = check->table->largest_f32(x, n);
            compare(check, "the largest", &got, &expected, NULL, 1, exact);
            release(check);
        }
    }
    float got = check->table->largest_f32(unset_floats(check, 0), 0);
    double expected = -INFINITY;
    compare(check, "of none", &got, &expected, NULL, 1, exact);
}

void check_softmax_f32(struct check *check) {
    long n;
    EACH_SIZE(n) {
        float *x = random_floats(check, n, -30, 60), *y = unset_floats(check, n);
        if (n > 16) x[n - 1] = -INFINITY; /* a masked place */
        double *expected = doubles(check, n), sum = 0, largest = -INFINITY;
        for (long i = 0; i < n; i++) largest = x[i] > largest ? x[i] : largest;
        for (long i = 0; i < n; i++) sum += exp(x[i] - largest);
        for (long i = 0; i < n; i++) expected[i] = exp(x[i] - largest) / sum;
        check->table->softmax_f32(x, y, n);
        /* exp's two units, the rounding of its argument (up to 90: 64 units), and the sum's. */
        compare(check, "random values", y, expected, NULL, n, (struct tolerance){.ulps = 80, .absolute = 1e-38});
        check->table->softmax_f32(x, x, n);
        compare_bits(check, "in place", x, y, n);
        release(check);
    }
}

void check_rms_norm_f32(struct check *check) {
    long n;
    EACH_SIZE(n) {
        float *x = random_floats(check, n, -4, 4), *weight = random_floats(check, n, -2, 2);
        float *y = unset_floats(check, n);
        double *expected = doubles(check, n), squares = 0;
        for (long i = 0; i < n; i++) squares += (double)x[i] * x[i];
        for (long i = 0; i < n; i++) expected[i] = x[i] / sqrt(squares / n + 1e-5f) * weight[i];
        check->table->rms_norm_f32(x, weight, y, n, 1e-5f);
        /* The sum of squares, whose relative error halves under the root, and five roundings. */
        compare(check, "random values", y, expected, NULL, n, (struct tolerance){.ulps = 40});
        check->table->rms_norm_f32(x, weight, x, n, 1e-5f);
        compare_bits(check, "in place", x, y, n);
        release(check);
    }
}

static void check_rope(struct check *check, long heads, long head_size, long rotated, _Bool halves) {
    long count = heads * head_size, pairs = rotated / 2;
    float *x = random_floats(check, count, -3, 3);
    float *cosines = random_floats(check, pairs, -1, 1), *sines = random_floats(check, pairs, -1, 1);
    double *expected = doubles(check, count);
    for (long i = 0; i < count; i++) expected[i] = x[i];
    for (long head = 0; head < heads; head++) {
        for (long i = 0; i < pairs; i++) {
            long first = head * head_size + (halves ? i : 2 * i), second = first + (halves ? pairs : 1);
            double a = x[first], b = x[second];
            expected[first] = a * cosines[i] - b * sines[i];
            expected[second] = a * sines[i] + b * cosines[i];
        }
    }
    check->table->rope_f32(x, cosines, sines, heads, head_size, rotated, halves);
    /* Half a unit each of two products and a sum, all of at most 6. */
    compare(check, halves ? "halves" : "interleaved", x, expected, NULL, count, (struct tolerance){.absolute = 8e-7});
    release(check);
}

void check_rope_f32(struct check *check) {
    static const long shapes[][3] = {{1, 2, 2},   {3, 8, 8},     {2, 34, 34},   {8, 64, 64},
                                     {4, 80, 32}, {2, 128, 128}, {5, 66, 62}, {2, 16, 0}};
    for (int i = 0; i < 8; i++)
        for (int halves = 0; halves < 2; halves++) check_rope(check, shapes[i][0], shapes[i][1], shapes[i][2], halves);
}
