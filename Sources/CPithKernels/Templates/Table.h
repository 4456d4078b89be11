// All templates for one instruction set, and their tables.

#include "Vector.h"

#include "Elementwise.h"
#include "Functions.h"
#include "Im2col.h"
#include "Tile.h"
#include "Matmul.h"
#include "Normalisation.h"
#include "Reductions.h"
#include "Convolution.h"
#include "Narrow.h"
#include "Pooling.h"
#include "Quantize.h"
#include "Softmax.h"
#include "Sparse.h"

#include "Gradients.h"
#include "Optimizers.h"
#include "PoolingPairs.h"

#define PITH_ENTRY(name, result, purpose, parameters) .name = PITH_NAME(name),
const struct pith_kernel_table PITH_NAME(pith_kernels) = {PITH_KERNELS(PITH_ENTRY)};
const struct pith_training_table PITH_NAME(pith_training_kernels) = {PITH_TRAINING_KERNELS(PITH_ENTRY)};
#undef PITH_ENTRY
