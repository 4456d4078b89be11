#include "../KernelTable.h"

#if defined(__aarch64__)

#pragma clang fp contract(off)

#define PITH_SUFFIX neon
#define PITH_LANES 4
#define PITH_SOFTWARE_FMA 0

/// Panels of a full group. 32 registers: 24 sums, a row of B in four, values of A.
#define PITH_MATMUL_GROUP 1
/// Wider tiles first, then taller ones.
#define PITH_MATMUL_TILES(T) T(1, 6) T(2, 3) T(1, 3) T(6, 1) T(4, 1) T(2, 1) T(1, 1)

#include "../Templates/Table.h"

#endif
