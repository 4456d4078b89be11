#include "CPithKernels.h"

/// Runs `rounds` of multiply-adds that touch no memory: what the processor could do at most. Gives the floating-point
/// operations done, or 0 where there is no such loop for the instruction set.
size_t peak_operations(int isa, size_t rounds, float *result);
