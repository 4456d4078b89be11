// Cases of matrix products, dense, narrow and sparse.

#include <stdlib.h>

#include "Bench.h"

static void prepare_matmul(const struct bench *bench, struct operands *o) {
    o->a = floats(bench->m * bench->k);
    o->b = floats(pith_pack_size(bench->k, bench->n));
    o->bias = floats(bench->n);
    o->c = floats(bench->m * bench->n);
    o->scratch = NULL;
}

static void run_matmul(const struct bench *bench, int isa, const struct operands *o) {
    const struct pith_matmul_epilogue epilogue = {.column_bias = o->bias, .activation = 1};
    const ptrdiff_t k = (ptrdiff_t)bench->k, n = (ptrdiff_t)bench->n;
    pith_matmul_f32(isa, bench->m, bench->n, bench->k, o->a, k, 1, o->b, o->c, n, &epilogue);
}

static void prepare_narrow(const struct bench *bench, struct operands *o) {
    prepare_matmul(bench, o);
    const size_t bytes = pith_narrow_pack_size(bench->narrow, bench->k, bench->n);
    // Any bytes are weights, but for those that would be NaN.
    o->scratch = floats(bytes / sizeof(float) + 1);
    for (size_t i = 0; i < bytes; i++) ((uint8_t *)o->scratch)[i] &= 0x3F;
}

static void run_narrow(const struct bench *bench, int isa, const struct operands *o) {
    const struct pith_matmul_epilogue epilogue = {.column_bias = o->bias, .activation = 1};
    const ptrdiff_t k = (ptrdiff_t)bench->k, n = (ptrdiff_t)bench->n;
    pith_narrow_matmul(
        isa, bench->narrow, bench->m, bench->n, bench->k, o->a, k, o->scratch, o->c, n, &epilogue);
}

/// A scale for each column.
static void run_affine(const struct bench *bench, int isa, const struct operands *o) {
    const struct pith_matmul_epilogue epilogue = {.column_bias = o->bias, .activation = 1};
    const struct pith_affine affine = {.codes = o->scratch, .scales = o->b, .group_rows = bench->k};
    const ptrdiff_t k = (ptrdiff_t)bench->k, n = (ptrdiff_t)bench->n;
    pith_affine_matmul(isa, bench->m, bench->n, bench->k, o->a, k, &affine, o->c, n, &epilogue);
}

static void prepare_integers(const struct bench *bench, struct operands *o) {
    prepare_matmul(bench, o);
    o->scratch = floats(bench->m * pith_byte_row(bench->k) + bench->m + 64);
}

/// With what makes bytes of the floats.
static void run_integers(const struct bench *bench, int isa, const struct operands *o) {
    const struct pith_matmul_epilogue epilogue = {.column_bias = o->bias, .activation = 1};
    static const int32_t sums[1024];
    const struct pith_integers weight = {.codes = (int8_t *)o->b, .sums = sums, .zeros = sums, .scales = o->a};
    int32_t *const row_sums = (int32_t *)(void *)o->scratch, zero;
    uint8_t *const bytes = (uint8_t *)(row_sums + (bench->m + 15) / 16 * 16);
    float scale;
    pith_quantize_f32(isa, bytes, row_sums, &scale, &zero, o->a, bench->m, bench->k);
    pith_integer_matmul(
        isa, bench->m, bench->n, bench->k, bytes, row_sums, scale, zero, &weight, o->c, (ptrdiff_t)bench->n, &epilogue);
}

/// Of `bench->function` floats.
static void run_palette(const struct bench *bench, int isa, const struct operands *o) {
    const struct pith_matmul_epilogue epilogue = {.column_bias = o->bias, .activation = 1};
    const struct pith_palette palette = {o->scratch, o->b, (size_t)bench->function};
    const ptrdiff_t k = (ptrdiff_t)bench->k, n = (ptrdiff_t)bench->n;
    pith_palette_matmul(isa, bench->m, bench->n, bench->k, o->a, k, &palette, o->c, n, &epilogue);
}

/// Of a thousand weights `bench->function` are not zero.
static void prepare_sparse(const struct bench *bench, struct operands *o) {
    prepare_matmul(bench, o);
    const size_t k = bench->k, n = bench->n;
    float *weight = floats(k * n), *panels = floats(pith_pack_size(k, n));
    unsigned state = 7;
    for (size_t i = 0; i < k * n; i++) {
        state = state * 1664525u + 1013904223u;
        if ((state >> 8) % 1000 >= (unsigned)bench->function) weight[i] = 0;
    }
    pith_pack_f32(panels, weight, k, n, (ptrdiff_t)n, 1);
    const size_t steps = pith_sparse_steps(panels, k, n);
    o->scratch = floats(pith_sparse_pack_size(n, steps) / sizeof(float) + 1);
    pith_sparse_pack(o->scratch, steps, panels, k, n);
    free(panels);
    free(weight);
}

