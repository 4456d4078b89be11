// What `run` measures: one case of a kernel each.

#ifndef BENCH_H
#define BENCH_H

#include "CPithKernels.h"

struct operands {
    float *a, *b, *bias, *c, *scratch;
};

struct bench {
    const char *name;
    /// As `pith_kernel_name` has it.
    const char *kernel;
    /// Multiply-adds of one call.
    double work;
    void (*prepare)(const struct bench *bench, struct operands *operands);
    void (*run)(const struct bench *bench, int isa, const struct operands *operands);
    size_t m, n, k;
    int narrow, function;
    struct pith_conv conv;
};

/// Some cases.
struct bench_list {
    const struct bench *cases;
    size_t count;
};

extern const struct bench_list product_benches, layer_benches;

/// `count` floats from -1 to 1, the same each time.
float *floats(size_t count);

/// Operands of cases that are counted in elements, not in multiply-adds.
void prepare_rows(const struct bench *bench, struct operands *o);

#endif
