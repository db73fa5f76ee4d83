/* AVX-512 with VNNI: Intel since Cascade Lake and Ice Lake, AMD since Zen 4. */
#if defined(__x86_64__)
#include "../levels.h"

#include <immintrin.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#pragma clang attribute push( \
    __attribute__((target("avx2,fma,f16c,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))), apply_to = function)

#define LANES 16
#define HARDWARE_HALF
#define HARDWARE_NEAREST
#include "../bodies/elementwise.inc"
#include "../bodies/vector.inc"
#include "../bodies/rows.inc"
#include "../bodies/blocks.inc"
#include "../bodies/block_vectors.inc"
#include "../bodies/half_rows.inc"
#define ATTENTION_HALVES wide_f16_to_f32
#include "../bodies/attention.inc"
#include "../bodies/strips.inc"
#include "../bodies/windows.inc"
#include "../bodies/pooling.inc"
#include "../bodies/layout.inc"
#include "../bodies/resize.inc"
#include "../bodies/blocked_product.inc"
#include "../bodies/narrow_product.inc"
#include "../bodies/product_weights.inc"
#include "../bodies/gemm.inc"
#include "../bodies/winograd.inc"
#include "../bodies/blocked_windows.inc"
#include "../bodies/blocked_rows.inc"

#include "functions.inc"

#include "panel_fill_vnni.inc"
#include "panels_vnni.inc"
#include "few_vectors_vnni.inc"
#include "four_rows_vnni.inc"
#include "one_vector_vnni.inc"

#pragma clang attribute pop

void kernels_avx512vnni(struct kernels *t) {
    t->level = "avx512vnni";
    install_elementwise(t);
    install_functions(t);
    install_rows(t);
    install_blocks(t);
    install_block_vectors(t);
    install_half_rows(t);
    install_attention(t);
    install_windows(t);
    install_pooling(t);
    install_layout(t);
    install_resize(t);
    install_blocked_product(t);
    install_narrow_product(t);
    install_product_weights(t);
    install_gemm(t);
    install_winograd(t);
    install_blocked_windows(t);
    install_blocked_rows(t);
    install_panel_products(t);
    install_few_vectors(t);
    install_four_rows(t);
    install_one_vector(t);
}
#endif
