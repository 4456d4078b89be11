#include "CPithKernels.h"

/// Runs `rounds` of multiply-adds that touch no memory: what the processor could do at most. Gives the floating-point
/// operations done, or 0 where there is no such loop for the instruction set.
size_t peak_operations(int isa, size_t rounds, float *result);

/// The same where each weight is made of a byte first, as spec/ARITHMETIC.md has it, by a conversion and a product that is
/// rounded: what a product by int8 weights could do at most, with all weights in the first cache.
size_t widened_operations(int isa, size_t rounds, float *result);
