// Matrix products with weights of fewer bits than floats, or of few elements that are not zero.

#ifndef CPITHWEIGHTS_H
#define CPITHWEIGHTS_H

#include "CPithKernels.h"

#ifdef __cplusplus
extern "C" {
#endif

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

#ifdef __cplusplus
}
#endif

#endif
