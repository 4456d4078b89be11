// Kernels of Pith, one template per kernel, instantiated per instruction set and chosen at run time.
//
// Every function here gives the same bits on every instruction set: products accumulate by fused multiply-add in
// ascending k from +0, and a NaN result is the canonical quiet NaN 0x7FC00000. Nothing allocates, nothing keeps state,
// nothing calls libc or libm (a compiler may still emit memcpy and memset), and every function may run on many threads
// at once.
//
// Sizes and strides count elements, not bytes. No pointer needs more than its element's alignment; a panel buffer
// aligned to 64 bytes is faster. Buffers must not overlap unless a function says that they may. Callers validate:
// nothing here checks a size or a pointer.

#ifndef CPITHKERNELS_H
#define CPITHKERNELS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// MARK: Instruction sets

/// The instruction sets that kernels are built for. The numbers are stable.
enum pith_isa {
    /// Baseline of the target; fuses in software where the target has no fused multiply-add.
    PITH_ISA_PORTABLE = 0,
    /// x86-64 with AVX2 and FMA.
    PITH_ISA_AVX2 = 1,
    /// x86-64 with AVX-512 F, VL, BW and DQ.
    PITH_ISA_AVX512 = 2,
    /// AArch64.
    PITH_ISA_NEON = 3,
    /// WebAssembly built with 128-bit SIMD.
    PITH_ISA_WASM = 4,
};

/// Columns of a panel: the innermost extent of every packed matrix.
#define PITH_PANEL_WIDTH 16

/// The fastest instruction set that this machine has, a value of `enum pith_isa`.
int pith_isa_best(void);

/// 1 when this build and this machine have `isa`, else 0; 0 for numbers that are not in `enum pith_isa`.
///
/// A kernel called with an instruction set that is not supported runs the portable code, which gives the same bits.
int pith_isa_supported(int isa);

/// "portable", "avx2", "avx512", "neon" or "wasm"; "unknown" for other numbers. The string is static.
const char *pith_isa_name(int isa);

// MARK: The list of kernels

/// How many kernels there are, each for every instruction set.
int pith_kernel_count(void);

/// A kernel's name, for example "softmax", and what it computes: operators by ONNX's names, and steps of training. The
/// strings are static. `index`: 0 up to `pith_kernel_count()`.
const char *pith_kernel_name(int index);
const char *pith_kernel_purpose(int index);

// MARK: Waiting

