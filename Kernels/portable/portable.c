/* The level that every processor runs: the bodies compiled for the build's own baseline. */
#include "../levels.h"

#define LANES 4
#if defined(__aarch64__)
#define HARDWARE_HALF
#define HARDWARE_NEAREST
#endif
#include "../bodies/elementwise.inc"
#include "../bodies/vector.inc"
#include "../bodies/rows.inc"
#include "../bodies/blocks.inc"
#include "../bodies/block_vectors.inc"
#include "../bodies/block_search.inc"
#include "../bodies/block_search_256.inc"
#define ATTENTION_HALVES f16_to_f32
#include "../bodies/attention.inc"
#include "../bodies/strips.inc"
#include "../bodies/windows.inc"
#include "../bodies/pooling.inc"
#include "../bodies/layout.inc"
#include "../bodies/resize.inc"
#include "../bodies/blocked_product.inc"
#include "../bodies/narrow_product.inc"
#include "../bodies/product_weights.inc"
#include "../bodies/winograd.inc"
#include "../bodies/blocked_windows.inc"
#include "../bodies/blocked_rows.inc"

void kernels_portable(struct kernels *t) {
    t->level = "portable";
    install_elementwise(t);
    install_rows(t);
    install_blocks(t);
    install_block_vectors(t);
    install_block_search(t);
    install_attention(t);
    install_windows(t);
    install_pooling(t);
    install_layout(t);
    install_resize(t);
    install_blocked_product(t);
    install_narrow_product(t);
    install_product_weights(t);
    install_winograd(t);
    install_blocked_windows(t);
    install_blocked_rows(t);
    kernels_portable_matrix(t);
    kernels_portable_block_formats(t);
    kernels_portable_gemm(t);
}
