#include "CBench.h"

#include <stdio.h>
#include <sys/resource.h>

long peak_kilobytes(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

void write_line_by_line(void) { setvbuf(stdout, NULL, _IOLBF, 0); }
