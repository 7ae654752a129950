/* The assertions of the C tests. A failed check is reported and counted, and the test continues. Any thread may check. */

#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>

static unsigned checks_passed;
static unsigned checks_failed;

#define CHECK(condition) check(condition, #condition, __FILE__, __LINE__)

static void check(int holds, const char *condition, const char *file, int line) {
    if (holds) {
        __atomic_fetch_add(&checks_passed, 1, __ATOMIC_RELAXED); /* C++ has no _Atomic */
        return;
    }
    __atomic_fetch_add(&checks_failed, 1, __ATOMIC_RELAXED);
    printf("%s:%d: does not hold: %s\n", file, line, condition);
}

/* The closing line, and the exit status. A run that checked nothing has failed. */
static int summary(void) {
    const unsigned passed = __atomic_load_n(&checks_passed, __ATOMIC_RELAXED);
    const unsigned failed = __atomic_load_n(&checks_failed, __ATOMIC_RELAXED);
    printf("%u passed, %u failed\n", passed, failed);
    return failed > 0 || passed == 0;
}

#endif
