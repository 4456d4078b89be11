#include "KernelTable.h"

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
