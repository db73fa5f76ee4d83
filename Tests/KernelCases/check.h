#pragma once
#include "kernel_cases.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Sizes around the widths of vectors and of unrolled loops. */
static const long sizes[] = {0, 1, 15, 16, 17, 31, 33, 63, 64, 65, 1003};
#define EACH_SIZE(n) for (unsigned at = 0; at < sizeof sizes / sizeof *sizes && (n = sizes[at], 1); at++)

/* A case in progress. */
struct check {
    const struct kernels *table;
    struct case_result result;
    uint64_t random;
    void *blocks[256];
    int block_count;
};

/* How far a result may lie from its reference. */
struct tolerance {
    double ulps;     /* units in the last place of the reference */
    double absolute;
    double relative; /* share of `scales[i]`: the sum of the magnitudes that the reference adds up */
};
static const struct tolerance exact = {0, 0, 0};

/* Records a mismatch, if it is the case's first. */
void fail(struct check *check, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Memory that lives to the end of the case, the bytes around it watched, on an odd float's boundary, so that an aligned
 * load of more faults. */
void *memory(struct check *check, size_t bytes);
double *doubles(struct check *check, long n);
/* Frees what `memory` gave; where a size loop would otherwise pile up. Fails the case if bytes around a block
 * changed. */
void release(struct check *check);

/* The next random 64 bits. */
uint64_t next_random(struct check *check);
/* n floats spread evenly over low ... high. */
float *random_floats(struct check *check, long n, float low, float high);
/* n floats that no kernel should leave in its output. */
float *unset_floats(struct check *check, long n);

/* Whether got[i] lies within the tolerance of expected[i]; NaN equals NaN. `scales` only for relative ones. */
void compare(
    struct check *check, const char *what, const float *got, const double *expected, const double *scales, long n,
    struct tolerance tolerance);
/* Whether the bytes are the same. */
void compare_bytes(struct check *check, const char *what, const void *got, const void *expected, size_t bytes);
/* Whether the floats are the same to the bit. */
void compare_bits(struct check *check, const char *what, const float *got, const float *expected, long n);

/* Half precision by arithmetic on doubles, slow and plain. */
double half_value(uint16_t half);
uint16_t half_nearest(double value);

/* A window with its output computed. */
struct kernels_window make_window(
    long height, long width, long kernel_height, long kernel_width, long stride, long dilation, long pad);
/* Shapes that a sliding window meets, edges and all; returns their number. */
int sample_windows(const struct kernels_window **windows);
