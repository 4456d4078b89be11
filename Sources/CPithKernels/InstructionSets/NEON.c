#include "../KernelTable.h"

#if defined(__aarch64__)

#pragma clang fp contract(off)

#define PITH_SUFFIX neon
#define PITH_LANES 4
#define PITH_SOFTWARE_FMA 0

/// Rows of the usual tile, and its panels. 32 registers: 24 sums, a row of B in four, values of A.
#define PITH_TILE_ROWS 6
#define PITH_GROUP_PANELS 1
/// Every (rows, panels): wide tiles before narrow ones, then tall ones before short ones.
#define PITH_TILES(T) T(1, 6) T(1, 5) T(1, 4) T(2, 3) T(1, 3) T(3, 2) T(2, 2) T(1, 2) T(6, 1) T(5, 1) T(4, 1) T(3, 1) T(2, 1) T(1, 1)

/// Whether halves widen by an instruction; most panels of one row's tile with narrow weights; rows of a tile of half as
/// many panels.
#define PITH_HAS_F16 1
#define PITH_NARROW_PANELS 4
#define PITH_NARROW_ROWS 2

#include "../Templates/Table.h"

#endif
