// All templates for one instruction set, and their table.

#include "Vector.h"

#include "Elementwise.h"
#include "Functions.h"
#include "Im2col.h"
#include "Tile.h"
#include "Matmul.h"
#include "Optimizers.h"
#include "Gradients.h"
#include "Convolution.h"
#include "Narrow.h"
#include "Pooling.h"
#include "Softmax.h"
#include "Sparse.h"

const struct pith_kernel_table PITH_NAME(pith_kernels) = {
    .matmul = PITH_NAME(matmul),
    .conv = PITH_NAME(conv),
    .narrow = PITH_NAME(narrow),
    .sparse = PITH_NAME(sparse),
    .im2col = PITH_NAME(im2col),
    .maxpool = PITH_NAME(maxpool),
    .unary = PITH_NAME(unary),
    .softmax = PITH_NAME(softmax),
    .relu = PITH_NAME(relu),
    .add = PITH_NAME(add),
    .sub = PITH_NAME(sub),
    .mul = PITH_NAME(mul),
    .sgd = PITH_NAME(sgd),
    .adam = PITH_NAME(adam),
    .rmsprop = PITH_NAME(rmsprop),
    .lerp = PITH_NAME(lerp),
    .scale = PITH_NAME(scale),
    .sum_of_squares = PITH_NAME(sum_of_squares),
    .relu_gradient = PITH_NAME(relu_gradient),
    .lane_sums = PITH_NAME(lane_sums),
    .lane_products = PITH_NAME(lane_products),
    .normalize = PITH_NAME(normalize),
    .normalize_gradient = PITH_NAME(normalize_gradient),
};
