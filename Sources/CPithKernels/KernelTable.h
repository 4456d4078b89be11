// The kernels of one instruction set. A new kernel is its reference, a template, and a line of
// PITH_KERNELS, or of PITH_TRAINING_KERNELS.

#ifndef PITH_KERNEL_TABLE_H
#define PITH_KERNEL_TABLE_H

#include "CPithKernels.h"

/// A window that slides over a plane, and where its outputs lie.
struct pith_window {
    size_t height, width;
    size_t kernel_h, kernel_w;
    size_t stride_h, stride_w;
    size_t dilation_h, dilation_w;
    ptrdiff_t pad_top, pad_left;
    size_t out_h, out_w;
};

/// What follows from a convolution's sizes.
struct pith_conv_view {
    const struct pith_conv *conv;
    /// Of one group.
    size_t channels, filters;
    /// Whether each group is one filter of one channel whose windows' columns are neighbours: then only padded planes are
    /// copied.
    int is_depthwise;
    /// Whether windows are of one cell each, all of them cells of the image, one after another.
    int is_pointwise;
    /// Whether output rows that follow each other read the same copies of image rows.
    int shares_rows;
    /// Output rows, before pooling, that are computed at once.
    size_t block_rows;
    /// Whether a window reaches outside the image, so that planes are padded before they are copied.
    int is_padded;
    /// Columns that the windows see, padding included.
    size_t seen_width;
    /// Where in the scratch one padded plane is, and its floats; then where the sums are that are to be pooled.
    size_t padded_at, padded_size, sums_at;
};

struct pith_conv_view pith_conv_view(const struct pith_conv *conv);

/// C = epilogue(A * B), where k runs through three nested loops, so that windows of an image are operands as they lie.
struct pith_product {
    size_t m, n;
    /// Of k, the innermost loop last.
    size_t counts[3];
    const float *a;
    ptrdiff_t a_row_stride;
    /// What takes from one round of a loop to the next, for the outer loops after all rounds of the inner ones.
    ptrdiff_t a_steps[3];
    const float *b;
    /// From 16 columns to the next 16.
    ptrdiff_t b_panel_stride;
    ptrdiff_t b_steps[3];
    float *c;
    ptrdiff_t ldc;
    struct pith_matmul_epilogue epilogue;
    /// Whether the sums start from C, not from +0.
    int goes_on;
};

/// What a sparse weight is made of: see `pith_sparse_pack`.
struct pith_sparse_view {
    size_t k;
    /// Where each unit's steps begin, and the last one's end.
    const uint32_t *starts;
    /// For each step where its chunk of k begins.
    const uint32_t *bases;
    const struct pith_sparse_step *steps;
};

/// Where a chunk begins: the last one is whole too, and begins where the one before is not over, if it has to.
size_t pith_sparse_base(size_t k, size_t chunk);

/// The arguments of `pith_sparse_matmul`; columns count from the weight's first.
struct pith_sparse_product {
    struct pith_sparse_view view;
    size_t m, first_column, last_column;
    const float *a;
    ptrdiff_t a_row_stride;
    float *c;
    ptrdiff_t ldc;
    struct pith_matmul_epilogue epilogue;
};

/// Panels that are interleaved; rows that are widened together, at most PITH_NARROW_MOST_TOGETHER; bytes of so many.
#define PITH_NARROW_UNIT_PANELS(type) ((size_t)((type) == PITH_NARROW_BF16 ? 2 : 1))
#define PITH_NARROW_TOGETHER(type)                                                                                    \
    ((size_t)((type) == PITH_NARROW_PALETTE ? 8 : (type) == PITH_NARROW_WIDE_PALETTE ? 4 : 1))
#define PITH_NARROW_BYTES(type) ((size_t)((type) == PITH_NARROW_I8 ? 16 : (type) == PITH_NARROW_F16 ? 32 : 64))
#define PITH_NARROW_MOST_TOGETHER 8

/// The arguments of `pith_narrow_matmul`.
struct pith_narrow_product {
    int type;
    size_t m, n, k;
    const float *a;
    ptrdiff_t a_row_stride;
    const uint8_t *b;
    /// NULL for the other types.
    const struct pith_palette *palette;
    /// NULL for the other types.
    const struct pith_affine *affine;
    float *c;
    ptrdiff_t ldc;
    struct pith_matmul_epilogue epilogue;
};

/// Bytes of a row of bytes of `columns` floats, up to a whole vector.
#define PITH_BYTE_ROW(columns) (((columns) + 63) / 64 * 64)

/// The arguments of `pith_integer_matmul`.
struct pith_integer_product {
    size_t m, n, k;
    /// Rows of bytes.
    const uint8_t *a;
    size_t a_row_stride;
    /// For each row the sum of what its bytes are less their zero point.
    const int32_t *a_sums;
    int32_t a_zero;
    float a_scale;
    const struct pith_integers *b;
    float *c;
    ptrdiff_t ldc;
    struct pith_matmul_epilogue epilogue;
};

