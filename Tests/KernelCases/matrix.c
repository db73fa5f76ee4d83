#include "products.h"

void check_cuts(struct check *check, const struct product *p) {
    long length = p->vectors > 0 ? (p->vectors - 1) * p->stride + p->rows : 0;
    float *again = unset_floats(check, length);
    long cut = p->rows / 3;
    for (long v = 0; v < p->vectors; v++) {
        const char *x = (const char *)p->x + (size_t)v * p->vector_bytes;
        float *y = again + v * p->stride;
        p->run(check->table, p, p->weights, cut, x, 1, y);
        p->run(check->table, p, (const char *)p->weights + (size_t)cut * p->row_bytes, p->rows - cut, x, 1, y + cut);
    }
    for (long v = 0; v < p->vectors; v++)
        compare_bits(check, "cut otherwise", p->y + v * p->stride, again + v * p->stride, p->rows);
    /* What lies between the rows of y is not ours. */
    for (long v = 0; v + 1 < p->vectors; v++)
        for (long i = p->rows; i < p->stride; i++)
            if (p->y[v * p->stride + i] != -7654321.0f) fail(check, "wrote between the vectors of y");
}

static void run_f32(
    const struct kernels *t, const struct product *p, const void *w, long rows, const void *x, long vectors, float *y) {
    t->matrix_vectors_f32(w, rows, p->columns, x, vectors, y, p->stride);
}
static void run_f16(
    const struct kernels *t, const struct product *p, const void *w, long rows, const void *x, long vectors, float *y) {
    t->matrix_vectors_f16(w, rows, p->columns, x, vectors, y, p->stride);
}
static void check_floats(struct check *check, _Bool half) {
    for (int s = 0; s < shape_count; s++) {
        long rows = shapes[s][0], columns = shapes[s][1], vectors = shapes[s][2], stride = rows + shapes[s][3];
        float *weights = random_floats(check, rows * columns, -2, 2);
        uint16_t *halves = memory(check, (size_t)(rows * columns) * sizeof(uint16_t));
        for (long i = 0; i < rows * columns; i++) {
            halves[i] = half_nearest(weights[i]);
            if (half) weights[i] = (float)half_value(halves[i]);
        }
        float *x = random_floats(check, vectors * columns, -2, 2);
        float *y = unset_floats(check, vectors > 0 ? (vectors - 1) * stride + rows : 0);
        struct product p = {
            .weights = half ? (const void *)halves : weights, .x = x,
            .row_bytes = (size_t)columns * (half ? sizeof(uint16_t) : sizeof(float)),
            .vector_bytes = (size_t)columns * sizeof(float), .rows = rows, .columns = columns, .vectors = vectors,
            .stride = stride, .y = y, .run = half ? run_f16 : run_f32};
        p.run(check->table, &p, p.weights, rows, x, vectors, y);
        for (long v = 0; v < vectors; v++) {
            for (long r = 0; r < rows; r++) {
                double expected = 0, scale = 0;
                for (long i = 0; i < columns; i++) {
                    double term = (double)weights[r * columns + i] * x[v * columns + i];
                    expected += term, scale += fabs(term);
                }
                /* As a dot product: partial sums of columns / 16 terms or fewer (of a quarter for the portable
                 * halves). */
                struct tolerance t = {.relative = (double)(columns / 4 + 40) * 0x1p-24};
                compare(check, "random values", y + v * stride + r, &expected, &scale, 1, t);
            }
        }
        check_cuts(check, &p);
        release(check);
    }
}

void check_matrix_vectors_f32(struct check *check) { check_floats(check, 0); }
void check_matrix_vectors_f16(struct check *check) { check_floats(check, 1); }

typedef void gemm(
    _Bool, _Bool, long, long, long, float, const float *, long, const float *, long, float, float *, long);

static void check_gemm_shape(
    struct check *check, gemm *run, long m, long n, long k, int flags, float alpha, float beta) {
    _Bool transpose_a = flags & 1, transpose_b = flags & 2;
    long gap = flags & 4 ? 3 : 0;
    long lda = (transpose_a ? m : k) + gap, ldb = (transpose_b ? k : n) + gap, ldc = n + gap;
    float *a = random_floats(check, (transpose_a ? k : m) * lda, -2, 2);
    float *b = random_floats(check, (transpose_b ? n : k) * ldb, -2, 2);
    float *c = random_floats(check, m * ldc, -2, 2), *got = unset_floats(check, m * ldc);
    for (long i = 0; i < m * ldc; i++) got[i] = beta == 0 && i % ldc < n ? NAN : c[i];
    run(transpose_a, transpose_b, m, n, k, alpha, a, lda ? lda : 1, b, ldb ? ldb : 1, beta, got, ldc ? ldc : 1);
    for (long i = 0; i < m; i++) {
        for (long j = 0; j < n; j++) {
            double sum = 0, scale = 0;
            for (long l = 0; l < k; l++) {
                double term = (double)(transpose_a ? a[l * lda + i] : a[i * lda + l]) *
                              (transpose_b ? b[j * ldb + l] : b[l * ldb + j]);
                sum += term, scale += fabs(term);
            }
            double start = beta == 0 ? 0 : (double)beta * c[i * ldc + j];
            double expected = alpha * sum + start;
            scale = fabs(alpha) * scale + fabs(start);
            /* k additions in any order, and the factors. */
            compare(
                check, "random values", got + i * ldc + j, &expected, &scale, 1,
                (struct tolerance){.relative = (double)(k + 4) * 0x1p-24});
        }
        compare_bits(check, "between the rows of c", got + i * ldc + n, c + i * ldc + n, gap);
    }
    release(check);
}

static void check_gemm(struct check *check, gemm *run) {
    static const long sizes_of_three[][3] = {
        {0, 3, 2}, {2, 0, 3}, {3, 2, 0}, {1, 1, 1}, {1, 17, 9}, {17, 1, 9}, {2, 3, 1}, {5, 7, 3}, {16, 16, 16},
        {15, 33, 64}, {31, 65, 17}, {64, 63, 65}, {13, 70, 300}, {1, 32, 256}, {101, 35, 530}};
    for (unsigned s = 0; s < sizeof sizes_of_three / sizeof *sizes_of_three; s++) {
        for (int flags = 0; flags < 8; flags++) {
            const long *size = sizes_of_three[s];
            check_gemm_shape(check, run, size[0], size[1], size[2], flags, 1, 0);
            check_gemm_shape(check, run, size[0], size[1], size[2], flags, -0.5f, 0.25f);
        }
    }
}

void check_gemm_f32(struct check *check) { check_gemm(check, check->table->gemm_f32); }
void check_gemm_loops_f32(struct check *check) { check_gemm(check, check->table->gemm_loops_f32); }
