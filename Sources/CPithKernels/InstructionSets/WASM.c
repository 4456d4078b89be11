#include "../KernelTable.h"

#if defined(__wasm_simd128__)

#pragma clang fp contract(off)

#define PITH_SUFFIX wasm
#define PITH_LANES 4
#define PITH_SOFTWARE_FMA 1

/// Rows of the usual tile, and its panels. Each sum is two vectors of double.
#define PITH_TILE_ROWS 2
#define PITH_GROUP_PANELS 1
/// Every (rows, panels): wide tiles before narrow ones, then tall ones before short ones.
#define PITH_TILES(T) T(2, 1) T(1, 1)

/// Whether halves widen by an instruction; whether narrow weights are widened before they are multiplied.
#define PITH_HAS_F16 0
#define PITH_WIDENS_FIRST 1

#include "../Templates/Table.h"

#endif
