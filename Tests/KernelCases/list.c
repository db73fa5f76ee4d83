#include "check.h"

#define KERNEL(result, name, parameters) void check_##name(struct check *check);
#include "kernel_list.h"
#undef KERNEL

static const struct {
    const char *name;
    void (*run)(struct check *check);
} cases[] = {
#define KERNEL(result, name, parameters) {#name, check_##name},
#include "kernel_list.h"
#undef KERNEL
};

int kernel_case_count(void) { return (int)(sizeof cases / sizeof *cases); }

const char *kernel_case_name(int index) { return cases[index].name; }

struct case_result kernel_case_run(int index, const struct kernels *table) {
    struct check check = {.table = table, .random = 2024};
    cases[index].run(&check);
    release(&check);
    if (check.result.comparisons == 0) fail(&check, "compared nothing");
    return check.result;
}
