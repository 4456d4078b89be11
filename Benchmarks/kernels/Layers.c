// Cases of convolutions and of what goes through elements.

#include "Bench.h"

void prepare_rows(const struct bench *bench, struct operands *o) {
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

/// What compares, chooses, finds and frames; `bench->m` by `bench->n` elements.
static void run_logic(const struct bench *bench, int isa, const struct operands *o) {
    const size_t n = bench->m * bench->n;
    const float zero = 0;
    struct pith_loops loops = {0};
    (void)isa;
    switch (bench->function) {
    case 0:
        pith_loops_add(&loops, n, 1, 0);
        pith_relate(PITH_RELATION_LESS, PITH_OPERANDS_F32, (uint8_t *)o->c, o->a, &zero, &loops, 0, n);
        break;
    case 1:
        pith_loops_add(&loops, n, 1, 1);
        pith_choose(o->c, (const uint8_t *)o->a, o->a, sizeof(float), &loops, 0, n);
        break;
    case 2: pith_extreme_positions_f32((int64_t *)o->c, o->a, bench->m, bench->n, 1, 0, 0); break;
    case 3: pith_extreme_positions_f32((int64_t *)o->c, o->a, 1, bench->m, bench->n, 0, 0); break;
    default: pith_fill(o->c, &zero, sizeof zero, n); break;
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

/// Counted in elements, not in multiply-adds.
#define ROWS(title, kernel_, run_, function_, m_, n_)                                                                 \
    {                                                                                                                 \
        .name = title, .work = (double)(m_) * (n_), .kernel = kernel_, .prepare = prepare_rows, .run = run_,          \
        .m = m_, .n = n_, .function = function_                                                                       \
    }
/// Square, stride 1, `pad` on all sides.
#define CONV(title, channels_, extent, filters_, groups_, window, pad, pool)                                          \
    {                                                                                                                 \
        .name = title,                                                                                                \
        .work = (double)(filters_) * (channels_) / (groups_) * (window) * (window) * CONV_OUT(extent, window, pad)    \
            * CONV_OUT(extent, window, pad),                                                                          \
        .kernel = "conv", .prepare = prepare_conv, .run = run_conv, .conv = {                                         \
            channels_, extent, extent, filters_, groups_, window, window, 1, 1, 1, 1, pad, pad,                       \
            CONV_OUT(extent, window, pad), CONV_OUT(extent, window, pad), 1, pool, 0                                  \
        }                                                                                                             \
    }
#define CONV_OUT(extent, window, pad) ((extent) + 2 * (pad) - (window) + 1)

static const struct bench cases[] = {
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
    ROWS("less than zero", "", run_logic, 0, 128, 1024),
    ROWS("choice", "", run_logic, 1, 128, 1024),
    ROWS("position in rows", "", run_logic, 2, 128, 1024),
    ROWS("position in columns", "", run_logic, 3, 128, 1024),
    ROWS("fill", "", run_logic, 4, 128, 1024),
    ROWS("average pooling 3x3", "avgpool", run_avgpool, 3, 2048, 196),
    ROWS("average pooling 2x2", "avgpool", run_avgpool, 2, 2048, 196),
    ROWS("gelu of 10000", "unary", run_unary, PITH_UNARY_GELU, 100, 100),
};

const struct bench_list layer_benches = {cases, sizeof cases / sizeof *cases};
