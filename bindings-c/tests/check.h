/* What the C tests assert with. A failed check is reported and counted, and the test goes on. */

#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>

static unsigned checks_passed;
static unsigned checks_failed;

#define CHECK(condition) check(condition, #condition, __FILE__, __LINE__)

static void check(int holds, const char *condition, const char *file, int line) {
    if (holds) {
        checks_passed++;
        return;
    }
    checks_failed++;
    printf("%s:%d: does not hold: %s\n", file, line, condition);
}

/* The closing line, and the exit status. A run that checked nothing has failed. */
static int summary(void) {
    printf("%u passed, %u failed\n", checks_passed, checks_failed);
    return checks_failed > 0 || checks_passed == 0;
}

#endif
