// Truth values, what they choose, and where extremes stand.

#ifndef CPITHLOGIC_H
#define CPITHLOGIC_H

#include "CPithMovement.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Relations of two operands, as spec/ARITHMETIC.md defines the operator of the same name. The numbers are stable.
enum pith_relation {
    PITH_RELATION_EQUAL = 0,
    PITH_RELATION_LESS = 1,
    PITH_RELATION_LESS_OR_EQUAL = 2,
    PITH_RELATION_AND = 3,
    PITH_RELATION_OR = 4,
};

/// What a relation's operands are; a truth value is a byte, true unless 0. The numbers are stable.
enum pith_operands {
    PITH_OPERANDS_F32 = 0,
    PITH_OPERANDS_I64 = 1,
    /// Not for PITH_RELATION_LESS and PITH_RELATION_LESS_OR_EQUAL; the others take nothing else.
    PITH_OPERANDS_TRUTH = 2,
};

/// y[i] = 1 if the relation of a[i] and b[i] holds, else 0: y has no gaps, each step of a and b is 0 or goes on, in the innermost
/// loop 0 or 1.
///
/// - first, last: the rounds of the outermost loop to do; the pointers are those of round 0.
void pith_relate(
    int relation, int operands, uint8_t *y, const void *a, const void *b, const struct pith_loops *loops, size_t first,
    size_t last);

/// y[i] = x[i] where condition[i] is not 0: a is the condition, b is `x`, y has no gaps; steps and rounds as in `pith_relate`.
///
/// - size: bytes of an element, 1, 2, 4 or 8.
void pith_choose(
    void *y, const uint8_t *condition, const void *x, size_t size, const struct pith_loops *loops, size_t first,
    size_t last);

/// Where in rows the greatest elements stand, or with `is_least` the least, a NaN before all; of equal ones the first, or with
/// `takes_last` the last.
///
/// - y: [outer, inner]. x: [outer, length, inner], length at least 1.
void pith_extreme_positions_f32(
    int64_t *y, const float *x, size_t outer, size_t length, size_t inner, int is_least, int takes_last);

#ifdef __cplusplus
}
#endif

#endif
