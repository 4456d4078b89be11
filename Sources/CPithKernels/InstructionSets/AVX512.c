#include "../KernelTable.h"

#if defined(__x86_64__)

#pragma clang fp contract(off)

#define PITH_SUFFIX avx512
#define PITH_LANES 16
#define PITH_SOFTWARE_FMA 0

/// Panels of a full group. 32 registers: 24 sums, a row of B, a value of A.
#define PITH_MATMUL_GROUP 3
/// Wider tiles first, then taller ones.
#define PITH_MATMUL_TILES(T)                                                                                          \
    T(1, 8) T(2, 6) T(1, 4) T(8, 3) T(4, 3) T(2, 3) T(1, 3) T(12, 2) T(8, 2) T(4, 2) T(2, 2) T(1, 2) T(24, 1) T(8, 1) \
    T(4, 1) T(2, 1) T(1, 1)

#pragma clang attribute push(                                                                                         \
    __attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma"))), apply_to = function)
#include "../Templates/Table.h"
#pragma clang attribute pop

#endif
