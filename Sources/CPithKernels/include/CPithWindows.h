// Windows over images: convolution and pooling.

#ifndef CPITHWINDOWS_H
#define CPITHWINDOWS_H

#include "CPithKernels.h"

#ifdef __cplusplus
extern "C" {
#endif

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
    /// 1: the image comes from beyond the caches of a core, so that its planes are asked for ahead.
    int is_far;
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

/// Average pooling of one plane of many: each output is the sum of a window's cells inside the plane, row by row from +0,
/// divided by their count, or with `counts_padding` by that of the window's positions inside the padded plane.
///
/// - y: [planes, out_h, out_w], of which one plane is written. x: [planes, height, width], width below 2^29.
void pith_avgpool_f32(
    int isa, float *y, const float *x, size_t planes, size_t plane, size_t height, size_t width, size_t kernel_h,
    size_t kernel_w, size_t stride_h, size_t stride_w, size_t dilation_h, size_t dilation_w, ptrdiff_t pad_top,
    ptrdiff_t pad_left, size_t pad_bottom, size_t pad_right, size_t out_h, size_t out_w, int counts_padding);

#ifdef __cplusplus
}
#endif

#endif