/// Most kernel rows, and columns, of `pith_taps`.
#define PITH_MOST_TAP_ROWS 5

/// One channel's taps in the gradient of a convolution's weight: for each a sum over one image's output pixels.
struct pith_taps {
    /// The channel's plane, padded, and floats from one row to the next. Output pixels are neighbours in it.
    const float *x;
    size_t pitch, out_h, out_w;
    /// A panel of the output's gradient.
    const float *g;
    /// Columns of a kernel, 3 or 5; kernel rows from `first_row` on.
    size_t width, first_row, rows;
    /// Filters of the panel, 1 up to PITH_PANEL_WIDTH.
    size_t columns;
    /// For each tap of the whole kernel a row of sums, `filters` floats apart; `goes_on` as in `pith_product`.
    float *sums;
    size_t filters;
    int goes_on;
};

/// The loops for some rounds of the outermost one, and where they begin.
static inline struct pith_loops pith_loops_cut(
    const struct pith_loops *given, size_t first, size_t last, ptrdiff_t *a, ptrdiff_t *b) {
    struct pith_loops loops = *given;
    *a = *b = 0;
    if (loops.count > 0) {
        loops.extents[0] = last - first;
        *a = (ptrdiff_t)first * loops.a_steps[0];
        *b = (ptrdiff_t)first * loops.b_steps[0];
    }
    return loops;
}

/// Goes to the next round of all loops but the `inner` innermost ones; 0 after the last, and then all are as in the first.
static inline int pith_loops_next(
    const struct pith_loops *loops, size_t inner, size_t *rounds, ptrdiff_t *a, ptrdiff_t *b) {
    for (size_t axis = loops->count - inner; axis-- > 0;) {
        *a += loops->a_steps[axis];
        *b += loops->b_steps[axis];
        if (++rounds[axis] < loops->extents[axis]) return 1;
        rounds[axis] = 0;
        *a -= (ptrdiff_t)loops->extents[axis] * loops->a_steps[axis];
        *b -= (ptrdiff_t)loops->extents[axis] * loops->b_steps[axis];
    }
    return 0;
}

/// A walk over the rows of the innermost loop, in which y has no gaps.
struct pith_row_walk {
    /// Elements of a row, and the steps of the operands in it.
    size_t n;
    ptrdiff_t a_step, b_step;
    /// Where the row is in the operands; the first one in y.
    ptrdiff_t a, b;
    size_t y;
    struct pith_loops loops;
    size_t rounds[PITH_MOST_LOOPS];
};

/// The walk through some rounds of the outermost loop.
struct pith_row_walk pith_row_walk(const struct pith_loops *loops, size_t first, size_t last);

/// Goes to the next row; 0 after the last.
static inline int pith_row_walk_next(struct pith_row_walk *walk) {
    return pith_loops_next(&walk->loops, walk->loops.count > 0, walk->rounds, &walk->a, &walk->b);
}

/// Every kernel that runs models, in one list that makes the table, its entries for each instruction set, what tests must
/// test and what the benchmark lists: name, result, what it computes, parameters.
#define PITH_KERNELS(KERNEL)                                                                                          \
    KERNEL(matmul, void, "Gemm, MatMul",                                                                              \
        (const struct pith_product *product))                                                                         \
    KERNEL(conv, void, "Conv",                                                                                        \
        (const struct pith_conv *conv, float *y, const float *x, const float *weight, const float *bias,              \
        float *scratch, size_t first_row, size_t last_row))                                                           \
    KERNEL(narrow, void, "Gemm and MatMul by bfloat16, float16, int8 and palettes",                                   \
        (const struct pith_narrow_product *product))                                                                  \
    KERNEL(quantize, void, "DynamicQuantizeLinear before MatMulInteger",                                              \
        (uint8_t *q, int32_t *sums, float *scale, int32_t *zero, const float *x, size_t rows, size_t columns))        \
    KERNEL(integers, void, "MatMulInteger, Cast, Mul and Add",                                                        \
        (const struct pith_integer_product *product))                                                                 \
    KERNEL(sparse, void, "Gemm and MatMul by sparse weights",                                                         \
        (const struct pith_sparse_product *product))                                                                  \
    KERNEL(maxpool, void, "MaxPool",                                                                                  \
        (float *y, int32_t *indices, const float *plane, const struct pith_window *w))                                \
    KERNEL(avgpool, void, "AveragePool",                                                                              \
        (float *y, const float *plane, size_t before, size_t after, const struct pith_window *w, size_t pad_bottom,   \
        size_t pad_right, int counts_padding))                                                                        \
    KERNEL(unary, void, "Relu, LeakyRelu, Elu, HardSigmoid, HardSwish, Gelu, Sigmoid, Tanh, Erf, Exp, Log, Clip, …",  \
        (int function, float *y, const float *x, size_t n, float alpha, float beta))                                  \
    KERNEL(softmax, void, "Softmax, LogSoftmax",                                                                      \
        (float *y, const float *x, size_t outer, size_t length, size_t inner, int logarithm))                         \
    KERNEL(reduce_row, float, "ReduceSum, ReduceMean, ReduceL2, ReduceMax, ReduceMin, GlobalMaxPool",                 \
        (int function, const float *x, const struct pith_loops *loops))                                               \
    KERNEL(reduce_columns, void, "the same of groups that are neighbours",                                            \
        (int function, float *y, const float *x, const struct pith_loops *loops, size_t columns))                     \
    KERNEL(pairs, void, "Add, Sub, Mul, Div, Min, Max, PRelu",                                                        \
        (int function, float *y, const float *a, ptrdiff_t a_step, const float *b, ptrdiff_t b_step, size_t n))       \
    KERNEL(lane_sums, void, "sums: GlobalAveragePool, normalisations",                                                \
        (float *sums, const float *x, const struct pith_rows *rows))                                                  \
    KERNEL(lane_products, void, "sums of squares: normalisations",                                                    \
        (float *sums, const float *a, float a_shift, const float *b, float b_shift, const struct pith_rows *rows))    \
    KERNEL(normalize, void, "BatchNormalization, InstanceNormalization, LayerNormalization",                          \
        (float *y, const float *x, float mean, float factor, float offset, const struct pith_rows *rows))             \
    KERNEL(multiply_add, void, "LayerNormalization",                                                                  \
        (float *y, const float *a, const float *b, const float *c, size_t n))

