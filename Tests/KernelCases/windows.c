#include "windows.h"

void check_im2col_f32(struct check *check) {
    const struct kernels_window *windows;
    int count = sample_windows(&windows);
    for (int i = 0; i < count; i++) {
        const struct kernels_window *w = windows + i;
        long channels = i % 4, plane = w->height * w->width, taps = w->kernel_height * w->kernel_width;
        if (taps > 81) continue; /* only large */
        /* All rows, then a part of them. */
        for (int part = 0; part < 2; part++) {
            long first = part ? w->out_height / 3 : 0, rows = part ? (w->out_height + 1) / 2 : w->out_height;
            if (first + rows > w->out_height) rows = w->out_height - first;
            float *x = random_floats(check, channels * plane, -2, 2);
            long length = channels * taps * rows * w->out_width;
            float *y = unset_floats(check, length), *expected = unset_floats(check, length), *next = expected;
            for (long c = 0; c < channels; c++) {
                EACH_TAP(ky, kx) {
                    for (long row = first; row < first + rows; row++) {
                        for (long column = 0; column < w->out_width; column++) {
                            long place = place_of(w, row, column, ky, kx);
                            *next++ = place < 0 ? 0 : x[c * plane + place];
                        }
                    }
                }
            }
            check->table->im2col_f32(x, channels, w, first, rows, y);
            compare_bits(check, "a sample window", y, expected, length);
            release(check);
        }
    }
}

void check_depthwise_f32(struct check *check) {
    const struct kernels_window *windows;
    int count = sample_windows(&windows);
    for (int i = 0; i < count; i++) {
        const struct kernels_window *w = windows + i;
        long plane = w->height * w->width, taps = w->kernel_height * w->kernel_width;
        float *x = random_floats(check, plane, -2, 2), *weights = random_floats(check, taps, -2, 2), bias = 0.3f;
        long length = w->out_height * w->out_width;
        float *y = unset_floats(check, length), *again = unset_floats(check, length);
        double *expected = doubles(check, length);
        double *scales = doubles(check, length);
        EACH_OUTPUT(row, column) {
            double sum = bias, scale = bias;
            EACH_TAP(ky, kx) {
                long place = place_of(w, row, column, ky, kx);
                double term = place < 0 ? 0 : (double)weights[ky * w->kernel_width + kx] * x[place];
                sum += term, scale += fabs(term);
            }
            expected[row * w->out_width + column] = sum;
            scales[row * w->out_width + column] = scale;
        }
        check->table->depthwise_f32(x, weights, bias, w, 0, w->out_height, y);
        compare(check, "a sample window", y, expected, scales, length, of_taps(taps));
        long cut = w->out_height / 2;
        check->table->depthwise_f32(x, weights, bias, w, 0, cut, again);
        check->table->depthwise_f32(x, weights, bias, w, cut, w->out_height - cut, again + cut * w->out_width);
        compare_bits(check, "in two parts", again, y, length);
        release(check);
    }
}

void check_convolution_f32(struct check *check) {
    const struct kernels_window *windows;
    int count = sample_windows(&windows);
    for (int i = 0; i < count; i++) {
        const struct kernels_window *w = windows + i;
        long plane = w->height * w->width, taps = w->kernel_height * w->kernel_width;
        if (taps > 81) continue; /* only large */
        long in = 1 + i % 4, out = i % 5, length = out * w->out_height * w->out_width;
        float *x = random_floats(check, in * plane, -2, 2), *weights = random_floats(check, out * in * taps, -2, 2);
        float *bias = i % 3 ? random_floats(check, out, -2, 2) : NULL, *y = unset_floats(check, length);
        double *expected = doubles(check, length);
        double *scales = doubles(check, length);
        long next = 0;
        for (long o = 0; o < out; o++) {
            EACH_OUTPUT(row, column) {
                double sum = bias ? bias[o] : 0, scale = fabs(sum);
                for (long c = 0; c < in; c++) {
                    EACH_TAP(ky, kx) {
                        long place = place_of(w, row, column, ky, kx);
                        if (place < 0) continue;
                        long weight = ((o * in + c) * w->kernel_height + ky) * w->kernel_width + kx;
                        double term = (double)weights[weight] * x[c * plane + place];
                        sum += term, scale += fabs(term);
                    }
                }
                expected[next] = sum, scales[next++] = scale;
            }
        }
        check->table->convolution_f32(x, in, weights, bias, out, w, y);
        compare(check, "a sample window", y, expected, scales, length, of_taps(taps * in));
        release(check);
    }
}

void check_max_pool_f32(struct check *check) {
    const struct kernels_window *windows;
    int count = sample_windows(&windows);
    for (int i = 0; i < count; i++) {
        const struct kernels_window *w = windows + i;
        long channels = i % 4, plane = w->height * w->width, length = channels * w->out_height * w->out_width, next = 0;
        float *x = random_floats(check, channels * plane, -5, -1), *y = unset_floats(check, length);
        float *expected = unset_floats(check, length);
        for (long c = 0; c < channels; c++) {
            EACH_OUTPUT(row, column) {
                float largest = -INFINITY;
                EACH_TAP(ky, kx) {
                    long place = place_of(w, row, column, ky, kx);
                    if (place >= 0 && x[c * plane + place] > largest) largest = x[c * plane + place];
                }
                expected[next++] = largest;
            }
        }
        check->table->max_pool_f32(x, channels, w, y);
        compare_bits(check, "a sample window", y, expected, length);
        release(check);
    }
}

static void check_average_pool(
    struct check *check, const struct kernels_window *w, long channels, _Bool count_padding) {
    long plane = w->height * w->width, length = channels * w->out_height * w->out_width, next = 0;
    float *x = random_floats(check, channels * plane, -5, 5), *y = unset_floats(check, length);
    double *expected = doubles(check, length);
    for (long c = 0; c < channels; c++) {
        EACH_OUTPUT(row, column) {
            double sum = 0;
            long counted = 0;
            EACH_TAP(ky, kx) {
                long place = place_of(w, row, column, ky, kx);
                if (place >= 0) sum += x[c * plane + place];
                counted += count_padding ? in_padded(w, row, column, ky, kx) : place >= 0;
            }
            expected[next++] = counted ? sum / counted : 0;
        }
    }
    check->table->average_pool_f32(x, channels, w, count_padding, y);
    /* Up to 49 values of at most 5 in a fixed order. */
    compare(check, count_padding ? "counting padding" : "inside", y, expected, NULL, length,
            (struct tolerance){.absolute = 2e-5});
    release(check);
}

void check_average_pool_f32(struct check *check) {
    const struct kernels_window *windows;
    int count = sample_windows(&windows);
    for (int i = 0; i < count; i++) {
        check_average_pool(check, windows + i, i % 4, 0);
        check_average_pool(check, windows + i, i % 4, 1);
    }
    /* Outputs rounded up, whose last window reaches past the padding, of which there is none, or some. */
    for (long pad = 0; pad < 2; pad++) {
        struct kernels_window w = make_window(6, 8, 3, 3, 2, 1, pad);
        w.out_height++, w.out_width++;
        check_average_pool(check, &w, 2, 0);
        check_average_pool(check, &w, 2, 1);
    }
}
