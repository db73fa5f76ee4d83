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

static void add_levels(void) {
    add(kernels_portable);
}

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
