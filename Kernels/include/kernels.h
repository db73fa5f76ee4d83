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
