#include "../KernelTable.h"

#pragma clang fp contract(off)

#define PITH_SUFFIX portable
#define PITH_LANES 4
#if defined(__FMA__) || defined(__aarch64__) || defined(__ARM_FEATURE_FMA)
#define PITH_SOFTWARE_FMA 0
#else
#define PITH_SOFTWARE_FMA 1
#endif

/// Panels of a full group.
#define PITH_MATMUL_GROUP 1
/// Wider tiles first, then taller ones.
#define PITH_MATMUL_TILES(T) T(2, 1) T(1, 1)

#include "../Templates/Table.h"
