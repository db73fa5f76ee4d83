#include "check.h"

/* The weighted sum, rounded at 22 fraction bits and clamped to a byte. */
static uint8_t reference_byte(int64_t sum) {
    int64_t value = (sum + (1 << 21)) >> 22;
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

/* Weights that sum to about 1 with some below 0, as a bicubic filter's; some far off, so that sums clamp. */
static void random_weights(struct check *check, int32_t *weights, long n) {
    for (long i = 0; i < n; i++) {
        double share = (double)(next_random(check) % 1000) / 700.0 - 0.4;
        weights[i] = (int32_t)((double)(1 << 22) * share / (double)n * 1.9);
    }
}

void check_resample_row_u8(struct check *check) {
    long width;
    EACH_SIZE(width) {
        for (long size = 1; size <= 9; size += width > 100 ? 4 : 1) {
            long source = size + 20;
            uint8_t *x = memory(check, (size_t)(3 * source)), *y = memory(check, (size_t)(3 * width));
            uint8_t *expected = memory(check, (size_t)(3 * width));
            int32_t *first = memory(check, (size_t)width * 4), *count = memory(check, (size_t)width * 4);
            int32_t *weights = memory(check, (size_t)(width * size) * 4);
            for (long i = 0; i < 3 * source; i++) x[i] = (uint8_t)next_random(check);
            for (long i = 0; i < width; i++) {
                count[i] = (int32_t)(1 + next_random(check) % (uint64_t)size);
                /* Often to the very end of the row. */
                first[i] = i % 3 ? (int32_t)(source - count[i]) : (int32_t)(next_random(check) % 20);
                random_weights(check, weights + i * size, size);
                for (long c = 0; c < 3; c++) {
                    int64_t sum = 0;
                    for (long tap = 0; tap < count[i]; tap++)
                        sum += (int64_t)x[3 * (first[i] + tap) + c] * weights[i * size + tap];
                    expected[3 * i + c] = reference_byte(sum);
                }
            }
            check->table->resample_row_u8(x, first, count, weights, size, width, y);
            compare_bytes(check, "random weights", y, expected, (size_t)(3 * width));
            release(check);
        }
    }
}

void check_resample_column_u8(struct check *check) {
    long n;
    EACH_SIZE(n) {
        for (long count = 0; count <= 9; count += n > 100 ? 3 : 1) {
            long stride = n + 7, length = count > 0 ? (count - 1) * stride + n : 0;
            uint8_t *x = memory(check, (size_t)length), *y = memory(check, (size_t)n);
            uint8_t *expected = memory(check, (size_t)n);
            int32_t *weights = memory(check, (size_t)count * 4);
            for (long i = 0; i < length; i++) x[i] = (uint8_t)next_random(check);
            random_weights(check, weights, count);
            for (long i = 0; i < n; i++) {
                int64_t sum = 0;
                for (long tap = 0; tap < count; tap++) sum += (int64_t)x[tap * stride + i] * weights[tap];
                expected[i] = reference_byte(sum);
            }
            check->table->resample_column_u8(x, stride, weights, count, y, n);
            compare_bytes(check, "random weights", y, expected, (size_t)n);
            release(check);
        }
    }
}

void check_resize_linear_f32(struct check *check) {
    long out_width;
    EACH_SIZE(out_width) {
        long height = 7, width = 13, out_height = 5, n = out_height * out_width;
        float *x = random_floats(check, height * width, -3, 3), *y = unset_floats(check, n);
        float *down = random_floats(check, out_height, 0, 1), *across = random_floats(check, out_width, 0, 1);
        int32_t *rows = memory(check, (size_t)out_height * 8), *columns = memory(check, (size_t)out_width * 8);
        for (long i = 0; i < 2 * out_height; i++) rows[i] = (int32_t)(next_random(check) % (uint64_t)height);
        for (long i = 0; i < 2 * out_width; i++) columns[i] = (int32_t)(next_random(check) % (uint64_t)width);
        double *expected = doubles(check, n);
        for (long r = 0; r < out_height; r++) {
            for (long c = 0; c < out_width; c++) {
                double p = x[rows[2 * r] * width + columns[2 * c]], q = x[rows[2 * r] * width + columns[2 * c + 1]];
                double s = x[rows[2 * r + 1] * width + columns[2 * c]];
                double t = x[rows[2 * r + 1] * width + columns[2 * c + 1]];
                double top = p * (1 - across[c]) + q * across[c], bottom = s * (1 - across[c]) + t * across[c];
                expected[r * out_width + c] = top * (1 - down[r]) + bottom * down[r];
            }
        }
        check->table->resize_linear_f32(x, width, rows, down, out_height, columns, across, out_width, y);
        /* Six roundings of values of at most 6. */
        compare(check, "random taps", y, expected, NULL, n, (struct tolerance){.absolute = 3e-6});
        release(check);
    }
}

void check_resize_nearest_f32(struct check *check) {
    long out_width;
    EACH_SIZE(out_width) {
        long height = 7, width = 13, out_height = 5, n = out_height * out_width;
        float *x = random_floats(check, height * width, -3, 3), *y = unset_floats(check, n);
        float *expected = unset_floats(check, n);
        int32_t *rows = memory(check, (size_t)out_height * 4), *columns = memory(check, (size_t)out_width * 4);
        for (long i = 0; i < out_height; i++) rows[i] = (int32_t)(next_random(check) % (uint64_t)height);
        for (long i = 0; i < out_width; i++) columns[i] = (int32_t)(next_random(check) % (uint64_t)width);
        for (long i = 0; i < n; i++) expected[i] = x[rows[i / out_width] * width + columns[i % out_width]];
        check->table->resize_nearest_f32(x, width, rows, out_height, columns, out_width, y);
        compare_bits(check, "random places", y, expected, n);
        release(check);
    }
}
