#pragma once
#include "blocks.h"

#include <stdint.h>

/* A window that slides over one image: the shape of a convolution or a pooling. All sizes in elements. */
struct kernels_window {
    long height, width;         /* of the input */
    long kernel_height, kernel_width;
    long stride_y, stride_x;
    long dilation_y, dilation_x;
    long pad_top, pad_left, pad_bottom, pad_right;
    long out_height, out_width; /* of the output */
};

/* Channels of a block in the blocked layout, [channels / 8, height, width, 8]. */
enum { kernels_block_channels = 8 };

/* Filters of a narrow product at most. */
enum { kernels_narrow_filters = 4 };

/* A sum over input channels and taps for each output pixel: a convolution in the blocked layout. Strides are in floats. */
struct kernels_blocked_product {
    long blocks;       /* of input channels */
    long lanes;        /* channels of a block: 8, or 1 where the input has planes */
    long last_lanes;   /* channels of the last block */
    long block_stride; /* of the input */
    long taps_y, taps_x;
    long tap_stride_y, tap_stride_x;
    long width;        /* outputs of a row */
    long row_stride, column_stride; /* of the input, from one output to the next */
    long target_stride; /* of the output, from one block to the next */
    float low, high;    /* bounds of the results */
};

/* Where Winograd's outputs of some tiles, from `first` of the window on, will lie: a plane a block, `apart` floats from one to
 * the next. */
struct kernels_claim {
    const struct kernels_window *_Nonnull window;
    long first;
    float *_Nonnull planes;
    long apart;
};

/* Positions in a tile of cached keys and values, and the longest head there may be. In a tile keys are [head size, 32], a
 * column a position; values are [32, head size in whole multiples of 32], the rest of a row zero. In Q8_0 a block is 32
 * elements of one position: scales come before the integers, [blocks, 32] for keys, [32, blocks] for values. */
enum { kernels_tile_length = 32, kernels_largest_head = 512 };

/* What attends: the query heads of some tokens that share one key-value head. */
struct kernels_attention {
    long head_size;
    long group;    /* query heads of a token */
    long tokens;
    long stride;   /* floats from a token's queries to the next one's */
    long position; /* of the first token; each sees itself and what is before */
    long window;   /* how many positions at most, itself included; 0 for all */
    float cap;     /* scores become cap tanh(score / cap); 0 leaves them */
};

/* The kernels of one level: a set of instructions that a processor may have. */
struct kernels {
    const char *_Nonnull level;
/* No pointer of a kernel is null but where its line says so. */
#define KERNEL(result, name, parameters) \
    _Pragma("clang assume_nonnull begin") result(*name) parameters; \
    _Pragma("clang assume_nonnull end")
#include "kernel_list.h"
#undef KERNEL
};

/* The tables that this processor can run, slowest first; `count` is filled. */
const struct kernels *_Nonnull kernels_levels(int *_Nonnull count);

/* The fastest table, or the one that the environment variable HECKLE_KERNELS names. */
const struct kernels *_Nonnull kernels_best(void);

/* What HECKLE_KERNELS asked for, if this processor or build has no such level; else null. */
const char *_Nullable kernels_unknown_level(void);

/* How the calling thread rounds, traps and treats subnormal floats: x86's MXCSR, ARM's FPCR, 0 elsewhere. A thread may be given
 * the mode of another. */
uint64_t kernels_float_mode(void);
void kernels_set_float_mode(uint64_t mode);

/* The mode in which subnormal operands and results of single precision count as zero, as `mode` in all else. Processors
 * may take a hundred cycles for each otherwise. Conversions of halves are as exact as ever. */
uint64_t kernels_float_mode_without_subnormals(uint64_t mode);

/* The core that the calling thread is on at the moment, and how many it may be on; -1 where the system does not tell. */
int kernels_core(void);
int kernels_cores(void);

/* Moves the calling thread to another core than `core`, of those that it may be on, which stay the same; whether it did. */
_Bool kernels_leave_core(int core);

/* Between two looks at what another thread is to write: leaves the core's units to whoever shares them, for some tens of cycles. */
static inline void kernels_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    /* `yield` does nothing on most cores; this waits for what is under way. */
    __asm__ volatile("isb" ::: "memory");
#endif
}