/// Tells the processor that this thread looks at the same place again and again.
static inline void pith_spin_hint(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

// MARK: Fused multiply-add
//
// On WebAssembly and in freestanding builds this library also defines `fmaf`, which Embedded Swift's `addingProduct`
// calls where no instruction serves.

/// `a * b + c` rounded once to nearest even, by an exact product in double and a sum rounded to odd.
///
/// Right for all inputs, with subnormal results, overflow, infinities and signed zeros; a NaN result may be any NaN.
float pith_fmaf_software(float a, float b, float c);

/// `a * b + c` rounded once: one instruction where the target is known to have it, else `pith_fmaf_software`.
static inline float pith_fmaf(float a, float b, float c) {
#if defined(__FMA__) || defined(__aarch64__) || defined(__ARM_FEATURE_FMA)
    return __builtin_fmaf(a, b, c);
#else
    return pith_fmaf_software(a, b, c);
#endif
}

// MARK: Panels
//
// A K x N matrix is packed as ceil(N / 16) panels. A panel is K rows of 16 floats; panel p holds columns 16p to
// 16p + 15 and begins at packed + p * K * 16. Columns from N on are +0. A range of panels is a packed matrix itself.

/// Floats that `pith_pack_f32` writes for a `k` x `n` matrix: ceil(n / 16) * k * 16. The caller rules out overflow.
size_t pith_pack_size(size_t k, size_t n);

/// Packs a `k` x `n` matrix into panels, bit for bit.
///
/// - packed: `pith_pack_size(k, n)` floats, all of which are written.
/// - b: element (kk, j) is `b[kk * k_stride + j * n_stride]`. Fast where either stride is 1.
void pith_pack_f32(float *packed, const float *b, size_t k, size_t n, ptrdiff_t k_stride, ptrdiff_t n_stride);

/// The inverse of `pith_pack_f32`: writes the `k` x `n` matrix row-major, without gaps, to `b`.
void pith_unpack_f32(float *b, const float *packed, size_t k, size_t n);

// MARK: Matrix product

/// What happens to a sum before it is stored.
///
/// In this order: add `column_bias`, add `row_bias` (each one rounding, and skipped when NULL), apply `activation`,
/// replace any NaN by 0x7FC00000.
struct pith_matmul_epilogue {
    /// `n` floats, one per column of C, or NULL.
    const float *column_bias;
    /// `m` floats, one per row of C, or NULL.
    const float *row_bias;
    /// 0: none. 1: ReLU, where NaN stays NaN and -0 gives +0.
    int activation;
};

/// C = epilogue(A * B).
///
/// Each element starts at +0, then `acc = fma(a[i, kk], b[kk, j], acc)` with kk ascending, then the epilogue. So the
/// bits of an element depend on its row of A and its column of B alone: to split the work, call it for a range of rows
/// (advance `a`, `c` and `row_bias`) or of panels (advance `b_packed`, `c` and `column_bias`).
///
/// - m, n, k: rows of C, columns of C, length of the sums. Any may be 0; with `k` = 0 each sum is +0.
/// - a: element (i, kk) is `a[i * a_row_stride + kk * a_k_stride]`, read in place.
/// - b_packed: K x N in panels.
/// - c: element (i, j) is `c[i * ldc + j]`; `n` columns of each row are written, nothing between rows is touched.
/// - epilogue: NULL is the same as one that is all zero.
void pith_matmul_f32(
    int isa, size_t m, size_t n, size_t k, const float *a, ptrdiff_t a_row_stride, ptrdiff_t a_k_stride,
    const float *b_packed, float *c, ptrdiff_t ldc, const struct pith_matmul_epilogue *epilogue);

// MARK: Matrix product with narrow weights

/// How a packed weight is stored. The numbers are stable.
enum pith_narrow {
    /// bfloat16: the high half of a float.
    PITH_NARROW_BF16 = 1,
    /// IEEE binary16.
    PITH_NARROW_F16 = 2,
    /// Whole numbers from -128 to 127, each times a scale.
    PITH_NARROW_I8 = 3,
    /// Numbers of one of 16 floats.
    PITH_NARROW_PALETTE = 4,
    /// Numbers of one of 256 floats.
    PITH_NARROW_WIDE_PALETTE = 5,
};

/// Floats of a palette, and of a wide one.
#define PITH_PALETTE_SIZE 16
#define PITH_WIDE_PALETTE_SIZE 256

/// With up to so many different floats the product by a `k` x `n` weight of their numbers is faster than by the floats; 0 where
/// it never is.
size_t pith_palette_most_floats(int isa, size_t k, size_t n);

/// 1 where the product by a `k` x `n` weight of whole numbers is faster than by its floats, else 0.
int pith_affine_is_fast(int isa, size_t k, size_t n);

/// Bytes of a packed `k` x `n` weight. Also the offset of column `n`, a multiple of 32, in a wider one of as many rows.
size_t pith_narrow_pack_size(int type, size_t k, size_t n);

/// Packs a `k` x `n` matrix of 16-bit or 8-bit elements; what pads it is zero.
///
/// Panels as in `pith_pack_f32`, of the narrow type. With bfloat16 two panels are one: element (kk, q) of the first is the
/// low half, of the second the high half, of the 32-bit little-endian word q of row kk. With a palette eight rows are one:
/// word q has the numbers of column q, four bits each, the first row's in the lowest; with a wide one four rows are, and byte
/// 16 i + 4 r + q is the number of row r, column 4 i + q.
///
/// - b: element (kk, j) is `b[kk * k_stride + j * n_stride]`, strides in elements; of a palette a byte below 16.
void pith_narrow_pack(
    int type, void *packed, const void *b, size_t k, size_t n, ptrdiff_t k_stride, ptrdiff_t n_stride);

/// Puts a part of a matrix of 16-bit or 32-bit elements into panels, for weights that are decoded piece by piece.
///
/// Parts may come in any order, from several threads too. Together with `pith_panels_clear_padding` they give what
/// `pith_pack_f32` and `pith_narrow_pack` give.
///
/// - type: 0 for float32, else one of `pith_narrow` of 16 bits.
/// - part: `count` elements of the row-major matrix, from element `first` on: K x N, or N x K where `transposed`. At any
///   address.
void pith_panels_fill(
    void *panels, int type, size_t k, size_t n, int transposed, const void *part, size_t first, size_t count);

/// Sets the last panel to zero, or the last two together, where columns from `n` on pad it; before parts are put there.
void pith_panels_clear_padding(void *panels, int type, size_t k, size_t n);

/// `pith_matmul_f32` by a weight that is widened in registers, where it is the same number: bits are those of the
/// product by the widened weight.
///
/// - type: PITH_NARROW_BF16 or PITH_NARROW_F16.
/// - a: element (i, kk) is `a[i * a_row_stride + kk]`.
/// - b_packed: from `pith_narrow_pack`.
/// - the others: as in `pith_matmul_f32`. To split the work, call it for ranges of rows, or of 32 columns.
void pith_narrow_matmul(
    int isa, int type, size_t m, size_t n, size_t k, const float *a, ptrdiff_t a_row_stride, const void *b_packed,
    float *c, ptrdiff_t ldc, const struct pith_matmul_epilogue *epilogue);

/// A weight of few different floats.
struct pith_palette {
    /// K x N bytes, from `pith_narrow_pack` as PITH_NARROW_PALETTE, or with more than PITH_PALETTE_SIZE floats as
    /// PITH_NARROW_WIDE_PALETTE.
    const void *numbers;
    /// PITH_PALETTE_SIZE floats; of a wide palette PITH_WIDE_PALETTE_SIZE, first the lowest bytes of all, and so on.
    const void *values;
    /// How many floats the numbers are of.
    size_t floats;
};

/// `pith_narrow_matmul` by a weight of few floats.
void pith_palette_matmul(
    int isa, size_t m, size_t n, size_t k, const float *a, ptrdiff_t a_row_stride, const struct pith_palette *b,
    float *c, ptrdiff_t ldc, const struct pith_matmul_epilogue *epilogue);

/// A weight of whole numbers: element (kk, j) is `(float)code * scale` with one rounding, where the scale is that of column j
/// in group kk / group_rows.
struct pith_affine {
    /// K x N bytes, from `pith_narrow_pack` as PITH_NARROW_I8.
    const void *codes;
    /// For each group of rows a scale for each column, up to a whole panel.
    const float *scales;
    /// Rows of a group, at least 1, and from the scales of one group to those of the next.
    size_t group_rows, group_stride;
};

/// `pith_narrow_matmul` by a weight of whole numbers.
void pith_affine_matmul(
    int isa, size_t m, size_t n, size_t k, const float *a, ptrdiff_t a_row_stride, const struct pith_affine *b,
    float *c, ptrdiff_t ldc, const struct pith_matmul_epilogue *epilogue);

// MARK: Matrix product of bytes

/// A weight of whole numbers from -128 to 127 for products of bytes.
struct pith_integers {
    /// From `pith_integers_pack`, with the sums.
    const int8_t *codes;
    /// For each column, up to a whole panel: the sum of its numbers, its zero point and its scale.
    const int32_t *sums, *zeros;
    const float *scales;
};

/// Bytes of the numbers of a `k` x `n` weight.
size_t pith_integers_pack_size(size_t k, size_t n);

/// Packs whole numbers: panels as in `pith_pack_f32`, but of four rows that stand together, for each column.
///
/// - sums: for each column, up to a whole panel, the sum of its numbers, modulo 2^32.
/// - b: element (kk, j) is `b[kk * k_stride + j * n_stride]`.
void pith_integers_pack(
    int8_t *codes, int32_t *sums, const int8_t *b, size_t k, size_t n, ptrdiff_t k_stride, ptrdiff_t n_stride);

/// Bytes from one row of `columns` bytes to the next.
size_t pith_byte_row(size_t columns);

/// DynamicQuantizeLinear of a matrix.
///
/// - q: `rows` rows of bytes, `pith_byte_row(columns)` apart; what is between them is written too.
/// - sums: for each row the sum of its bytes less their zero point.
/// - x: [rows, columns].
void pith_quantize_f32(
    int isa, uint8_t *q, int32_t *sums, float *scale, int32_t *zero, const float *x, size_t rows, size_t columns);

/// C = epilogue(float(A * B) * (scale of A * scale of the column)): MatMulInteger, Cast and Mul.
///
/// The integer sums of what both are less their zero points are taken modulo 2^32. The conversion and both products take one
/// rounding each.
///
/// - a, a_sums, a_scale, a_zero: from `pith_quantize_f32`, K columns.
/// - the others: as in `pith_matmul_f32`. To split the work, call it for ranges of rows, or of 16 columns.
void pith_integer_matmul(
    int isa, size_t m, size_t n, size_t k, const uint8_t *a, const int32_t *a_sums, float a_scale, int32_t a_zero,
    const struct pith_integers *b, float *c, ptrdiff_t ldc, const struct pith_matmul_epilogue *epilogue);

// MARK: Matrix product with sparse weights

/// Columns of a unit, and rows of a chunk: 32 of either.
#define PITH_SPARSE_WIDTH 32
#define PITH_SPARSE_CHUNK 32

/// Up to one element of each of 32 columns, all from one chunk of k.
struct pith_sparse_step {
    /// The element's row, from the chunk's first; -1 where there is none, with a value of -0.
    int8_t index[PITH_SPARSE_WIDTH];
    float value[PITH_SPARSE_WIDTH];
};

/// The steps that a `k` x `n` matrix takes: for every chunk of 32 rows of every 32 columns, the most elements of a column
/// that are not +0.
///
/// - panels: the matrix as `pith_pack_f32` packs it.
size_t pith_sparse_steps(const float *panels, size_t k, size_t n);

/// The steps up to which the sparse product is the faster one, with any number of rows.
size_t pith_sparse_most_steps(int isa, size_t k, size_t n);

/// Bytes of a packed sparse weight of so many steps, less than 2^32.
size_t pith_sparse_pack_size(size_t n, size_t steps);

/// Packs the elements of a `k` x `n` matrix that are not +0.
///
/// - packed: `pith_sparse_pack_size(n, steps)` bytes at an address for floats.
/// - steps: as `pith_sparse_steps` gives them.
/// - panels: the matrix as `pith_pack_f32` packs it.
void pith_sparse_pack(void *packed, size_t steps, const float *panels, size_t k, size_t n);

/// `pith_matmul_f32` by a sparse weight: the same bits for all numbers, with +0 where nothing is stored.
///
/// A row with an infinity or NaN, and sums that underflow to -0, take the time of a dense product.
///
/// - a: element (i, kk) is `a[i * a_row_stride + kk]`.
/// - packed: from `pith_sparse_pack`, with the same n and k.
/// - first_column, last_column: the columns to compute, to split the work; the first a multiple of 32.
/// - c, epilogue: as in `pith_matmul_f32`, of the whole product.
void pith_sparse_matmul(
    int isa, size_t m, size_t n, size_t k, const float *a, ptrdiff_t a_row_stride, const void *packed,
    size_t first_column, size_t last_column, float *c, ptrdiff_t ldc, const struct pith_matmul_epilogue *epilogue);

// MARK: Convolution

/// A convolution, all of whose sizes are at least 1, of one image of [channels, height, width] by a weight of
/// [filters, channels / groups, kernel_h, kernel_w]. One-dimensional: heights of 1.
struct pith_conv {
    size_t channels, height, width;
    size_t filters, groups;
    size_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w;
    /// Output (oy, ox) begins at row `oy * stride_h - pad_top` and column `ox * stride_w - pad_left`.
    ptrdiff_t pad_top, pad_left;
    /// Before pooling. Windows may reach outside the image on any side.
    size_t out_h, out_w;
    /// As in `pith_matmul_epilogue`.
    int activation;
    /// 1: each 2 x 2 outputs give one, as `pith_maxpool_f32` with kernel and stride 2 has it; an odd last row or column
    /// is left out.
    int pool_2x2;
};

/// Floats of scratch for `pith_conv_f32`. Bounded by one block of output rows, not by the image.
size_t pith_conv_scratch_size(const struct pith_conv *conv);

/// One image's convolution, bias, activation and pooling.
///
/// Each element starts at +0, then `acc = fma(weight, cell, acc)` over (channel of the group, kernel row, kernel column)
/// ascending, where a cell outside the image is +0; then bias, activation, NaN made canonical, pooling.
///
/// - y: [filters, out_h, out_w], or with pooling [filters, out_h / 2, out_w / 2].
/// - x: [channels, height, width]. weight: [filters, channels / groups, kernel_h, kernel_w], read in place.
/// - bias: `filters` floats or NULL.
/// - scratch: `pith_conv_scratch_size` floats, one for each thread; contents do not matter. 64-byte alignment is faster.
/// - first_row, last_row: the rows of y, after pooling, to compute, in every filter; rows can be split between threads.
///   Nothing else in y is touched.
void pith_conv_f32(
    int isa, const struct pith_conv *conv, float *y, const float *x, const float *weight, const float *bias,
    float *scratch, size_t first_row, size_t last_row);

/// Max pooling of one plane.
///
/// Output (oy, ox) is the first of the largest cells of its window in (kernel row, kernel column) order, with its sign
/// of zero; if any cell is NaN, the result is 0x7FC00000 and the winner is the first NaN. Cells outside the plane take
/// no part; a window with no cell inside gives -infinity and index -1.
///
/// - y: [out_h, out_w], row-major without gaps.
/// - indices: [out_h, out_w] or NULL; the winner's row * width + column. height * width must fit int32.
/// - plane: [height, width], row-major without gaps.
/// - pad_top, pad_left: output pixel (oy, ox) begins at row `oy * stride_h - pad_top` and column
///   `ox * stride_w - pad_left`; may be negative.
void pith_maxpool_f32(
    int isa, float *y, int32_t *indices, const float *plane, size_t height, size_t width, size_t kernel_h,
    size_t kernel_w, size_t stride_h, size_t stride_w, size_t dilation_h, size_t dilation_w, ptrdiff_t pad_top,
    ptrdiff_t pad_left, size_t out_h, size_t out_w);

// MARK: Element-wise
//
// y may be the very same buffer as an input.

/// Functions of one number, as spec/ARITHMETIC.md defines the operator of the same name. The numbers are stable.
enum pith_unary {
    PITH_UNARY_RELU = 0,
    /// `alpha` times what is below zero.
    PITH_UNARY_LEAKY_RELU = 1,
    PITH_UNARY_NEG = 2,
    PITH_UNARY_ABS = 3,
    PITH_UNARY_SQRT = 4,
    PITH_UNARY_EXP = 5,
    PITH_UNARY_LOG = 6,
    PITH_UNARY_ERF = 7,
    PITH_UNARY_SIGMOID = 8,
    PITH_UNARY_TANH = 9,
    /// With approximate = none.
    PITH_UNARY_GELU = 10,
    /// With approximate = tanh.
    PITH_UNARY_GELU_TANH = 11,
    PITH_UNARY_RECIPROCAL = 12,
    /// Not below `alpha`, and then not above `beta`.
    PITH_UNARY_CLIP = 13,
    PITH_UNARY_HARD_SIGMOID = 14,
    /// `x` times its hard sigmoid.
    PITH_UNARY_HARD_SWISH = 15,
    PITH_UNARY_ELU = 16,
};

/// y[i] = function(x[i]), a NaN being 0x7FC00000; `n` elements.
///
/// - function: of `enum pith_unary`.
/// - alpha, beta: the attributes of a function that has them; others ignore them.
void pith_unary_f32(int isa, int function, float *y, const float *x, size_t n, float alpha, float beta);

/// Average pooling of one plane of many: each output is the sum of a window's cells inside the plane, row by row from +0,
/// divided by their count, or with `counts_padding` by that of the window's positions inside the padded plane.
///
/// - y: [planes, out_h, out_w], of which one plane is written. x: [planes, height, width], width below 2^29.
void pith_avgpool_f32(
    int isa, float *y, const float *x, size_t planes, size_t plane, size_t height, size_t width, size_t kernel_h,
    size_t kernel_w, size_t stride_h, size_t stride_w, size_t dilation_h, size_t dilation_w, ptrdiff_t pad_top,
    ptrdiff_t pad_left, size_t pad_bottom, size_t pad_right, size_t out_h, size_t out_w, int counts_padding);

/// Softmax, or with `logarithm` its logarithm, of [outer, length, inner] along the middle, as spec/ARITHMETIC.md has it.
/// Threads can share the outer extent. y may be the very same buffer as x.
void pith_softmax_f32(
    int isa, float *y, const float *x, size_t outer, size_t length, size_t inner, int logarithm);

/// y[i] = a[i] + b[i]; `n` elements.
void pith_add_f32(int isa, float *y, const float *a, const float *b, size_t n);

/// y[i] = a[i] * b[i]; `n` elements.
void pith_mul_f32(int isa, float *y, const float *a, const float *b, size_t n);

// MARK: Sums and normalisations

/// `count` rows of `length` floats, `pitch` floats from one to the next; several operands of one kernel lie alike.
struct pith_rows {
    size_t length, count, pitch;
};

/// Sixteen sums: sums[i % 16] += x[i], i ascending from 0 in each row, rows ascending.
void pith_lane_sums_f32(int isa, float *sums, const float *x, const struct pith_rows *rows);

/// Sixteen sums: sums[i % 16] = fma(a[i] - a_shift, b[i] - b_shift, sums[i % 16]), i ascending from 0 in each row, rows
/// ascending.
void pith_lane_products_f32(
    int isa, float *sums, const float *a, float a_shift, const float *b, float b_shift, const struct pith_rows *rows);

/// y[i] = fma(x[i] - mean, factor, offset) in each row; y may be x.
void pith_normalize_f32(
    int isa, float *y, const float *x, float mean, float factor, float offset, const struct pith_rows *rows);

/// y[i] = fma(a[i], b[i], c[i]); y may be a.
void pith_multiply_add_f32(int isa, float *y, const float *a, const float *b, const float *c, size_t n);

#ifdef __cplusplus
}
#endif

#include "CPithCodecs.h"
#include "CPithMovement.h"
#include "CPithTraining.h"

#endif
