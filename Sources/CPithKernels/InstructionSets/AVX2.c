#include "../KernelTable.h"

#if defined(__x86_64__)

#pragma clang fp contract(off)

#define PITH_SUFFIX avx2
#define PITH_LANES 8
#define PITH_SOFTWARE_FMA 0
#define PITH_HAS_PERMUTE 1

/// Rows of the usual tile, and its panels. 16 registers: 12 sums, a row of B in two, a value of A.
#define PITH_TILE_ROWS 6
#define PITH_GROUP_PANELS 1
/// Every (rows, panels): wide tiles before narrow ones, then tall ones before short ones.
#define PITH_TILES(T)                                                                                                 \
    T(1, 7) T(1, 6) T(1, 5) T(1, 4) T(2, 3) T(1, 3) T(3, 2) T(2, 2) T(1, 2) T(6, 1) T(5, 1) T(4, 1) T(3, 1) T(2, 1)   \
    T(1, 1)

/// Whether halves widen by an instruction; most panels of one row's tile with narrow weights; rows of a tile of half as
/// many panels.
#define PITH_HAS_F16 1
#define PITH_NARROW_PANELS 4
#define PITH_NARROW_ROWS 2

/// Products of pairs of numbers of 16 bits, and their sums.
#define PITH_MULTIPLY_PAIRS(a, b) __builtin_ia32_pmaddwd256(a, b)
#define PITH_HAS_VNNI __builtin_cpu_supports("avxvnni")

#define PITH_TARGET "avx2,fma,f16c"
#pragma clang attribute push(__attribute__((target(PITH_TARGET))), apply_to = function)
#include "../Templates/Vector.h"
#pragma clang attribute pop

// The vector neural network instructions, which not every processor has.
#pragma clang attribute push(__attribute__((target(PITH_TARGET ",avxvnni"))), apply_to = function)
#define PITH_INTEGERS vnni
#define PITH_INTEGER_TILE_PANELS 4
#define PITH_DOT(sum, without_sign, with_sign) (vi)__builtin_ia32_vpdpbusd256((sum), (without_sign), (with_sign))
#include "../Templates/Products/Integers.h"
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target(PITH_TARGET))), apply_to = function)
#include "../Templates/Table.h"
#pragma clang attribute pop

#endif
