#include "KernelTable.h"

/// Elements that are done at once; an operand that is the same for all is repeated so often.
#define PART ((size_t)64)

/// A loop over elements that fills vectors, and is not written out several times.
#define EACH_OF(n) _Pragma("clang loop interleave(disable) unroll(disable)") for (size_t i = 0; i < (n); i++)

/// y[i] = relation of a[i] and b[i].
#define RELATE(type, holds)                                                                                           \
    do {                                                                                                              \
        const type *const restrict left = a, *const restrict right = b;                                               \
        EACH_OF(n) y[i] = holds(left[i], right[i]);                                                                   \
    } while (0)
#define EQUAL(x, y) ((x) == (y))
#define LESS(x, y) ((x) < (y))
#define LESS_OR_EQUAL(x, y) ((x) <= (y))
#define SAME_TRUTH(x, y) (((x) != 0) == ((y) != 0))
#define AND(x, y) (((x) != 0) & ((y) != 0))
#define OR(x, y) (((x) | (y)) != 0)

/// An operand of a row, or where it is the same for all, PART times in `room`.
static const void *repeated_or_own(void *room, const void *own, ptrdiff_t step, size_t size) {
    if (step != 0) return own;
    pith_fill(room, own, size, PART);
    return room;
}

static void relate_part(int relation, int operands, uint8_t *restrict y, const void *a, const void *b, size_t n) {
    switch (relation) {
    case PITH_RELATION_EQUAL:
        if (operands == PITH_OPERANDS_F32) RELATE(float, EQUAL);
        if (operands == PITH_OPERANDS_I64) RELATE(int64_t, EQUAL);
        if (operands == PITH_OPERANDS_TRUTH) RELATE(uint8_t, SAME_TRUTH);
        break;
    case PITH_RELATION_LESS:
        if (operands == PITH_OPERANDS_F32) RELATE(float, LESS);
        if (operands == PITH_OPERANDS_I64) RELATE(int64_t, LESS);
        break;
    case PITH_RELATION_LESS_OR_EQUAL:
        if (operands == PITH_OPERANDS_F32) RELATE(float, LESS_OR_EQUAL);
        if (operands == PITH_OPERANDS_I64) RELATE(int64_t, LESS_OR_EQUAL);
        break;
    case PITH_RELATION_AND: RELATE(uint8_t, AND); break;
    default: RELATE(uint8_t, OR); break;
    }
}

void pith_relate(
    int relation, int operands, uint8_t *y, const void *a, const void *b, const struct pith_loops *loops, size_t first,
    size_t last) {
    if (first >= last) return;
    struct pith_row_walk walk = pith_row_walk(loops, first, last);
    const size_t size = operands == PITH_OPERANDS_F32 ? 4 : operands == PITH_OPERANDS_I64 ? 8 : 1;
    y += walk.y;
    do {
        int64_t repeated[2][PART];
        const void *left = repeated_or_own(repeated[0], (const uint8_t *)a + walk.a * (ptrdiff_t)size, walk.a_step, size);
        const void *right = repeated_or_own(repeated[1], (const uint8_t *)b + walk.b * (ptrdiff_t)size, walk.b_step, size);
        for (size_t i = 0; i < walk.n; i += PART) {
            const size_t n = walk.n - i < PART ? walk.n - i : PART;
            relate_part(
                relation, operands, y + i, (const uint8_t *)left + (ptrdiff_t)(i * size) * walk.a_step,
                (const uint8_t *)right + (ptrdiff_t)(i * size) * walk.b_step, n);
        }
        y += walk.n;
    } while (pith_row_walk_next(&walk));
}

#define CHOOSE(type)                                                                                                  \
    do {                                                                                                              \
        type *const restrict to = y;                                                                                  \
        const type *const restrict from = x;                                                                          \
        EACH_OF(n) {                                                                                                  \
            /* By masks: a choice between two places is no vector. */                                                 \
            const type mask = (type)(0 - (type)(condition[i] != 0));                                                  \
            to[i] = (type)((from[i] & mask) | (to[i] & (type)~mask));                                                 \
        }                                                                                                             \
    } while (0)