/// The kernels that only training calls, in a table of their own, so that a program that runs models is linked without them.
#define PITH_TRAINING_KERNELS(KERNEL)                                                                                 \
    KERNEL(relu, void, "Relu",                                                                                        \
        (float *y, const float *x, size_t n))                                                                         \
    KERNEL(sgd, void, "the rule SGD",                                                                                 \
        (float *p, float *velocity, const float *g, size_t n, const struct pith_sgd *rule))                           \
    KERNEL(adam, void, "the rules Adam and AdamW",                                                                    \
        (float *p, float *mean, float *variance, const float *g, size_t n, const struct pith_adam *rule))             \
    KERNEL(rmsprop, void, "the rule RMSprop",                                                                         \
        (float *p, float *square, float *mean, float *velocity, const float *g, size_t n,                             \
        const struct pith_rmsprop *rule))                                                                             \
    KERNEL(lerp, void, "averages of parameters",                                                                      \
        (float *y, const float *x, float share, size_t n))                                                            \
    KERNEL(scale, void, "clipping",                                                                                   \
        (float *y, const float *x, float factor, size_t n))                                                           \
    KERNEL(sum_of_squares, double, "clipping",                                                                        \
        (const float *x, size_t n))                                                                                   \
    KERNEL(relu_gradient, void, "Relu's gradient",                                                                    \
        (float *dx, const float *y, const float *g, size_t n))                                                        \
    KERNEL(tap_sums, void, "Conv's gradient of the weight",                                                           \
        (const struct pith_taps *taps))                                                                               \
    KERNEL(pool_pairs, void, "MaxPool of 2 by 2, Relu",                                                               \
        (float *y, const float *plane, size_t height, size_t width, int activation))                                  \
    KERNEL(pool_pairs_gradient, void, "MaxPool's gradient, of 2 by 2, and Relu's",                                    \
        (float *dx, const float *plane, const float *g, size_t height, size_t width, int activation))                 \
    KERNEL(normalize_gradient, void, "BatchNormalization's gradient",                                                 \
        (float *dx, const float *g, const float *x, const struct pith_normalization *rule,                            \
        const struct pith_rows *rows))

struct pith_kernel_table {
#define PITH_MEMBER(name, result, purpose, parameters) result(*name) parameters;
    PITH_KERNELS(PITH_MEMBER)
};

struct pith_training_table {
    PITH_TRAINING_KERNELS(PITH_MEMBER)
#undef PITH_MEMBER
};

/// The kernels for an instruction set; the portable ones for one that this machine does not have.
const struct pith_kernel_table *pith_kernels(int isa);
const struct pith_training_table *pith_training_kernels(int isa);

#define PITH_DECLARE_TABLES(suffix)                                                                                   \
    extern const struct pith_kernel_table pith_kernels_##suffix;                                                      \
    extern const struct pith_training_table pith_training_kernels_##suffix;
PITH_DECLARE_TABLES(portable)
#if defined(__x86_64__)
PITH_DECLARE_TABLES(avx2)
PITH_DECLARE_TABLES(avx512)
#elif defined(__aarch64__)
PITH_DECLARE_TABLES(neon)
#elif defined(__wasm_simd128__)
PITH_DECLARE_TABLES(wasm)
#endif
#undef PITH_DECLARE_TABLES

#endif
