/* Runs every kernel case on every level of this processor, for machines that the Swift tests do not run on: the NEON
 * levels under qemu-aarch64. Prints a line a failure and a line a level, then which level would be used; the exit
 * status says whether there was a failure. */
#include "kernel_cases.h"

#include <stdio.h>

int main(void) {
    int levels, failures = 0;
    const struct kernels *tables = kernels_levels(&levels);
    for (int level = 0; level < levels; level++) {
        int passed = 0, count = kernel_case_count();
        long comparisons = 0;
        for (int i = 0; i < count; i++) {
            struct case_result result = kernel_case_run(i, &tables[level]);
            comparisons += result.comparisons;
            if (result.message[0] == 0)
                passed++;
            else
                printf("%s %s: %s\n", tables[level].level, kernel_case_name(i), result.message);
        }
        printf("%s: %d of %d cases passed, %ld comparisons\n", tables[level].level, passed, count, comparisons);
        failures += count - passed;
    }
    const char *unknown = kernels_unknown_level();
    if (unknown != NULL) printf("no level %s\n", unknown);
    printf("best: %s\n", kernels_best()->level);
    return failures > 0;
}
