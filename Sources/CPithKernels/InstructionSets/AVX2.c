#include "../KernelTable.h"

#if defined(__x86_64__)

#pragma clang fp contract(off)

#define PITH_SUFFIX avx2
#define PITH_LANES 8
#define PITH_SOFTWARE_FMA 0

/// Panels of a full group. 16 registers: 12 sums, a row of B in two, a value of A.
#define PITH_MATMUL_GROUP 1
/// Wider tiles first, then taller ones.
#define PITH_MATMUL_TILES(T) T(1, 7) T(1, 4) T(2, 3) T(1, 2) T(6, 1) T(4, 1) T(2, 1) T(1, 1)

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "../Templates/Table.h"
#pragma clang attribute pop

#endif
