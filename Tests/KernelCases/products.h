#pragma once
#include "check.h"

/* Rows, columns, vectors, and how much longer than `rows` the stride of y is. Columns of blocks: times 32. */
static const long shapes[][4] = {{0, 3, 1, 0}, {3, 0, 2, 0}, {1, 1, 1, 0},   {1, 65, 0, 0},  {2, 15, 1, 0},
                                 {3, 16, 2, 1}, {4, 17, 3, 0}, {5, 31, 4, 2},  {8, 33, 1, 0},  {9, 64, 5, 3},
                                 {15, 65, 2, 0}, {33, 63, 3, 0}, {7, 1003, 2, 1}, {64, 256, 1, 0},
                                 {19, 100, 4, 1}, {37, 41, 23, 1}, {50, 9, 10, 0}, {6, 4, 7, 1}, {1, 4133, 2, 0}};
enum { shape_count = sizeof shapes / sizeof *shapes };

/* y of one vector at a time, and in two cuts of rows, must be the same bits as y of all at once. */
struct product {
    const void *weights, *x;
    size_t row_bytes, vector_bytes;
    long rows, columns, vectors, stride;
    const float *y;
    void (*run)(const struct kernels *, const struct product *, const void *, long, const void *, long, float *);
};

void check_cuts(struct check *check, const struct product *p);
