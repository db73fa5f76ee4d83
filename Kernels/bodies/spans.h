#pragma once
#include "../include/kernels.h"
#include "scalar.h"

/* Which outputs of a sliding window lie where. */

struct span {
    long start, end;
};

/* The outputs of a row of `outputs` for which tap `tap` lies inside an input of `size`. */
KERNELS_INLINE struct span outputs_inside(long tap, long dilation, long stride, long pad, long size, long outputs) {
    long first = pad - tap * dilation; /* output o reads input o * stride - first */
    long start = first <= 0 ? 0 : (first + stride - 1) / stride;
    long end = size + first <= 0 ? 0 : (size + first - 1) / stride + 1;
    if (end > outputs) end = outputs;
    if (start > end) start = end;
    return (struct span){start, end};
}

/* The input row that output row `row` reads at `tap`, or -1. */
KERNELS_INLINE long input_row(const struct kernels_window *w, long row, long tap) {
    long y = row * w->stride_y + tap * w->dilation_y - w->pad_top;
    return y >= 0 && y < w->height ? y : -1;
}

KERNELS_INLINE struct span columns_inside(const struct kernels_window *w, long tap) {
    return outputs_inside(tap, w->dilation_x, w->stride_x, w->pad_left, w->width, w->out_width);
}

/* How many neighbouring outputs of a row read no more than `length` columns of the input; 0 where one alone reads
 * more. */
KERNELS_INLINE long outputs_of_strip(const struct kernels_window *w, long length) {
    long reach = (w->kernel_width - 1) * w->dilation_x + 1;
    return reach > length ? 0 : (length - reach) / w->stride_x + 1;
}

/* Columns of the input that `count` outputs of a row read. */
KERNELS_INLINE long inputs_of_strip(const struct kernels_window *w, long count) {
    return (count - 1) * w->stride_x + (w->kernel_width - 1) * w->dilation_x + 1;
}
