// Prints a line of instruction set, case and hash for every instruction set of this machine. On AArch64 without a C
// library, by system calls of Linux.

#include "cases.h"

#if __STDC_HOSTED__
#include <stdio.h>

static void print(const char *text) { fputs(text, stdout); }
#else
static void print(const char *text) {
    size_t length = 0;
    while (text[length]) length++;
    register long number __asm__("x8") = 64, result __asm__("x0") = 1;
    register const char *from __asm__("x1") = text;
    register size_t count __asm__("x2") = length;
    __asm__ volatile("svc 0" : "+r"(result) : "r"(number), "r"(from), "r"(count) : "memory");
}

int main(void);

void _start(void);
void _start(void) {
    main();
    register long number __asm__("x8") = 93, status __asm__("x0") = 0;
    __asm__ volatile("svc 0" : : "r"(number), "r"(status));
    __builtin_unreachable();
}
#endif

int main(void) {
    for (int isa = 0; isa < 5; isa++) {
        if (!pith_isa_supported(isa)) continue;
        for (int index = 0; index < cross_case_count(); index++) {
            char digits[] = "0000000000000000\n";
            uint64_t hash = cross_case_hash(index, isa);
            for (int i = 15; i >= 0; i--, hash >>= 4) digits[i] = "0123456789abcdef"[hash & 15];
            print(pith_isa_name(isa));
            print(" ");
            print(cross_case_name(index));
            print(" ");
            print(digits);
        }
    }
    return 0;
}
