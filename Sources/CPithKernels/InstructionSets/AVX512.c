#include "../KernelTable.h"

#if defined(__x86_64__)

#pragma clang fp contract(off)

#define PITH_SUFFIX avx512
#define PITH_LANES 16
#define PITH_SOFTWARE_FMA 0
#define PITH_MASKED_MEMORY 1

/// y times two to the power of n, whole numbers, with one rounding.
#define PITH_HAS_SCALE 1
#define PITH_SCALE(y, n) __builtin_ia32_scalefps512_mask((y), (n), (vf){0}, (uint16_t)-1, 4)

/// Rows of the usual tile, and its panels. 32 registers: 24 sums, a row of B, a value of A.
#define PITH_TILE_ROWS 8
#define PITH_GROUP_PANELS 3
/// Every (rows, panels): wide tiles before narrow ones, then tall ones before short ones.
#define PITH_TILES(T)                                                                                                 \
    T(1, 8) T(1, 7) T(4, 6) T(3, 6) T(2, 6) T(1, 6) T(1, 5) T(6, 4) T(5, 4) T(4, 4) T(3, 4) T(2, 4) T(1, 4) T(8, 3)   \
    T(7, 3) T(6, 3) T(5, 3) T(4, 3) T(3, 3) T(2, 3) T(1, 3) T(12, 2) T(8, 2) T(7, 2) T(6, 2) T(5, 2) T(4, 2)          \
    T(3, 2) T(2, 2) T(1, 2) T(24, 1) T(16, 1) T(12, 1) T(8, 1) T(7, 1) T(6, 1) T(5, 1) T(4, 1) T(3, 1) T(2, 1)        \
    T(1, 1)

/// Whether halves widen by an instruction; most panels of one row's tile with narrow weights; rows of a tile of half as
/// many panels.
#define PITH_HAS_F16 1
#define PITH_NARROW_PANELS 8
#define PITH_NARROW_ROWS 4

/// Products of pairs of numbers of 16 bits, and their sums.
#define PITH_MULTIPLY_PAIRS(a, b) __builtin_ia32_pmaddwd512(a, b)
#define PITH_HAS_VNNI __builtin_cpu_supports("avx512vnni")

#define PITH_TARGET "avx512f,avx512vl,avx512bw,avx512dq,avx2,fma"
#pragma clang attribute push(__attribute__((target(PITH_TARGET))), apply_to = function)
#include "../Templates/Products/NarrowFinish.h"
#pragma clang attribute pop

// The vector neural network instructions, which not every processor has.
#pragma clang attribute push(__attribute__((target(PITH_TARGET ",avx512vnni"))), apply_to = function)
#define PITH_INTEGERS vnni
#define PITH_INTEGER_TILE_PANELS 8
#define PITH_DOT(sum, without_sign, with_sign) (vi)__builtin_ia32_vpdpbusd512((sum), (without_sign), (with_sign))
#include "../Templates/Products/Integers.h"
#pragma clang attribute pop

// Permutations of bytes, which not every processor has.
#define PITH_HAS_VBMI __builtin_cpu_supports("avx512vbmi")
#pragma clang attribute push(__attribute__((target(PITH_TARGET ",avx512vbmi"))), apply_to = function)
#include "../Templates/Products/WidePalette.h"
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target(PITH_TARGET))), apply_to = function)
#include "../Templates/Table.h"
#pragma clang attribute pop

#endif
