#include "../KernelTable.h"

#if defined(__wasm_simd128__)

#pragma clang fp contract(off)

#define PITH_SUFFIX wasm
#define PITH_LANES 4
#define PITH_SOFTWARE_FMA 1

/// Panels of a full group.
#define PITH_MATMUL_GROUP 1
/// Wider tiles first, then taller ones.
#define PITH_MATMUL_TILES(T) T(2, 1) T(1, 1)

#include "../Templates/Table.h"

#endif
