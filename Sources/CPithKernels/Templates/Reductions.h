// Sums, means and extremes of groups of elements: lanes are elements of one group where these are neighbours, else groups.

/// The sign bit where the least is asked for: it is the greatest of the negated.
PITH_INLINE vi PITH_NAME(reduction_sign)(int function) {
    return (vi){0} + (function == PITH_REDUCE_MIN ? (int32_t)0x80000000 : 0);
}

PITH_INLINE vf PITH_NAME(greater)(vf x, vf best) { return select((vi)(x > best) | (vi)(x != x), x, best); }

/// What a sum gives in the end.
PITH_INLINE vf PITH_NAME(reduction_end)(int function, vf sum, size_t length) {
    if (function == PITH_REDUCE_MEAN) sum /= (float)length;
    if (function == PITH_REDUCE_L2) sum = __builtin_elementwise_sqrt(sum);
    return canonical(sum);
}

/// Elements that begin in the middle of the sixteen sums go by way of a row in which all others are zeros: no sum is ever
/// -0, so that these change none.
PITH_INLINE void PITH_NAME(add_to_lanes)(int function, float *sums, size_t place, const float *x, size_t n) {
    const size_t lane = place % PITH_PANEL_WIDTH, until = PITH_PANEL_WIDTH - lane;
    float row[PITH_PANEL_WIDTH] = {0};
    const size_t head = lane == 0 ? 0 : n < until ? n : until;
    for (size_t i = 0; i < head; i++) row[lane + i] = x[i];
    for (int part = head == 0; part < 2; part++) {
        const float *from = part == 0 ? row : x + head;
        const size_t count = part == 0 ? PITH_PANEL_WIDTH : n - head;
        const struct pith_rows elements = {count, 1, count};
        if (function == PITH_REDUCE_L2) {
            PITH_NAME(lane_products)(sums, from, 0, from, 0, &elements);
        } else {
            PITH_NAME(lane_sums)(sums, from, &elements);
        }
    }
}

/// Vectors of the greatest so far.
#define PITH_BESTS 4

/// The greatest of a group, or a NaN; of zeros the first.
static float PITH_NAME(greatest)(const float *x, const struct pith_loops *loops, vi sign) {
    const size_t inner = loops->count > 0, n = inner ? loops->extents[loops->count - 1] : 1;
    const int32_t flip = sign[0];
    // Several side by side, so that no element waits for the one before.
    vf best[PITH_BESTS];
    vi nans = {0};
    for (size_t v = 0; v < PITH_BESTS; v++) best[v] = splat(-__builtin_inff());
    size_t rounds[PITH_MOST_LOOPS] = {0};
    ptrdiff_t a = 0, b = 0;
    do {
        size_t i = 0;
        for (; i + PITH_BESTS * PITH_LANES <= n; i += PITH_BESTS * PITH_LANES) {
#pragma clang loop unroll(full)
            for (size_t v = 0; v < PITH_BESTS; v++) {
                const vf element = (vf)((vi)load(x + a + i + v * PITH_LANES) ^ sign);
                best[v] = element > best[v] ? element : best[v];
                nans |= (vi)(element != element);
            }
        }
        for (; i < n; i++) {
            const vf element = (vf)((vi)splat(x[a + (ptrdiff_t)i]) ^ sign);
            best[0] = element > best[0] ? element : best[0];
            nans |= (vi)(element != element);
        }
    } while (pith_loops_next(loops, inner, rounds, &a, &b));
    if (__builtin_reduce_or(nans) != 0) return __builtin_nanf("");
    float greatest = -__builtin_inff();
    for (size_t v = 0; v < PITH_BESTS; v++) {
        for (size_t q = 0; q < PITH_LANES; q++) greatest = best[v][q] > greatest ? best[v][q] : greatest;
    }
    if (greatest == 0) {
        do {
            for (size_t i = 0; i < n; i++) {
                if (x[a + (ptrdiff_t)i] == 0) return x[a + (ptrdiff_t)i];
            }
        } while (pith_loops_next(loops, inner, rounds, &a, &b));
    }
    return flip ? -greatest : greatest;
}

