// All templates for one instruction set, and their tables.

#include "Vector.h"

#include "Elementwise.h"
#include "Functions.h"
#include "Window.h"
#include "Products/Tile.h"
#include "Products/Matmul.h"
#include "Normalisation.h"
#include "Reductions.h"
#include "Convolution.h"
#include "Products/Narrow.h"
#include "Pooling.h"
#include "Products/Quantize.h"
#include "Softmax.h"
#include "Products/Sparse.h"

#include "Training/Gradients.h"
#include "Training/Optimizers.h"
#include "Training/PoolingPairs.h"

#define PITH_ENTRY(name, result, purpose, parameters) .name = PITH_NAME(name),
const struct pith_kernel_table PITH_NAME(pith_kernels) = {PITH_KERNELS(PITH_ENTRY)};
const struct pith_training_table PITH_NAME(pith_training_kernels) = {PITH_TRAINING_KERNELS(PITH_ENTRY)};
#undef PITH_ENTRY
