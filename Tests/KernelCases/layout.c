#include "check.h"

void check_transpose_f32(struct check *check) {
    static const long shapes[][2] = {{0, 5}, {5, 0}, {1, 1}, {1, 65}, {65, 1},
                                    {15, 17}, {16, 16}, {31, 33}, {64, 63}, {3, 1003}};
    for (unsigned s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        long rows = shapes[s][0], columns = shapes[s][1], n = rows * columns;
        float *x = random_floats(check, n, -2, 2), *y = unset_floats(check, n), *expected = unset_floats(check, n);
        for (long r = 0; r < rows; r++)
            for (long c = 0; c < columns; c++) expected[c * rows + r] = x[r * columns + c];
        check->table->transpose_f32(x, rows, columns, y);
        compare_bits(check, "random values", y, expected, n);
        release(check);
    }
}

void check_strided_copy(struct check *check) {
    for (int round = 0; round < 400; round++) {
        long rank = round % 9, size = 1L << (round % 4), shape[8] = {0}, strides[8] = {0}, count = 1, low = 0, high = 0;
        for (long d = 0; d < rank; d++) {
            shape[d] = (long)(next_random(check) % (rank > 5 ? 3 : 6)) + (round % 10 != 0);
            strides[d] = (long)(next_random(check) % 13) - 5;
            if (round % 3 == 0 && d == rank - 1) strides[d] = 1;
            count *= shape[d];
            long reach = (shape[d] > 0 ? shape[d] - 1 : 0) * strides[d];
            if (reach < 0) low += reach; else high += reach;
        }
        long total = high - low + 1;
        unsigned char *x = memory(check, (size_t)(total * size)), *y = memory(check, (size_t)(count * size));
        unsigned char *expected = memory(check, (size_t)(count * size));
        for (long i = 0; i < total * size; i++) x[i] = (unsigned char)next_random(check);
        const unsigned char *first = x - low * size;
        for (long i = 0; i < count; i++) {
            long rest = i, place = 0;
            for (long d = rank - 1; d >= 0; d--) place += rest % shape[d] * strides[d], rest /= shape[d];
            memcpy(expected + i * size, first + place * size, (size_t)size);
        }
        check->table->strided_copy(first, y, size, rank, shape, strides);
        compare_bytes(check, "random strides", y, expected, (size_t)(count * size));
        release(check);
    }
}

void check_hwc_to_chw(struct check *check) {
    static const float mean[3] = {123.675f, 116.28f, 103.53f}, scale[3] = {0.0171f, 0.0175f, 0.0174f};
    long n;
    EACH_SIZE(n) {
        for (int swap = 0; swap < 2; swap++) {
            uint8_t *x = memory(check, (size_t)(3 * n));
            /* Planes further apart than their pixels. */
            long plane = n + 5;
            float *y = unset_floats(check, 3 * plane), *expected = unset_floats(check, 3 * plane);
            for (long i = 0; i < 3 * n; i++) x[i] = (uint8_t)next_random(check);
            for (long c = 0; c < 3; c++)
                for (long i = 0; i < n; i++)
                    expected[c * plane + i] = ((float)x[3 * i + (swap ? 2 - c : c)] - mean[c]) * scale[c];
            check->table->hwc_to_chw(x, n, mean, scale, swap, y, plane);
            compare_bits(check, swap ? "swapped" : "in order", y, expected, 3 * plane);
            release(check);
        }
    }
}
