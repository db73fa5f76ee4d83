#if defined(__linux__)
#define _GNU_SOURCE
#include <sched.h>
#endif
#include "kernels.h"

#if defined(__linux__)

int kernels_core(void) { return sched_getcpu(); }

int kernels_cores(void) {
    cpu_set_t all;
    return sched_getaffinity(0, sizeof all, &all) == 0 ? CPU_COUNT(&all) : -1;
}

_Bool kernels_leave_core(int core) {
    cpu_set_t all, others;
    if (core < 0 || core >= CPU_SETSIZE || sched_getaffinity(0, sizeof all, &all) != 0) return 0;
    others = all;
    CPU_CLR(core, &others);
    if (CPU_COUNT(&others) == 0 || sched_setaffinity(0, sizeof others, &others) != 0) return 0;
    return sched_setaffinity(0, sizeof all, &all) == 0;
}

#else

int kernels_core(void) { return -1; }
int kernels_cores(void) { return -1; }
_Bool kernels_leave_core(int core) { return (void)core, 0; }

#endif
