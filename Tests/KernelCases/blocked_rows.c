#include "check.h"

/* Rows of the blocked layout, [pixels, 8]. */

enum { lanes = kernels_block_channels };

/* Floats of any bits, NaN and its payloads among them. */
static float *random_bits(struct check *check, long n) {
    float *x = unset_floats(check, n);
    for (long i = 0; i < n; i++) {
        uint32_t bits = (uint32_t)next_random(check);
        memcpy(x + i, &bits, sizeof bits);
    }
    return x;
}

void check_planes_to_blocks_f32(struct check *check) {
    long pixels;
    EACH_SIZE(pixels) {
        for (long channels = 1; channels <= lanes; channels++) {
            /* Planes further apart than their pixels. */
            long stride = pixels + channels % 3;
            float *x = random_bits(check, channels * stride), *y = unset_floats(check, pixels * lanes);
            float *expected = random_floats(check, pixels * lanes, 0, 0);
            for (long c = 0; c < channels; c++)
                for (long i = 0; i < pixels; i++)
                    memcpy(expected + i * lanes + c, x + c * stride + i, sizeof *x);
            check->table->planes_to_blocks_f32(x, channels, stride, pixels, y);
            compare_bits(check, "random bits", y, expected, pixels * lanes);
            release(check);
        }
    }
}

void check_blocks_to_planes_f32(struct check *check) {
    long pixels;
    EACH_SIZE(pixels) {
        for (long channels = 1; channels <= lanes; channels++) {
            long stride = pixels + channels % 3, length = channels * stride;
            float *x = random_bits(check, pixels * lanes), *y = unset_floats(check, length);
            float *expected = unset_floats(check, length), *back = unset_floats(check, pixels * lanes);
            for (long c = 0; c < channels; c++)
                for (long i = 0; i < pixels; i++)
                    memcpy(expected + c * stride + i, x + i * lanes + c, sizeof *x);
            check->table->blocks_to_planes_f32(x, channels, pixels, y, stride);
            compare_bits(check, "random bits", y, expected, length);
            check->table->planes_to_blocks_f32(y, channels, stride, pixels, back);
            for (long i = 0; i < pixels * lanes; i++)
                if (i % lanes >= channels) x[i] = 0;
            compare_bits(check, "there and back", back, x, pixels * lanes);
            release(check);
        }
    }
}

void check_spread_pixels_f32(struct check *check) {
    for (long pixels = 0; pixels < 20; pixels++) {
        for (long stride = 1; stride <= 4; stride++) {
            long n = pixels > 0 ? ((pixels - 1) * stride + 1) * lanes : 0;
            float *x = random_floats(check, pixels * lanes, -3, 3), *y = random_floats(check, n, -3, 3);
            double *expected = doubles(check, n);
            /* What lies between stays. */
            for (long i = 0; i < n; i++)
                expected[i] = i / lanes % stride == 0 ? x[i / lanes / stride * lanes + i % lanes] : y[i];
            check->table->spread_pixels_f32(x, pixels, stride, y);
            compare(check, "pixels", y, expected, NULL, n, exact);
            release(check);
        }
    }
}

void check_scale_offset_blocks_f32(struct check *check) {
    long pixels;
    EACH_SIZE(pixels) {
        long n = pixels * lanes;
        float *x = random_floats(check, n, -3, 3), *y = unset_floats(check, n);
        float *scale = random_floats(check, lanes, -2, 2), *offset = random_floats(check, lanes, -2, 2);
        double *expected = doubles(check, n);
        for (long i = 0; i < n; i++) expected[i] = (double)x[i] * scale[i % lanes] + offset[i % lanes];
        check->table->scale_offset_blocks_f32(x, scale, offset, y, pixels);
        /* With or without a fused multiply-add: half a unit of the product, of at most 6, and of the sum. */
        compare(check, "random values", y, expected, NULL, n, (struct tolerance){.ulps = 1, .absolute = 3e-7});
        check->table->scale_offset_blocks_f32(x, scale, offset, x, pixels);
        compare_bits(check, "in place", x, y, n);
        release(check);
    }
}

void check_leaky_relu_blocks_f32(struct check *check) {
    static const float specials[] = {0.0f, -0.0f, NAN, INFINITY, -INFINITY};
    long pixels;
    EACH_SIZE(pixels) {
        long n = pixels * lanes;
        float *x = random_floats(check, n, -3, 3), *y = unset_floats(check, n);
        float *slopes = random_floats(check, lanes, -2, 2);
        double *expected = doubles(check, n);
        for (long i = 0; i < n; i += 7) x[i] = specials[i / 7 % 5];
        for (long i = 0; i < n; i++) expected[i] = x[i] < 0 ? x[i] * slopes[i % lanes] : x[i];
        check->table->leaky_relu_blocks_f32(x, slopes, y, pixels);
        compare(check, "random values", y, expected, NULL, n, exact);
        check->table->leaky_relu_blocks_f32(x, slopes, x, pixels);
        compare_bits(check, "in place", x, y, n);
        release(check);
    }
}

