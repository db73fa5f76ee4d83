#pragma once
#include "check.h"

/* Sliding windows as their definition has it, for the cases of planes and of blocks. `w` is the window. */

/* Where tap (ky, kx) of output (row, column) reads, or -1 outside the input. */
static inline long place_of(const struct kernels_window *w, long row, long column, long ky, long kx) {
    long y = row * w->stride_y + ky * w->dilation_y - w->pad_top;
    long x = column * w->stride_x + kx * w->dilation_x - w->pad_left;
    return y < 0 || x < 0 || y >= w->height || x >= w->width ? -1 : y * w->width + x;
}

/* Whether that lies in the input or its padding: the last window of a rounded-up output may reach further. */
static inline _Bool in_padded(const struct kernels_window *w, long row, long column, long ky, long kx) {
    long y = row * w->stride_y + ky * w->dilation_y, x = column * w->stride_x + kx * w->dilation_x;
    return y < w->pad_top + w->height + w->pad_bottom && x < w->pad_left + w->width + w->pad_right;
}

#define EACH_TAP(ky, kx)                                   \
    for (long ky = 0; ky < w->kernel_height; ky++)         \
        for (long kx = 0; kx < w->kernel_width; kx++)
#define EACH_OUTPUT(row, column)                           \
    for (long row = 0; row < w->out_height; row++)         \
        for (long column = 0; column < w->out_width; column++)

/* taps additions in a fixed order. */
static inline struct tolerance of_taps(long taps) {
    return (struct tolerance){.relative = (double)(taps + 2) * 0x1p-24};
}
