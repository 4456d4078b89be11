// Each kernel's speed as a share of the processor's own: see `run`.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "Peak.h"

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static float *floats(size_t count) {
    float *p = aligned_alloc(64, (count * sizeof(float) + 127) / 64 * 64);
    if (!p) exit(1);
    unsigned state = 1;
    for (size_t i = 0; i < count; i++) {
        state = state * 1664525u + 1013904223u;
        p[i] = (float)(state >> 8) / (1 << 23) - 1;
    }
    return p;
}

// MARK: Cases

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

static void prepare_rows(const struct bench *bench, struct operands *o) {
    *o = (struct operands){.a = floats(bench->m * bench->n), .c = floats(bench->m * bench->n)};
}

static void run_softmax(const struct bench *bench, int isa, const struct operands *o) {
    pith_softmax_f32(isa, o->c, o->a, bench->m, bench->n, 1, 0);
}

static void run_unary(const struct bench *bench, int isa, const struct operands *o) {
    pith_unary_f32(isa, bench->function, o->c, o->a, bench->m * bench->n, 0, 1);
}

static void run_pairs(const struct bench *bench, int isa, const struct operands *o) {
    const size_t n = bench->m * bench->n;
    struct pith_loops loops = {0};
    pith_loops_add(&loops, n, 1, 1);
    pith_pairs_f32(isa, bench->function, o->c, o->a, o->a, &loops, 0, n);
}

static void run_rows(const struct bench *bench, int isa, const struct operands *o) {
    const size_t n = bench->m * bench->n;
    const struct pith_rows rows = {n, 1, n};
    switch (bench->function) {
    case 0: pith_relu_f32(isa, o->c, o->a, n); break;
    case 1: pith_multiply_add_f32(isa, o->c, o->a, o->a, o->a, n); break;
    case 2: pith_normalize_f32(isa, o->c, o->a, 0.5f, 2, 1, &rows); break;
    case 3: pith_lane_sums_f32(isa, o->c, o->a, &rows); break;
    default: pith_lane_products_f32(isa, o->c, o->a, 0.5f, o->a, 0.5f, &rows); break;
    }
}

/// Ordinary sizes of what moves, broadcasts and reduces; `bench->m` by `bench->n` elements.
static void run_loops(const struct bench *bench, int isa, const struct operands *o) {
    const ptrdiff_t heads = 12, length = 128, depth = 64, plane = 196;
    struct pith_loops loops = {0}, kept = {0};
    switch (bench->function) {
    case 0: // [m, n] to [n, m]
        pith_loops_add(&loops, bench->n, 1, (ptrdiff_t)bench->m);
        pith_loops_add(&loops, bench->m, (ptrdiff_t)bench->n, 1);
        pith_copy(o->c, o->a, sizeof(float), &loops, 0, pith_loops_rounds(&loops));
        break;
    case 1: // [8, 128, 12, 64] to [8, 12, 128, 64]
        pith_loops_add(&loops, 8, heads * length * depth, heads * length * depth);
        pith_loops_add(&loops, 12, depth, length * depth);
        pith_loops_add(&loops, 128, heads * depth, depth);
        pith_loops_add(&loops, 64, 1, 1);
        pith_copy(o->c, o->a, sizeof(float), &loops, 0, 8);
        break;
    case 2: // [8, 128, 12, 64] to [8, 12, 64, 128]
        pith_loops_add(&loops, 8, heads * length * depth, heads * length * depth);
        pith_loops_add(&loops, 12 * 64, 1, length);
        pith_loops_add(&loops, 128, heads * depth, 1);
        pith_copy(o->c, o->a, sizeof(float), &loops, 0, 8);
        break;
    case 3: // [64, 32, 14, 14] by [32, 1, 1]
        pith_loops_add(&loops, 64, 32 * plane, 0);
        pith_loops_add(&loops, 32, plane, 1);
        pith_loops_add(&loops, 196, 1, 0);
        pith_pairs_f32(isa, PITH_PAIR_MUL, o->c, o->a, o->a, &loops, 0, 64);
        break;
    case 4: // [m, n] less [m, 1]
        pith_loops_add(&loops, bench->m, (ptrdiff_t)bench->n, 1);
        pith_loops_add(&loops, bench->n, 1, 0);
        pith_pairs_f32(isa, PITH_PAIR_SUB, o->c, o->a, o->a, &loops, 0, bench->m);
        break;
    case 5: // [m, n] along n
    case 6: // the greatest
        pith_loops_add(&kept, bench->m, (ptrdiff_t)bench->n, 0);
        pith_loops_add(&loops, bench->n, 1, 0);
        pith_reduce_f32(
            isa, bench->function == 5 ? PITH_REDUCE_MEAN : PITH_REDUCE_MAX, o->c, o->a, &kept, &loops, 0, bench->m);
        break;
    default: // [m, n] along m
        pith_loops_add(&kept, bench->n, 1, 0);
        pith_loops_add(&loops, bench->m, (ptrdiff_t)bench->n, 0);
        pith_reduce_f32(isa, PITH_REDUCE_SUM, o->c, o->a, &kept, &loops, 0, bench->n);
        break;
    }
}