/* Pixels of a moment: around the runs that are added up as floats, and many of them. */
static const long moment_sizes[] = {0, 1, 3, 4, 5, 255, 256, 257, 1003, 5000};

/* A run's sums of a quarter of 256 terms each; what joins them; the term's and the result's own roundings. */
static const struct tolerance of_moment = {.relative = (64 + 2 + 4) * 0x1p-24};

/* Values around 1000 that differ little, one lane's not at all: the errors of its sums all go the same way. */
static float *moment_values(struct check *check, long pixels) {
    float *x = random_floats(check, pixels * lanes, 1000, 1001);
    for (long i = 0; i < pixels; i++) x[i * lanes] = 1000.1f;
    return x;
}

void check_mean_blocks_f32(struct check *check) {
    for (unsigned s = 0; s < sizeof moment_sizes / sizeof *moment_sizes; s++) {
        long pixels = moment_sizes[s];
        float *x = moment_values(check, pixels), *y = unset_floats(check, lanes);
        double *expected = doubles(check, lanes);
        for (long lane = 0; lane < lanes; lane++) {
            double sum = 0;
            for (long i = 0; i < pixels; i++) sum += x[i * lanes + lane];
            expected[lane] = sum / (double)pixels;
        }
        check->table->mean_blocks_f32(x, pixels, y);
        compare(check, "large values", y, expected, expected, lanes, of_moment);
        release(check);
    }
}

void check_variance_blocks_f32(struct check *check) {
    for (unsigned s = 0; s < sizeof moment_sizes / sizeof *moment_sizes; s++) {
        long pixels = moment_sizes[s];
        float *x = moment_values(check, pixels), *means = unset_floats(check, lanes), *y = unset_floats(check, lanes);
        double *expected = doubles(check, lanes);
        check->table->mean_blocks_f32(x, pixels, means);
        for (long lane = 0; lane < lanes; lane++) {
            double sum = 0;
            for (long i = 0; i < pixels; i++) {
                double deviation = (double)x[i * lanes + lane] - means[lane];
                sum += deviation * deviation;
            }
            expected[lane] = sum / (double)pixels;
        }
        check->table->variance_blocks_f32(x, means, pixels, y);
        compare(check, "small deviations", y, expected, expected, lanes, of_moment);
        release(check);
    }
}

/* Resizing, of a plane of 7 by 13 by random places. */
enum { height = 7, width = 13, out_height = 5 };
static int32_t *random_places(struct check *check, long n, long size) {
    int32_t *places = memory(check, (size_t)n * sizeof *places);
    for (long i = 0; i < n; i++) places[i] = (int32_t)(next_random(check) % (uint64_t)size);
    return places;
}

/* One lane of [height, width, 8]. */
static float *plane_of(struct check *check, const float *x, long lane) {
    float *plane = unset_floats(check, height * width);
    for (long i = 0; i < height * width; i++) plane[i] = x[i * lanes + lane];
    return plane;
}

/* Each lane as the kernel of planes makes it, which has a case of its own. */
void check_resize_linear_blocks_f32(struct check *check) {
    long out_width;
    EACH_SIZE(out_width) {
        long n = out_height * out_width;
        float *x = random_floats(check, height * width * lanes, -3, 3), *y = unset_floats(check, n * lanes);
        float *down = random_floats(check, out_height, 0, 1), *across = random_floats(check, out_width, 0, 1);
        int32_t *rows = random_places(check, 2 * out_height, height);
        int32_t *columns = random_places(check, 2 * out_width, width);
        float *plane = unset_floats(check, n);
        double *expected = doubles(check, n * lanes);
        for (long lane = 0; lane < lanes; lane++) {
            check->table->resize_linear_f32(
                plane_of(check, x, lane), width, rows, down, out_height, columns, across, out_width, plane);
            for (long i = 0; i < n; i++) expected[i * lanes + lane] = plane[i];
        }
        check->table->resize_linear_blocks_f32(x, width, rows, down, out_height, columns, across, out_width, y);
        /* With or without fused multiply-adds: six roundings of values of at most 6. */
        compare(check, "random taps", y, expected, NULL, n * lanes, (struct tolerance){.absolute = 3e-6});
        release(check);
    }
}

void check_resize_nearest_blocks_f32(struct check *check) {
    long out_width;
    EACH_SIZE(out_width) {
        long n = out_height * out_width * lanes;
        float *x = random_bits(check, height * width * lanes), *y = unset_floats(check, n);
        float *expected = unset_floats(check, n);
        int32_t *rows = random_places(check, out_height, height), *columns = random_places(check, out_width, width);
        for (long i = 0; i < n / lanes; i++) {
            long place = rows[i / out_width] * width + columns[i % out_width];
            memcpy(expected + i * lanes, x + place * lanes, lanes * sizeof *x);
        }
        check->table->resize_nearest_blocks_f32(x, width, rows, out_height, columns, out_width, y);
        compare_bits(check, "random places", y, expected, n);
        release(check);
    }
}
