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
#include "Quantize.h"
#include "Softmax.h"
#include "Sparse.h"

const struct pith_kernel_table PITH_NAME(pith_kernels) = {
#define PITH_ENTRY(name, result, purpose, parameters) .name = PITH_NAME(name),
    PITH_KERNELS(PITH_ENTRY)
#undef PITH_ENTRY
};
