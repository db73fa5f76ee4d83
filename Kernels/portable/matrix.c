/* Products of half-precision weights, one plain loop. */
#include "../levels.h"

#if defined(__aarch64__)
#define HARDWARE_HALF
#endif
#include "../bodies/half.h"

static float dot_f16(const uint16_t *a, const float *b, long n) {
    float sums[4] = {0};
    long i = 0;
    for (; i + 4 <= n; i += 4)
        for (int lane = 0; lane < 4; lane++) sums[lane] += float_of_half(a[i + lane]) * b[i + lane];
    float sum = (sums[0] + sums[2]) + (sums[1] + sums[3]);
    for (; i < n; i++) sum += float_of_half(a[i]) * b[i];
    return sum;
}

static void matrix_vectors_f16(
    const uint16_t *weights, long rows, long columns, const float *x, long vectors, float *y, long stride) {
    for (long r = 0; r < rows; r++)
        for (long v = 0; v < vectors; v++)
            y[v * stride + r] = dot_f16(weights + r * columns, x + v * columns, columns);
}

void kernels_portable_matrix(struct kernels *t) {
    t->matrix_vectors_f16 = matrix_vectors_f16;
}
