// Elements that move, and operands that repeat: what transposing, broadcasting and reducing have in common.

#ifndef CPITHMOVEMENT_H
#define CPITHMOVEMENT_H

#include "CPithKernels.h"

#ifdef __cplusplus
extern "C" {
#endif

// MARK: Loops

/// The most loops that differ.
#define PITH_MOST_LOOPS 6

/// Nested loops, the outermost first, and how many elements two operands move with a round of each.
struct pith_loops {
    /// None is one round.
    size_t count;
    size_t extents[PITH_MOST_LOOPS];
    ptrdiff_t a_steps[PITH_MOST_LOOPS], b_steps[PITH_MOST_LOOPS];
};

/// Puts a loop inside the others; one that goes on where the loop around it does becomes a part of that one.
///
/// Returns 0 when there are too many, else 1. `extent`: 1 or more.
int pith_loops_add(struct pith_loops *loops, size_t extent, ptrdiff_t a_step, ptrdiff_t b_step);

/// Rounds of the outermost loop, which threads can share.
size_t pith_loops_rounds(const struct pith_loops *loops);

/// Where the operands are in a round of all loops, counted from 0.
void pith_loops_position(const struct pith_loops *loops, size_t round, ptrdiff_t *a, ptrdiff_t *b);

// MARK: Movement

/// Copies elements of `size` bytes, 1, 2, 4 or 8: a is `x`, b is `y`.
///
/// - first, last: the rounds of the outermost loop to do.
void pith_copy(
    void *y, const void *x, size_t size, const struct pith_loops *loops, size_t first, size_t last);

/// Writes an element of `size` bytes, 1, 2, 4 or 8, `count` times.
void pith_fill(void *y, const void *element, size_t size, size_t count);

/// y [columns, rows] = x [rows, columns] transposed, both without gaps.
void pith_transpose_f32(float *y, const float *x, size_t rows, size_t columns);

/// Copies rows by their numbers: y[i] = x[numbers[i]], where a negative number counts from the end.
///
/// Returns the position of the first number that is out of range, where it stops, or -1.
///
/// - row: bytes of a row. rows: of x.
/// - numbers: `count` integers of `number_size` bytes, 4 or 8.
ptrdiff_t pith_gather(
    void *y, const void *x, size_t row, size_t rows, const void *numbers, size_t number_size, size_t count);

// MARK: Pairs

/// Operators on two numbers, as spec/ARITHMETIC.md defines the operator of the same name. The numbers are stable.
enum pith_pair {
    PITH_PAIR_ADD = 0,
    PITH_PAIR_SUB = 1,
    PITH_PAIR_MUL = 2,
    PITH_PAIR_DIV = 3,
    PITH_PAIR_MIN = 4,
    PITH_PAIR_MAX = 5,
    /// `b` times what is below zero.
    PITH_PAIR_PRELU = 6,
};

/// y[i] = function(a[i], b[i]), a NaN being 0x7FC00000: y has no gaps, each step of a and b is 0 or goes on, in the innermost
/// loop 0 or 1. y may be the very same buffer as an operand that never repeats.
///
/// - first, last: the rounds of the outermost loop to do; the pointers are those of round 0.
void pith_pairs_f32(
    int isa, int function, float *y, const float *a, const float *b, const struct pith_loops *loops, size_t first,
    size_t last);

// MARK: Reductions

/// Reductions, as spec/ARITHMETIC.md defines the operator of the same name. The numbers are stable.
enum pith_reduction {
    PITH_REDUCE_SUM = 0,
    PITH_REDUCE_MEAN = 1,
    PITH_REDUCE_L2 = 2,
    PITH_REDUCE_MAX = 3,
    PITH_REDUCE_MIN = 4,
};

/// Reduces groups of elements; y has no gaps.
///
/// - kept: the loops over groups; a is `x`.
/// - reduced: the loops over the elements of a group, in the order of spec/ARITHMETIC.md; a is `x`. The innermost loop of
///   either has step 1.
/// - first, last: the rounds of the outermost loop of `kept` to do; the pointers are those of round 0.
void pith_reduce_f32(
    int isa, int function, float *y, const float *x, const struct pith_loops *kept, const struct pith_loops *reduced,
    size_t first, size_t last);

#ifdef __cplusplus
}
#endif

#endif
