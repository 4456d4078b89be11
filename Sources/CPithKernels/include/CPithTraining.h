// What only training calls: a program that runs models is linked without it.

#ifndef CPITHTRAINING_H
#define CPITHTRAINING_H

#include "CPithWindows.h"

#ifdef __cplusplus
extern "C" {
#endif

// MARK: Forward

/// y[i] = x[i] > 0 ? x[i] : +0, and NaN gives 0x7FC00000; `n` elements.
void pith_relu_f32(int isa, float *y, const float *x, size_t n);

// MARK: Gradients

/// dx[i] = y[i] > 0 ? g[i] : +0, where y is ReLU's output or its input; dx may be g.
void pith_relu_gradient_f32(int isa, float *dx, const float *y, const float *g, size_t n);

/// The gradient of one plane's `pith_maxpool_f32`: `cells` zeros, to which each of the `n` elements of g is added at its
/// index, in ascending order; an index of -1 is left out.
void pith_maxpool_gradient_f32(float *dx, size_t cells, const float *g, const int32_t *indices, size_t n);

/// Max pooling of one plane by windows of 2 x 2 side by side, an odd last row or column left out: `pith_maxpool_f32`, then the
/// activation of `pith_matmul_epilogue`.
///
/// - y: [height / 2, width / 2].
void pith_pool_pairs_f32(int isa, float *y, const float *plane, size_t height, size_t width, int activation);

/// The gradient of `pith_pool_pairs_f32` in the plane before it: each g, added to +0, stands at its window's winner, and +0
/// elsewhere; with ReLU +0 too where the greatest is not above zero.
///
/// - dx: [height, width]. g: [height / 2, width / 2].
void pith_pool_pairs_gradient_f32(
    int isa, float *dx, const float *plane, const float *g, size_t height, size_t width, int activation);

/// The images of a batch as the gradient of a convolution's weight takes them, of one group.
struct pith_conv_images {
    size_t count;
    /// The first image [channels, height, width], already padded, and floats from one image to the next.
    const float *x;
    size_t x_pitch;
    /// The output's gradient for the first image, as the panels of an [out_h * out_w, filters] matrix; floats to the next.
    const float *g;
    size_t g_pitch;
    /// Whether the sums go on from those of the images before, not from +0.
    int goes_on;
};

/// The pieces that one group's weight gradient can be split into; all are about as much work.
size_t pith_conv_weight_gradient_units(const struct pith_conv *conv);

/// The gradient of a convolution's weight, of one group: each sum takes the images ascending and in each the output pixels
/// ascending, acc = fma(x, g, acc).
///
/// - conv: channels and filters of the group, `groups` 1, no padding.
/// - gradient: [channels * kernel_h * kernel_w, filters].
/// - first_unit, last_unit: the pieces to compute; each writes elements of its own.
void pith_conv_weight_gradient_f32(
    int isa, const struct pith_conv *conv, float *gradient, const struct pith_conv_images *images, size_t first_unit,
    size_t last_unit);

/// The gradient of a convolution's bias, of one group, [filters]: as `pith_conv_weight_gradient_f32`, each factor x being 1.
void pith_conv_bias_gradient_f32(
    int isa, const struct pith_conv *conv, float *gradient, const struct pith_conv_images *images);

/// The numbers of a normalisation's gradient.
struct pith_normalization {
    float mean, factor, shift, tilt;
};

/// dx[i] = fma(-(x[i] - mean), tilt, g[i] - shift) * factor in each row.
void pith_normalize_gradient_f32(
    int isa, float *dx, const float *g, const float *x, const struct pith_normalization *rule,
    const struct pith_rows *rows);

// MARK: Training rules
//
// One step on `n` parameters in place (`spec/arithmetic-training.md`, "Steps"). g is the gradient. NULL state is state
// that the rule does not have.

/// Stochastic gradient descent.
struct pith_sgd {
    float rate, momentum, weight_decay;
    int nesterov;
};

/// Adam and AdamW; `share1` and `share2` are 1 - beta1 and 1 - beta2.
struct pith_adam {
    /// The rate divided by 1 - beta1^t, and the root of 1 - beta2^t.
    float size, root;
    float share1, beta2, share2, epsilon, weight_decay;
    /// What the parameter is multiplied by first: 1, or 1 - rate * weight decay in AdamW.
    float shrinkage;
};

/// RMSprop; `share` is 1 - alpha.
struct pith_rmsprop {
    float rate, alpha, share, epsilon, weight_decay, momentum;
};

/// - velocity: NULL without momentum.
void pith_sgd_f32(int isa, float *p, float *velocity, const float *g, size_t n, const struct pith_sgd *rule);

void pith_adam_f32(
    int isa, float *p, float *mean, float *variance, const float *g, size_t n, const struct pith_adam *rule);

/// - mean: NULL when not centered.
/// - velocity: NULL without momentum.
void pith_rmsprop_f32(
    int isa, float *p, float *square, float *mean, float *velocity, const float *g, size_t n,
    const struct pith_rmsprop *rule);

/// y = fma(share, x - y, y).
void pith_lerp_f32(int isa, float *y, const float *x, float share, size_t n);

/// y = factor * x; y may be x.
void pith_scale_f32(int isa, float *y, const float *x, float factor, size_t n);

/// The sum of squares in float64: element i goes to sum i mod 16, which starts at +0 and takes its elements in
/// ascending order; then the sixteen are added in ascending order from +0.
double pith_sum_of_squares_f32(int isa, const float *x, size_t n);

#ifdef __cplusplus
}
#endif

#endif
