#include "kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

uint64_t kernels_float_mode(void) {
    /* Without the flags that tell what has happened. */
    return _mm_getcsr() & ~0x3fu;
}

void kernels_set_float_mode(uint64_t mode) { _mm_setcsr((_mm_getcsr() & 0x3fu) | (unsigned)mode); }

/* Intel's manual, volume 1, 10.2.3: results flushed to zero (bit 15), operands taken for zero (bit 6). */
uint64_t kernels_float_mode_without_subnormals(uint64_t mode) { return mode | 1u << 15 | 1u << 6; }

#elif defined(__aarch64__)

uint64_t kernels_float_mode(void) {
    uint64_t mode;
    __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
    return mode;
}

void kernels_set_float_mode(uint64_t mode) { __asm__ volatile("msr fpcr, %0" : : "r"(mode)); }

/* Arm's manual, C5.2, FPCR.FZ: operands and results of single and double precision flushed to zero. */
uint64_t kernels_float_mode_without_subnormals(uint64_t mode) { return mode | 1u << 24; }

#else

uint64_t kernels_float_mode(void) { return 0; }
void kernels_set_float_mode(uint64_t mode) { (void)mode; }
uint64_t kernels_float_mode_without_subnormals(uint64_t mode) { return mode; }

#endif
