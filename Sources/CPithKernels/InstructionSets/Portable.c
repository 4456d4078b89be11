#include "../KernelTable.h"

#pragma clang fp contract(off)

#define PITH_SUFFIX portable
#define PITH_LANES 4
#if defined(__FMA__) || defined(__aarch64__) || defined(__ARM_FEATURE_FMA)
#define PITH_SOFTWARE_FMA 0
#else
#define PITH_SOFTWARE_FMA 1
#endif

/// Rows of the usual tile, and its panels. Each sum is two vectors of double.
#define PITH_TILE_ROWS 2
#define PITH_GROUP_PANELS 1
/// Every (rows, panels): wide tiles before narrow ones, then tall ones before short ones.
#define PITH_TILES(T) T(2, 1) T(1, 1)

/// Whether halves widen by an instruction; whether narrow weights are widened before they are multiplied.
#define PITH_HAS_F16 0
#define PITH_WIDENS_FIRST 1

#if defined(__SSE2__)
/// Products of pairs of numbers of 16 bits, and their sums.
#define PITH_MULTIPLY_PAIRS(a, b) __builtin_ia32_pmaddwd128(a, b)
#endif

#include "../Templates/Table.h"
