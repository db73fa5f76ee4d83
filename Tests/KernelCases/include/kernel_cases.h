#pragma once
#include "kernels.h"

/* One case list for every kernel, run against naive references by the Swift tests on this machine's levels and by a small
 * C program for those of other processors. A kernel of kernel_list.h without a case does not link. */

/* What a case found at one level. */
struct case_result {
    long comparisons;
    /* The first mismatch, or empty. */
    char message[256];
};

/* Number of cases: one a kernel. */
int kernel_case_count(void);

/* The kernel that case `index` is about. */
const char *_Nonnull kernel_case_name(int index);

/* Runs case `index` on a table. */
struct case_result kernel_case_run(int index, const struct kernels *_Nonnull table);
