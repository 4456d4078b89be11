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
#include "CPithLogic.h"
#include "CPithMovement.h"
#include "CPithTraining.h"
#include "CPithWeights.h"
#include "CPithWindows.h"

#endif
