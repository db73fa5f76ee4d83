#include "levels.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#if defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#elif defined(__aarch64__) && defined(__APPLE__)
#include <sys/sysctl.h>
#endif

static struct kernels tables[3];
static int filled;
static const struct kernels *best;
static const char *unknown;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* A level starts as a copy of the one below it. */
static void add(void (*install)(struct kernels *)) {
    if (filled > 0) tables[filled] = tables[filled - 1];
    install(&tables[filled]);
    filled++;
}

#if defined(__x86_64__)
static void add_levels(void) {
    add(kernels_portable);
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !__builtin_cpu_supports("f16c")) return;
    add(kernels_avx2);
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
        !__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512vl") ||
        !__builtin_cpu_supports("avx512vnni"))
        return;
    add(kernels_avx512vnni);
}
#elif defined(__aarch64__) && defined(__linux__)
static void add_levels(void) {
    /* Bits of the kernel's arm64 interface: Documentation/arch/arm64/elf_hwcaps.rst. */
    const unsigned long asimddp = 1ul << 20, i8mm = 1ul << 13;
    add(kernels_portable);
    if (!(getauxval(AT_HWCAP) & asimddp)) return;
    add(kernels_dotprod);
    if (getauxval(AT_HWCAP2) & i8mm) add(kernels_i8mm);
}
#elif defined(__aarch64__) && defined(__APPLE__)
static int has(const char *feature) {
    int value = 0;
    size_t size = sizeof value;
    return sysctlbyname(feature, &value, &size, NULL, 0) == 0 && value != 0;
}

static void add_levels(void) {
    add(kernels_portable);
    if (!has("hw.optional.arm.FEAT_DotProd")) return;
    add(kernels_dotprod);
    if (has("hw.optional.arm.FEAT_I8MM")) add(kernels_i8mm);
}
#else
static void add_levels(void) { add(kernels_portable); }
#endif

static void fill(void) {
    add_levels();
    best = &tables[filled - 1];
    const char *wanted = getenv("HECKLE_KERNELS");
    if (wanted == NULL || wanted[0] == 0) return;
    for (int i = 0; i < filled; i++) {
        if (strcmp(tables[i].level, wanted) == 0) {
            best = &tables[i];
            return;
        }
    }
    unknown = strdup(wanted);
}

const struct kernels *kernels_levels(int *count) {
    pthread_once(&once, fill);
    *count = filled;
    return tables;
}

const struct kernels *kernels_best(void) {
    pthread_once(&once, fill);
    return best;
}

const char *kernels_unknown_level(void) {
    pthread_once(&once, fill);
    return unknown;
}