static float PITH_NAME(reduce_row)(int function, const float *x, const struct pith_loops *loops) {
    if (function >= PITH_REDUCE_MAX) return PITH_NAME(greatest)(x, loops, PITH_NAME(reduction_sign)(function));
    const size_t inner = loops->count > 0, n = inner ? loops->extents[loops->count - 1] : 1;
    float sums[PITH_PANEL_WIDTH] = {0};
    size_t rounds[PITH_MOST_LOOPS] = {0}, length = 0;
    ptrdiff_t a = 0, b = 0;
    do {
        PITH_NAME(add_to_lanes)(function, sums, length, x + a, n);
        length += n;
    } while (pith_loops_next(loops, inner, rounds, &a, &b));
    float sum = 0;
    for (size_t lane = 0; lane < PITH_PANEL_WIDTH; lane++) sum += sums[lane];
    return PITH_NAME(reduction_end)(function, splat(sum), length)[0];
}

/// Groups whose sums are kept at once.
#define PITH_REDUCED_COLUMNS 64

PITH_INLINE vf PITH_NAME(load_columns)(const float *x, size_t count) {
    return count >= PITH_LANES ? load(x) : load_first(x, count);
}

/// Adds a row of elements, one of each group, to their sums; or keeps the greatest.
PITH_INLINE void PITH_NAME(take_row)(int function, float *sums, const float *x, size_t columns, vi sign) {
    for (size_t i = 0; i < columns; i += PITH_LANES) {
        const vf element = PITH_NAME(load_columns)(x + i, columns - i), sum = load(sums + i);
        if (function == PITH_REDUCE_L2) {
            store(sums + i, fma_once(element, element, sum));
        } else if (function >= PITH_REDUCE_MAX) {
            store(sums + i, PITH_NAME(greater)((vf)((vi)element ^ sign), sum));
        } else {
            store(sums + i, sum + element);
        }
    }
}

/// One of up to PITH_REDUCED_COLUMNS columns.
static void PITH_NAME(reduce_few)(
    int function, float *y, const float *x, const struct pith_loops *loops, size_t columns) {
    const vi sign = PITH_NAME(reduction_sign)(function);
    const int is_sum = function < PITH_REDUCE_MAX;
    const vf start = splat(is_sum ? 0 : -__builtin_inff());
    float sums[PITH_PANEL_WIDTH][PITH_REDUCED_COLUMNS];
    for (size_t lane = 0; lane < PITH_PANEL_WIDTH; lane++) {
        for (size_t i = 0; i < columns; i += PITH_LANES) store(sums[lane] + i, start);
    }
    size_t rounds[PITH_MOST_LOOPS] = {0}, length = 0;
    ptrdiff_t a = 0, b = 0;
    do {
        PITH_NAME(take_row)(function, sums[is_sum ? length % PITH_PANEL_WIDTH : 0], x + a, columns, sign);
        length++;
    } while (pith_loops_next(loops, 0, rounds, &a, &b));
    for (size_t i = 0; i < columns; i += PITH_LANES) {
        vf sum = {0};
        for (size_t lane = 0; is_sum && lane < PITH_PANEL_WIDTH; lane++) sum += load(sums[lane] + i);
        const vf end = is_sum ? PITH_NAME(reduction_end)(function, sum, length)
                              : canonical((vf)((vi)load(sums[0] + i) ^ sign));
        store_first(y + i, end, columns - i < PITH_LANES ? columns - i : PITH_LANES);
    }
}

static void PITH_NAME(reduce_columns)(
    int function, float *y, const float *x, const struct pith_loops *loops, size_t columns) {
    for (size_t i = 0; i < columns; i += PITH_REDUCED_COLUMNS) {
        const size_t left = columns - i;
        PITH_NAME(reduce_few)(
            function, y + i, x + i, loops, left < PITH_REDUCED_COLUMNS ? left : PITH_REDUCED_COLUMNS);
    }
}
