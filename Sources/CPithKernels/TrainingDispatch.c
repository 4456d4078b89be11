#include "KernelTable.h"

void pith_im2col_pack_f32(
    int isa, float *packed, const float *image, size_t channels, size_t height, size_t width, size_t kernel_h,
    size_t kernel_w, size_t stride_h, size_t stride_w, size_t dilation_h, size_t dilation_w, ptrdiff_t pad_top,
    ptrdiff_t pad_left, size_t out_h, size_t out_w, size_t p0, size_t p1) {
    const struct pith_window w = {
        height, width, kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_top, pad_left, out_h, out_w,
    };
    pith_training_kernels(isa)->im2col(packed, image, channels, &w, p0, p1);
}

void pith_relu_f32(int isa, float *y, const float *x, size_t n) { pith_training_kernels(isa)->relu(y, x, n); }

void pith_sgd_f32(int isa, float *p, float *velocity, const float *g, size_t n, const struct pith_sgd *rule) {
    pith_training_kernels(isa)->sgd(p, velocity, g, n, rule);
}

void pith_adam_f32(
    int isa, float *p, float *mean, float *variance, const float *g, size_t n, const struct pith_adam *rule) {
    pith_training_kernels(isa)->adam(p, mean, variance, g, n, rule);
}

void pith_rmsprop_f32(
    int isa, float *p, float *square, float *mean, float *velocity, const float *g, size_t n,
    const struct pith_rmsprop *rule) {
    pith_training_kernels(isa)->rmsprop(p, square, mean, velocity, g, n, rule);
}

void pith_lerp_f32(int isa, float *y, const float *x, float share, size_t n) {
    pith_training_kernels(isa)->lerp(y, x, share, n);
}

void pith_scale_f32(int isa, float *y, const float *x, float factor, size_t n) {
    pith_training_kernels(isa)->scale(y, x, factor, n);
}

double pith_sum_of_squares_f32(int isa, const float *x, size_t n) {
    return pith_training_kernels(isa)->sum_of_squares(x, n);
}

void pith_relu_gradient_f32(int isa, float *dx, const float *y, const float *g, size_t n) {
    pith_training_kernels(isa)->relu_gradient(dx, y, g, n);
}

void pith_pool_pairs_f32(int isa, float *y, const float *plane, size_t height, size_t width, int activation) {
    pith_training_kernels(isa)->pool_pairs(y, plane, height, width, activation);
}

void pith_pool_pairs_gradient_f32(
    int isa, float *dx, const float *plane, const float *g, size_t height, size_t width, int activation) {
    pith_training_kernels(isa)->pool_pairs_gradient(dx, plane, g, height, width, activation);
}

void pith_normalize_gradient_f32(
    int isa, float *dx, const float *g, const float *x, const struct pith_normalization *rule,
    const struct pith_rows *rows) {
    pith_training_kernels(isa)->normalize_gradient(dx, g, x, rule, rows);
}
