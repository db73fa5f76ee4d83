/* NEON with the 8-bit matrix instructions: Apple since A15 and M2, Cortex since A510 and X2, Neoverse since V1. Few
 * vectors gain nothing from them over the dot products of the level below. */
#if defined(__aarch64__)
#include "../levels.h"

#include <arm_neon.h>
#include <math.h>
#include <string.h>

#pragma clang attribute push(__attribute__((target("dotprod,i8mm"))), apply_to = function)

#define HARDWARE_HALF
#include "../bodies/half.h"
#include "block_unpack.inc"
#include "panels_i8mm.inc"

#pragma clang attribute pop

void kernels_i8mm(struct kernels *t) {
    t->level = "i8mm";
    install_panel_products(t);
}
#endif
