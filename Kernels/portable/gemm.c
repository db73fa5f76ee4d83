/* Matrix products in float: OpenBLAS where the build has it, else plain loops, which the tests hold to the same
 * cases. */
#include "../levels.h"

#ifdef KERNELS_OPENBLAS
#include <cblas.h>
#include <pthread.h>
#include <strings.h>
#endif

/* For each row of c: scaled by beta, then each row of b added. */
static void gemm_loops_f32(
    _Bool transpose_a, _Bool transpose_b, long m, long n, long k, float alpha, const float *a, long lda,
    const float *b, long ldb, float beta, float *c, long ldc) {
    for (long i = 0; i < m; i++, c += ldc) {
        for (long j = 0; j < n; j++) c[j] = beta == 0.0f ? 0.0f : beta * c[j];
        if (transpose_b) {
            for (long j = 0; j < n; j++) {
                float sum = 0.0f;
                for (long l = 0; l < k; l++) sum += (transpose_a ? a[l * lda + i] : a[i * lda + l]) * b[j * ldb + l];
                c[j] += alpha * sum;
            }
        } else {
            for (long l = 0; l < k; l++) {
                float scale = alpha * (transpose_a ? a[l * lda + i] : a[i * lda + l]);
                const float *row = b + l * ldb;
                for (long j = 0; j < n; j++) c[j] += scale * row[j];
            }
        }
    }
}

#ifdef KERNELS_OPENBLAS
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* The callers' threads split the work; OpenBLAS's own would fight them, and would make the sums depend on their
 * number. */
static void use_one_thread(void) { openblas_set_num_threads(1); }

static void gemm_openblas_f32(
    _Bool transpose_a, _Bool transpose_b, long m, long n, long k, float alpha, const float *a, long lda,
    const float *b, long ldb, float beta, float *c, long ldc) {
    const long largest = INT32_MAX;
    _Bool fits = m <= largest && n <= largest && k <= largest && lda <= largest && ldb <= largest && ldc <= largest;
    if (m == 0 || n == 0) return;
    if (k == 0 || !fits) {
        gemm_loops_f32(transpose_a, transpose_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
        return;
    }
    pthread_once(&once, use_one_thread);
    cblas_sgemm(
        CblasRowMajor, transpose_a ? CblasTrans : CblasNoTrans, transpose_b ? CblasTrans : CblasNoTrans, (blasint)m,
        (blasint)n, (blasint)k, alpha, a, (blasint)lda, b, (blasint)ldb, beta, c, (blasint)ldc);
}
#endif

_Bool kernels_has_quick_blas(void) {
#ifdef KERNELS_OPENBLAS
    static const char *const quick[] = {"haswell", "zen", "skylakex", "cooperlake", "sapphirerapids"};
    const char *core = openblas_get_corename();
    for (unsigned i = 0; i < sizeof quick / sizeof *quick; i++)
        if (strcasecmp(core, quick[i]) == 0) return 1;
#endif
    return 0;
}

void kernels_portable_gemm(struct kernels *t) {
    t->gemm_loops_f32 = gemm_loops_f32;
#ifdef KERNELS_OPENBLAS
    t->gemm_f32 = gemm_openblas_f32;
#else
    t->gemm_f32 = gemm_loops_f32;
#endif
}