static void run_sparse(const struct bench *bench, int isa, const struct operands *o) {
    const struct pith_matmul_epilogue epilogue = {.column_bias = o->bias, .activation = 1};
    const ptrdiff_t k = (ptrdiff_t)bench->k, n = (ptrdiff_t)bench->n;
    pith_sparse_matmul(isa, bench->m, bench->n, bench->k, o->a, k, o->scratch, 0, bench->n, o->c, n, &epilogue);
}

#define PRODUCT(title, kernel_, prepare_, run_, m_, n_, k_, ...)                                                      \
    {                                                                                                                 \
        .name = title, .work = (double)(m_) * (n_) * (k_), .kernel = kernel_, .prepare = prepare_, .run = run_,       \
        .m = m_, .n = n_, .k = k_, __VA_ARGS__                                                                        \
    }
#define MATMUL(title, m, n, k) PRODUCT(title, "matmul", prepare_matmul, run_matmul, m, n, k, .function = 0)
#define INTEGERS(title, m, n, k) PRODUCT(title, "integers", prepare_integers, run_integers, m, n, k, .function = 0)
#define AFFINE(title, m, n, k) PRODUCT(title, "narrow", prepare_narrow, run_affine, m, n, k, .narrow = PITH_NARROW_I8)
#define NARROW(title, type, m, n, k) PRODUCT(title, "narrow", prepare_narrow, run_narrow, m, n, k, .narrow = type)
#define PALETTE(title, floats, m, n, k)                                                                               \
    PRODUCT(title, "narrow", prepare_narrow, run_palette, m, n, k, .function = floats,                                \
        .narrow = (floats) > PITH_PALETTE_SIZE ? PITH_NARROW_WIDE_PALETTE : PITH_NARROW_PALETTE)
/// As many multiply-adds as a dense product has.
#define SPARSE(title, per_mille, m, n, k)                                                                             \
    PRODUCT(title, "sparse", prepare_sparse, run_sparse, m, n, k, .function = per_mille)

static const struct bench cases[] = {
    MATMUL("matmul 512x512x512", 512, 512, 512),
    MATMUL("matmul 1000x784x300", 1000, 300, 784),
    MATMUL("matmul 1000x300x100", 1000, 100, 300),
    MATMUL("matmul 1000x100x10", 1000, 10, 100),
    MATMUL("matmul 64x784x300", 64, 300, 784),
    MATMUL("one row 784x300", 1, 300, 784),
    MATMUL("one row 300x100", 1, 100, 300),
    MATMUL("one row 400x120", 1, 120, 400),
    MATMUL("one row 9216x128", 1, 128, 9216),
    NARROW("bf16 row 784x300", PITH_NARROW_BF16, 1, 300, 784),
    NARROW("bf16 row 300x100", PITH_NARROW_BF16, 1, 100, 300),
    NARROW("f16 row 784x300", PITH_NARROW_F16, 1, 300, 784),
    AFFINE("int8 row 784x300", 1, 300, 784),
    AFFINE("int8 64 rows 784x300", 64, 300, 784),
    INTEGERS("bytes, row 784x300", 1, 300, 784),
    INTEGERS("bytes, row 300x100", 1, 100, 300),
    INTEGERS("bytes, 64 rows 784x300", 64, 300, 784),
    NARROW("bf16 row 9216x128", PITH_NARROW_BF16, 1, 128, 9216),
    NARROW("bf16 64 rows 784x300", PITH_NARROW_BF16, 64, 300, 784),
    PALETTE("palette of 16, row 784x300", 16, 1, 300, 784),
    PALETTE("palette of 64, row 784x300", 64, 1, 300, 784),
    PALETTE("palette of 256, row 784x300", 256, 1, 300, 784),
    PALETTE("palette of 64, row 9216x128", 64, 1, 128, 9216),
    PALETTE("palette of 256, row 9216x128", 256, 1, 128, 9216),
    PALETTE("palette of 256, 64 rows", 256, 64, 300, 784),
    SPARSE("sparse 2 % row 784x300", 20, 1, 300, 784),
    SPARSE("sparse 8 % row 784x300", 80, 1, 300, 784),
    SPARSE("sparse 20 % row 784x300", 200, 1, 300, 784),
    SPARSE("sparse 2 % 64 rows 784x300", 20, 64, 300, 784),
    SPARSE("sparse 8 % 64 rows 784x300", 80, 64, 300, 784),
    SPARSE("sparse 8 % row 300x100", 80, 1, 100, 300),
};

const struct bench_list product_benches = {cases, sizeof cases / sizeof *cases};