/// `bench->m` planes of `bench->n` squared, windows of 3 by 3 with padding, or of 2 by 2 side by side.
static void run_avgpool(const struct bench *bench, int isa, const struct operands *o) {
    const size_t size = (size_t)bench->function, side = 14, out = size == 3 ? side : side / size;
    for (size_t i = 0; i < bench->m; i++) {
        pith_avgpool_f32(
            isa, o->c, o->a, bench->m, i, side, side, size, size, side / out, side / out, 1, 1,
            size == 3, size == 3, size == 3, size == 3, out, out, 0);
    }
}

static void prepare_conv(const struct bench *bench, struct operands *o) {
    const struct pith_conv *c = &bench->conv;
    o->a = floats(c->channels * c->height * c->width);
    o->b = floats(c->filters * c->channels / c->groups * c->kernel_h * c->kernel_w);
    o->bias = floats(c->filters);
    o->c = floats(c->filters * c->out_h * c->out_w);
    o->scratch = floats(pith_conv_scratch_size(c));
}

static void run_conv(const struct bench *bench, int isa, const struct operands *o) {
    const struct pith_conv *c = &bench->conv;
    pith_conv_f32(isa, c, o->c, o->a, o->b, o->bias, o->scratch, 0, c->out_h / (c->pool_2x2 ? 2 : 1));
}

#define MATMUL(title, m_, n_, k_)                                                                                     \
    {                                                                                                                 \
        .name = title, .work = (double)(m_) * (n_) * (k_), .kernel = "matmul", .prepare = prepare_matmul, .run = run_matmul, .m = m_,     \
        .n = n_, .k = k_                                                                                              \
    }
#define INTEGERS(title, m_, n_, k_)                                                                                   \
    {                                                                                                                 \
        .name = title, .work = (double)(m_) * (n_) * (k_), .kernel = "integers", .prepare = prepare_integers,                             \
        .run = run_integers, .m = m_, .n = n_, .k = k_                                                                \
    }
#define AFFINE(title, m_, n_, k_)                                                                                     \
    {                                                                                                                 \
        .name = title, .work = (double)(m_) * (n_) * (k_), .kernel = "narrow", .prepare = prepare_narrow, .run = run_affine, .m = m_,     \
        .n = n_, .k = k_, .narrow = PITH_NARROW_I8                                                                    \
    }
#define NARROW(title, type, m_, n_, k_)                                                                               \
    {                                                                                                                 \
        .name = title, .work = (double)(m_) * (n_) * (k_), .kernel = "narrow", .prepare = prepare_narrow, .run = run_narrow, .m = m_,     \
        .n = n_, .k = k_, .narrow = type                                                                              \
    }
#define PALETTE(title, floats_, m_, n_, k_)                                                                           \
    {                                                                                                                 \
        .name = title, .work = (double)(m_) * (n_) * (k_), .kernel = "narrow", .prepare = prepare_narrow,             \
        .run = run_palette, .m = m_, .n = n_, .k = k_, .function = floats_,                                           \
        .narrow = (floats_) > PITH_PALETTE_SIZE ? PITH_NARROW_WIDE_PALETTE : PITH_NARROW_PALETTE                      \
    }
/// As many multiply-adds as a dense product has.
#define SPARSE(title, per_mille, m_, n_, k_)                                                                          \
    {                                                                                                                 \
        .name = title, .work = (double)(m_) * (n_) * (k_), .kernel = "sparse", .prepare = prepare_sparse, .run = run_sparse, .m = m_,     \
        .n = n_, .k = k_, .function = per_mille                                                                       \
    }
/// Counted in elements, not in multiply-adds.
#define ROWS(title, kernel_, run_, function_, m_, n_)                                                                          \
    {                                                                                                                 \
        .name = title, .work = (double)(m_) * (n_), .kernel = kernel_, .prepare = prepare_rows, .run = run_, .m = m_, .n = n_,           \
        .function = function_                                                                                         \
    }
/// Square, stride 1, `pad` on all sides.
#define CONV(title, channels_, extent, filters_, groups_, window, pad, pool)                                          \
    {                                                                                                                 \
        .name = title,                                                                                                \
        .work = (double)(filters_) * (channels_) / (groups_) * (window) * (window) * CONV_OUT(extent, window, pad)    \
            * CONV_OUT(extent, window, pad),                                                                          \
        .kernel = "conv", .prepare = prepare_conv, .run = run_conv, .conv = {                                                           \
            channels_, extent, extent, filters_, groups_, window, window, 1, 1, 1, 1, pad, pad,                       \
            CONV_OUT(extent, window, pad), CONV_OUT(extent, window, pad), 1, pool                                     \
        }                                                                                                             \
    }
