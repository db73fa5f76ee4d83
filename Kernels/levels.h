#pragma once
#include "kernels.h"

/* Each fills the slots that it improves; the portable one fills all. */
void kernels_portable(struct kernels *table);
#if defined(__x86_64__)
void kernels_avx2(struct kernels *table);
void kernels_avx512vnni(struct kernels *table);
#elif defined(__aarch64__)
void kernels_dotprod(struct kernels *table);
void kernels_i8mm(struct kernels *table);
#endif

/* Parts of the portable level that are not compiled again for others. */
void kernels_portable_gemm(struct kernels *table);
void kernels_portable_matrix(struct kernels *table);
void kernels_portable_block_formats(struct kernels *table);

/* Whether the OpenBLAS at hand has loops for AVX2 or better: one that is older than the processor takes it for the oldest of
 * its kind. */
_Bool kernels_has_quick_blas(void);
