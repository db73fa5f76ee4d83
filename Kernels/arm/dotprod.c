/* NEON with the dot-product instructions: Apple since A12 and M1, Cortex since A55 and A75. Elementwise bodies are the
 * portable level's, whose baseline already has NEON and halves; those with LANES go wider here. */
#if defined(__aarch64__)
#include "../levels.h"

#include <arm_neon.h>
#include <math.h>
#include <string.h>

#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)

#define LANES 4
#define HARDWARE_HALF
#include "../bodies/vector.inc"
#include "../bodies/half.h"
#include "../bodies/half_rows.inc"
#include "block_products.inc"
#include "panels.inc"

#pragma clang attribute pop

void kernels_dotprod(struct kernels *t) {
    t->level = "dotprod";
    install_half_rows(t);
    install_block_products_32(t);
    install_block_products_256(t);
    install_panel_products(t);
}
#endif