#define CONV_OUT(extent, window, pad) ((extent) + 2 * (pad) - (window) + 1)

static const struct bench benches[] = {
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
    CONV("conv LeNet-5 1, pool", 1, 28, 6, 1, 5, 2, 1),
    CONV("conv LeNet-5 2, pool", 6, 14, 16, 1, 5, 0, 1),
    CONV("conv cnn 1, pool", 1, 28, 8, 1, 3, 1, 1),
    CONV("conv cnn 2, pool", 8, 14, 16, 1, 3, 1, 1),
    CONV("conv cnn 3", 16, 7, 20, 1, 3, 0, 0),
    CONV("conv PyTorch 1", 1, 28, 32, 1, 3, 0, 0),
    CONV("conv PyTorch 2, pool", 32, 26, 64, 1, 3, 0, 1),
    CONV("conv 1x1, 64 of 64", 64, 28, 64, 1, 1, 0, 0),
    CONV("conv depthwise 3x3, 64", 64, 28, 64, 64, 3, 1, 0),
    ROWS("softmax 1000x1000", "softmax", run_softmax, 0, 1000, 1000),
    ROWS("softmax 1x1000", "softmax", run_softmax, 0, 1, 1000),
    ROWS("softmax 64x10", "softmax", run_softmax, 0, 64, 10),
    ROWS("exp of 10000", "unary", run_unary, PITH_UNARY_EXP, 100, 100),
    ROWS("sigmoid of 10000", "unary", run_unary, PITH_UNARY_SIGMOID, 100, 100),
    ROWS("tanh of 10000", "unary", run_unary, PITH_UNARY_TANH, 100, 100),
    ROWS("add 10000", "pairs", run_pairs, PITH_PAIR_ADD, 100, 100),
    ROWS("subtract 10000", "pairs", run_pairs, PITH_PAIR_SUB, 100, 100),
    ROWS("multiply 10000", "pairs", run_pairs, PITH_PAIR_MUL, 100, 100),
    ROWS("divide 10000", "pairs", run_pairs, PITH_PAIR_DIV, 100, 100),
    ROWS("relu of 10000", "relu", run_rows, 0, 100, 100),
    ROWS("multiply-add 10000", "multiply_add", run_rows, 1, 100, 100),
    ROWS("normalize 10000", "normalize", run_rows, 2, 100, 100),
    ROWS("sum of 10000", "lane_sums", run_rows, 3, 100, 100),
    ROWS("squares of 10000", "lane_products", run_rows, 4, 100, 100),
    ROWS("transpose 128x1024", "", run_loops, 0, 128, 1024),
    ROWS("transpose, blocks of 64", "", run_loops, 1, 1024, 768),
    ROWS("transpose, last two", "", run_loops, 2, 1024, 768),
    ROWS("multiply by channels", "pairs", run_loops, 3, 64, 32 * 196),
    ROWS("subtract from rows", "pairs", run_loops, 4, 128, 1024),
    ROWS("mean of rows", "reduce_row", run_loops, 5, 128, 1024),
    ROWS("greatest of rows", "reduce_row", run_loops, 6, 128, 1024),
    ROWS("sum of columns", "reduce_columns", run_loops, 7, 128, 1024),
    ROWS("average pooling 3x3", "avgpool", run_avgpool, 3, 2048, 196),
    ROWS("average pooling 2x2", "avgpool", run_avgpool, 2, 2048, 196),
    ROWS("gelu of 10000", "unary", run_unary, PITH_UNARY_GELU, 100, 100),
};

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

static double peak_of(int isa) {
    double best = 0;
    for (int round = 0; round < 20; round++) {
        float result;
        const double start = seconds();
        const size_t operations = peak_operations(isa, 200000, &result);
        const double rate = (double)operations / (seconds() - start);
        if (rate > best) best = rate;
    }
    return best;
}

/// Every kernel, what it computes, and how many cases measure it.
static void print_kernels(void) {
    for (int index = 0; index < pith_kernel_count(); index++) {
        int cases = 0;
        for (size_t i = 0; i < sizeof benches / sizeof *benches; i++) {
            cases += strcmp(benches[i].kernel, pith_kernel_name(index)) == 0;
        }
        printf("%-20s %2d cases  %s\n", pith_kernel_name(index), cases, pith_kernel_purpose(index));
    }
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
        const double peak = peak_of(isa);
        printf("%s: peak %.1f GFLOP/s\n", pith_isa_name(isa), peak / 1e9);
        for (size_t i = 0; i < sizeof benches / sizeof *benches; i++) {
            const struct bench *bench = &benches[i];
            if (!strstr(bench->name, wanted)) continue;
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
    }
    return 0;
}