static void choose_part(void *y, const uint8_t *restrict condition, const void *x, size_t size, size_t n) {
    switch (size) {
    case 1: CHOOSE(uint8_t); break;
    case 2: CHOOSE(uint16_t); break;
    case 4: CHOOSE(uint32_t); break;
    default: CHOOSE(uint64_t); break;
    }
}

void pith_choose(
    void *y, const uint8_t *condition, const void *x, size_t size, const struct pith_loops *loops, size_t first,
    size_t last) {
    if (first >= last) return;
    struct pith_row_walk walk = pith_row_walk(loops, first, last);
    uint8_t *to = (uint8_t *)y + walk.y * size;
    do {
        int64_t repeated[2][PART];
        const uint8_t *const truth = repeated_or_own(repeated[0], condition + walk.a, walk.a_step, 1);
        const uint8_t *const from =
            repeated_or_own(repeated[1], (const uint8_t *)x + walk.b * (ptrdiff_t)size, walk.b_step, size);
        for (size_t i = 0; i < walk.n; i += PART) {
            choose_part(
                to + i * size, truth + (ptrdiff_t)i * walk.a_step, from + (ptrdiff_t)(i * size) * walk.b_step, size,
                walk.n - i < PART ? walk.n - i : PART);
        }
        to += walk.n * size;
    } while (pith_row_walk_next(&walk));
}

/// A number that is as great as a float is: zeros are equal, a NaN is greater than all.
static int32_t rank_of(float x, int is_least) {
    uint32_t bits;
    __builtin_memcpy(&bits, &x, sizeof bits);
    const int32_t size = (int32_t)(bits & 0x7FFFFFFF), rank = (bits >> 31) != (uint32_t)is_least ? -size : size;
    return size > 0x7F800000 ? INT32_MAX : rank;
}

/// The same in one row without gaps: first in which part, then where in it.
static int64_t position_in_row(const float *x, size_t length, int is_least, int takes_last) {
    int32_t best = INT32_MIN + 1;
    size_t found = 0;
    for (size_t at = 0; at < length; at += PART) {
        const size_t n = length - at < PART ? length - at : PART;
        int32_t greatest = INT32_MIN + 1;
        EACH_OF(n) {
            const int32_t rank = rank_of(x[at + i], is_least);
            greatest = rank > greatest ? rank : greatest;
        }
        if (greatest > best - takes_last) {
            best = greatest;
            found = at;
        }
    }
    const size_t n = length - found < PART ? length - found : PART;
    size_t at = takes_last ? n - 1 : 0;
    while (rank_of(x[found + at], is_least) != best) at = takes_last ? at - 1 : at + 1;
    return (int64_t)(found + at);
}

/// Columns whose best elements are kept at once.
#define COLUMNS ((size_t)64)

static void positions_in_columns(
    int64_t *y, const float *x, size_t length, size_t step, size_t columns, int is_least, int takes_last) {
    int32_t best[COLUMNS], at[COLUMNS];
    EACH_OF(columns) {
        best[i] = INT32_MIN + 1;
        at[i] = 0;
    }
    for (size_t row = 0; row < length; row++, x += step) {
        EACH_OF(columns) {
            const int32_t rank = rank_of(x[i], is_least);
            const int is_better = rank > best[i] - takes_last;
            best[i] = is_better ? rank : best[i];
            at[i] = is_better ? (int32_t)row : at[i];
        }
    }
    EACH_OF(columns) y[i] = at[i];
}

void pith_extreme_positions_f32(
    int64_t *y, const float *x, size_t outer, size_t length, size_t inner, int is_least, int takes_last) {
    for (size_t o = 0; o < outer; o++, x += length * inner, y += inner) {
        if (inner == 1) {
            *y = position_in_row(x, length, is_least, takes_last);
            continue;
        }
        for (size_t j = 0; j < inner; j += COLUMNS) {
            const size_t left = inner - j;
            positions_in_columns(y + j, x + j, length, inner, left < COLUMNS ? left : COLUMNS, is_least, takes_last);
        }
    }
}
