// Each kernel's speed as a share of the processor's own: see `run`.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "Bench.h"
#include "Peak.h"

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

float *floats(size_t count) {
    float *p = aligned_alloc(64, (count * sizeof(float) + 127) / 64 * 64);
    if (!p) exit(1);
    unsigned state = 1;
    for (size_t i = 0; i < count; i++) {
        state = state * 1664525u + 1013904223u;
        p[i] = (float)(state >> 8) / (1 << 23) - 1;
    }
    return p;
}

static const struct bench_list *const lists[] = {&product_benches, &layer_benches};

// MARK: Measuring

/// The shortest time of a call, from rounds of about 2 ms.
static double time_of(const struct bench *bench, int isa, const struct operands *operands, int rounds) {
    double best = 1e9;
    size_t calls = 1;
    for (int round = 0; round < rounds; round++) {
        const double start = seconds();
        for (size_t i = 0; i < calls; i++) bench->run(bench, isa, operands);
        const double each = (seconds() - start) / (double)calls;
        if (each < best) best = each;
        const double wanted = 2e-3 / each;
        calls = wanted < 1 ? 1 : (size_t)wanted;
    }
    return best;
}

static double peak_of(int isa, size_t (*measure)(int isa, size_t rounds, float *result)) {
    double best = 0;
    for (int round = 0; round < 20; round++) {
        float result;
        const double start = seconds();
        const size_t operations = measure(isa, 200000, &result);
        const double rate = (double)operations / (seconds() - start);
        if (rate > best) best = rate;
    }
    return best;
}

/// Every kernel, what it computes, and how many cases measure it.
static void print_kernels(void) {
    for (int index = 0; index < pith_kernel_count(); index++) {
        int cases = 0;
        for (size_t list = 0; list < sizeof lists / sizeof *lists; list++) {
            for (size_t i = 0; i < lists[list]->count; i++) {
                cases += strcmp(lists[list]->cases[i].kernel, pith_kernel_name(index)) == 0;
            }
        }
        printf("%-20s %2d cases  %s\n", pith_kernel_name(index), cases, pith_kernel_purpose(index));
    }
}

static void measure(const struct bench *bench, int isa, double peak, int rounds) {
    struct operands operands;
    bench->prepare(bench, &operands);
    const double time = time_of(bench, isa, &operands, rounds), rate = bench->work / time;
    printf("  %-26s %10.2f us", bench->name, time * 1e6);
    if (bench->prepare == prepare_rows) {
        printf(" %8.2f elements/ns", rate / 1e9);
    } else {
        printf(" %8.1f GFLOP/s", 2 * rate / 1e9);
        if (peak > 0) printf("  %5.1f %% of peak", 200 * rate / peak);
    }
    printf("\n");
    free(operands.a);
    free(operands.b);
    free(operands.bias);
    free(operands.c);
    free(operands.scratch);
}

int main(int argc, char **argv) {
    if (argc > 1 && strcmp(argv[1], "--list") == 0) {
        print_kernels();
        return 0;
    }
    const char *wanted = argc > 1 ? argv[1] : "";
    const int rounds = argc > 2 ? atoi(argv[2]) : 60;
    for (int isa = 4; isa >= 0; isa--) {
        if (!pith_isa_supported(isa)) continue;
        const double peak = peak_of(isa, peak_operations);
        printf("%s: peak %.1f GFLOP/s, by int8 weights %.1f\n",
            pith_isa_name(isa), peak / 1e9, peak_of(isa, widened_operations) / 1e9);
        for (size_t list = 0; list < sizeof lists / sizeof *lists; list++) {
            for (size_t i = 0; i < lists[list]->count; i++) {
                const struct bench *bench = &lists[list]->cases[i];
                if (strstr(bench->name, wanted)) measure(bench, isa, peak, rounds);
            }
        }
    }
    return 0;
}
