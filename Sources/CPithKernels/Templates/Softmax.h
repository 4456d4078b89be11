// Softmax and its logarithm. A row's sum is sixteen sums side by side, so that a row fills vectors by itself.

/// Vectors of exponentials that are computed side by side, a multiple of a panel's.
#define PITH_SOFTMAX_VECTORS 4
/// Rows of a logarithm that are taken together.
#define PITH_SOFTMAX_ROWS 4

/// What a row's exponentials and quotients need.
struct PITH_NAME(softmax_row) {
    /// The first of the greatest elements, NaNs left out, or NaN where that is infinite.
    float top;
    /// Whether all exponentials are normal numbers; not if there is a NaN. With PITH_HAS_SCALE nothing depends on that, and
    /// it is always 1.
    int is_near;
    /// The sixteen sums of the exponentials, twice, and where the first of them is.
    float sums[2 * PITH_PANEL_WIDTH];
    size_t first_sum;
};

/// The sum of a row's exponentials. One addition waits for the other, so it is not taken before it is needed.
PITH_INLINE float PITH_NAME(total)(const struct PITH_NAME(softmax_row) *row) {
    const float *const sums = row->sums + row->first_sum;
    float total = 0;
#pragma clang loop unroll(full)
    for (size_t i = 0; i < PITH_PANEL_WIDTH; i++) total += sums[i];
    return total;
}

/// No less than this, an exponential is a normal number.
#define PITH_SOFTMAX_NEAR (-87.0f)

/// Vectors of a survey side by side, for one would wait for itself.
#define PITH_SURVEY_VECTORS 2

/// The greatest and, without PITH_HAS_SCALE, least elements so far, NaNs left out, and a sum that is NaN if there is one.
struct PITH_NAME(survey) {
    vf high[PITH_SURVEY_VECTORS], low[PITH_SURVEY_VECTORS], sum[PITH_SURVEY_VECTORS];
};

PITH_INLINE void PITH_NAME(begin_survey)(struct PITH_NAME(survey) *survey) {
    for (size_t j = 0; j < PITH_SURVEY_VECTORS; j++) {
        survey->high[j] = splat(-__builtin_inff());
        survey->low[j] = splat(__builtin_inff());
        survey->sum[j] = (vf){0};
    }
}

PITH_INLINE void PITH_NAME(look_at)(struct PITH_NAME(survey) *survey, size_t j, vf v) {
    survey->high[j] = v > survey->high[j] ? v : survey->high[j];
    if (PITH_HAS_SCALE) return;
    survey->low[j] = v < survey->low[j] ? v : survey->low[j];
    survey->sum[j] += v;
}

PITH_INLINE void PITH_NAME(look_at_rest)(struct PITH_NAME(survey) *survey, const float *x, size_t count) {
    size_t i = 0;
    for (; i + PITH_LANES <= count; i += PITH_LANES) PITH_NAME(look_at)(survey, 0, load(x + i));
    if (i >= count) return;
    const vi is_inside = lane_numbers() < (int32_t)(count - i);
    const vf v = load_first(x + i, count - i);
    survey->high[0] = (is_inside & (v > survey->high[0])) ? v : survey->high[0];
    survey->low[0] = (is_inside & (v < survey->low[0])) ? v : survey->low[0];
    survey->sum[0] += v;
}

/// What a row that was looked at needs.
PITH_INLINE void PITH_NAME(end_survey)(
    struct PITH_NAME(softmax_row) *row, struct PITH_NAME(survey) *survey, const float *x, size_t length) {
    for (size_t j = 1; j < PITH_SURVEY_VECTORS; j++) {
        survey->high[0] = survey->high[j] > survey->high[0] ? survey->high[j] : survey->high[0];
        survey->low[0] = survey->low[j] < survey->low[0] ? survey->low[j] : survey->low[0];
        survey->sum[0] += survey->sum[j];
    }
    float highs[PITH_LANES], lows[PITH_LANES];
    store(highs, survey->high[0]);
    store(lows, survey->low[0]);
    for (size_t half = PITH_LANES / 2; half != 0; half /= 2) {
        for (size_t q = 0; q < half; q++) {
            highs[q] = highs[q + half] > highs[q] ? highs[q + half] : highs[q];
            lows[q] = lows[q + half] < lows[q] ? lows[q + half] : lows[q];
        }
    }
    float greatest = highs[0];
    // Zeros of both signs are equal; the first one counts.
    for (size_t i = 0; greatest == 0 && i < length; i++) {
        if (x[i] == 0) {
            greatest = x[i];
            break;
        }
    }
    if (greatest == __builtin_inff() || greatest == -__builtin_inff()) greatest = __builtin_nanf("");
    const int has_nan = __builtin_reduce_or((vi)(survey->sum[0] != survey->sum[0])) != 0;
    row->top = greatest;
    row->is_near = PITH_HAS_SCALE || (!has_nan && lows[0] - greatest >= PITH_SOFTMAX_NEAR);
}

PITH_INLINE void PITH_NAME(survey_row)(struct PITH_NAME(softmax_row) *row, const float *x, size_t length) {
    struct PITH_NAME(survey) survey;
    PITH_NAME(begin_survey)(&survey);
    size_t i = 0;
    for (; i + 4 * PITH_LANES <= length; i += 4 * PITH_LANES) {
#pragma clang loop unroll(full)
        for (size_t j = 0; j < 4; j++) PITH_NAME(look_at)(&survey, j % PITH_SURVEY_VECTORS, load(x + i + j * PITH_LANES));
    }
    PITH_NAME(look_at_rest)(&survey, x + i, length - i);
    PITH_NAME(end_survey)(row, &survey, x, length);
}

/// What becomes of a row's neighbours beside its exponentials, for work of several kinds takes little longer than that of one.
struct PITH_NAME(softmax_neighbours) {
    /// The row before: exponentials that become their quotients by `divisor`.
    float *before;
    vf divisor;
    /// The row after, which is looked at.
    const float *after;
    struct PITH_NAME(softmax_row) *survey;
};

PITH_INLINE void PITH_NAME(divide)(float *y, size_t count, vf divisor) {
    for (size_t i = 0; i < count; i += PITH_LANES) {
        const size_t left = count - i < PITH_LANES ? count - i : PITH_LANES;
        store_first(y + i, load_first(y + i, left) / divisor, left);
    }
}

/// Rows of at least so many elements are taken by whole lines of the cache where masks make parts of vectors cheap.
#define PITH_SOFTMAX_LONG 256

/// Elements of a row before the first line of the cache that is all its own.
PITH_INLINE size_t PITH_NAME(elements_before_line)(const float *row, size_t length) {
    if (!PITH_MASKED_MEMORY || length < PITH_SOFTMAX_LONG) return 0;
    return -((uintptr_t)row / sizeof(float)) % PITH_PANEL_WIDTH;
}

/// `count` whole vectors of a row's exponentials from element `i` on; of its neighbours those that are as far behind or ahead
/// as their lines of the cache are.
PITH_INLINE void PITH_NAME(exponential_vectors)(
    float *e, const float *x, vf top, vf *sums, struct PITH_NAME(survey) *survey,
    const struct PITH_NAME(softmax_neighbours) *neighbours, size_t i, ptrdiff_t before, ptrdiff_t after,
    const size_t count) {
    vf values[PITH_SOFTMAX_VECTORS];
#pragma clang loop unroll(full)
    for (size_t v = 0; v < count; v++) {
        const size_t at = i + v * PITH_LANES;
        if (neighbours) {
            float *const quotients = neighbours->before + (before + (ptrdiff_t)at);
            store(quotients, load(quotients) / neighbours->divisor);
            PITH_NAME(look_at)(
                survey, v % PITH_SURVEY_VECTORS, load(neighbours->after + (after + (ptrdiff_t)at)));
        }
        values[v] = load(x + at) - top;
        if (PITH_HAS_SCALE) values[v] = above_zero_exp(values[v]);
    }
    scaled_exps(values, values, count, 1);
#pragma clang loop unroll(full)
    for (size_t v = 0; v < count; v++) {
        sums[v % PITH_PANEL_VECTORS] += values[v];
        if (e) store(e + i + v * PITH_LANES, values[v]);
    }
}

/// Exponentials of `x` less the row's greatest, and their sums; written to `e` unless that is NULL.
///
/// - neighbours: NULL for no such work.
/// - is_near: What `row` says.
PITH_INLINE void PITH_NAME(exponentials)(
    float *e, struct PITH_NAME(softmax_row) *row, const float *x, size_t length,
    const struct PITH_NAME(softmax_neighbours) *neighbours, const int is_near) {
    const vf top = splat(row->top);
    vf sums[PITH_PANEL_VECTORS];
    struct PITH_NAME(survey) survey;
    for (size_t v = 0; v < PITH_PANEL_VECTORS; v++) sums[v] = (vf){0};
    PITH_NAME(begin_survey)(&survey);
    const size_t first = PITH_NAME(elements_before_line)(e ? e : x, length);
    size_t i = first, first_before = 0, first_after = 0, last_first = first;
#if PITH_MASKED_MEMORY
    if (first > 0) {
        const vf value = exp_below(load_last(x + first, first, -__builtin_inff()) - top);
        sums[0] = value;
        if (e) store_last(e + first, value, first);
    }
#endif
    if (neighbours) {
        first_before = PITH_NAME(elements_before_line)(neighbours->before, length);
        first_after = PITH_NAME(elements_before_line)(neighbours->after, length);
        if (first_before > last_first) last_first = first_before;
        if (first_after > last_first) last_first = first_after;
        PITH_NAME(divide)(neighbours->before, first_before, neighbours->divisor);
        PITH_NAME(look_at_rest)(&survey, neighbours->after, first_after);
    }
    if (is_near) {
        const ptrdiff_t before = (ptrdiff_t)first_before - (ptrdiff_t)first;
        const ptrdiff_t after = (ptrdiff_t)first_after - (ptrdiff_t)first;
        const size_t end = first + (length - last_first);
#define PITH_VECTORS(count)                                                                                           \
    do {                                                                                                              \
        PITH_NAME(exponential_vectors)(e, x, top, sums, &survey, neighbours, i, before, after, count);                \
        i += (count) * PITH_LANES;                                                                                    \
    } while (0)
        while (i + PITH_SOFTMAX_VECTORS * PITH_LANES <= end) PITH_VECTORS(PITH_SOFTMAX_VECTORS);
        if (PITH_PANEL_VECTORS == 1 && i + 2 * PITH_LANES <= end) PITH_VECTORS(2);
        if (PITH_PANEL_VECTORS == 1 && i + PITH_LANES <= end) PITH_VECTORS(1);
#undef PITH_VECTORS
    }
    const size_t done = i - first;
    for (size_t v = 0; i < length; v = (v + 1) % PITH_PANEL_VECTORS, i += PITH_LANES) {
        const size_t count = length - i < PITH_LANES ? length - i : PITH_LANES;
        const vi is_inside = lane_numbers() < (int32_t)count;
        const vf below = (vf)((vi)(load_first(x + i, count) - top) & is_inside);
        const vf value = is_near && !PITH_HAS_SCALE ? scaled_exp(below, 1) : exp_below(below);
        sums[v] += (vf)((vi)value & is_inside);
        if (e) store_first(e + i, value, count);
    }
    if (neighbours) {
        first_before += done;
        first_after += done;
        PITH_NAME(divide)(neighbours->before + first_before, length - first_before, neighbours->divisor);
        PITH_NAME(look_at_rest)(&survey, neighbours->after + first_after, length - first_after);
        PITH_NAME(end_survey)(neighbours->survey, &survey, neighbours->after, length);
    }
    row->first_sum = PITH_PANEL_WIDTH - first;
    for (size_t v = 0; v < 2 * PITH_PANEL_VECTORS; v++) store(row->sums + v * PITH_LANES, sums[v % PITH_PANEL_VECTORS]);
}

static void PITH_NAME(row_exponentials)(
    float *e, struct PITH_NAME(softmax_row) *row, const float *x, size_t length) {
    if (PITH_HAS_SCALE || row->is_near) {
        PITH_NAME(exponentials)(e, row, x, length, NULL, 1);
    } else {
        PITH_NAME(exponentials)(e, row, x, length, NULL, 0);
    }
}

/// The quotients of a row's exponentials by their sum; NaN all over where there is one.
PITH_INLINE void PITH_NAME(divide_row)(float *y, size_t length, float total) {
    const vf sum = splat(total);
    for (size_t i = 0; i < length; i += PITH_LANES) {
        const size_t count = length - i < PITH_LANES ? length - i : PITH_LANES;
        store_first(y + i, canonical(load_first(y + i, count) / sum), count);
    }
}

/// Rows of neighbouring elements. While a row's exponentials are taken, the row two before is divided and the one two after
/// looked at, so that nothing waits for the sum of one row or the greatest element of the next.
static void PITH_NAME(softmax_rows)(float *y, const float *x, size_t rows, size_t length) {
    // Those of row r are at r % 4.
    struct PITH_NAME(softmax_row) row[4];
    for (size_t r = 0; r < rows && r < 2; r++) PITH_NAME(survey_row)(&row[r], x + r * length, length);
    for (size_t r = 0; r < rows + 2; r++) {
        float *const e = y + r * length, *const before = e - 2 * length;
        const float *const from = x + r * length, *const after = r + 2 < rows ? from + 2 * length : from;
        struct PITH_NAME(softmax_row) *const this = &row[r % 4], *const next = &row[(r + 2) % 4];
        const float divisor = r >= 2 ? PITH_NAME(total)(next) : 0;
        if (r >= 2 && r < rows && divisor == divisor && this->is_near) {
            const struct PITH_NAME(softmax_neighbours) neighbours = {before, splat(divisor), after, next};
            PITH_NAME(exponentials)(e, this, from, length, &neighbours, 1);
            continue;
        }
        if (r >= 2) PITH_NAME(divide_row)(before, length, divisor);
        if (r + 2 < rows) PITH_NAME(survey_row)(next, after, length);
        if (r < rows) PITH_NAME(row_exponentials)(e, this, from, length);
    }
}

static void PITH_NAME(log_softmax_rows)(float *y, const float *x, size_t rows, size_t length) {
    struct PITH_NAME(softmax_row) row[PITH_SOFTMAX_ROWS];
    float totals[PITH_LANES] = {0}, logs[PITH_LANES];
    for (size_t r = 0; r < rows; r++) {
        PITH_NAME(survey_row)(&row[r], x + r * length, length);
        PITH_NAME(row_exponentials)(NULL, &row[r], x + r * length, length);
        totals[r] = PITH_NAME(total)(&row[r]);
    }
    store(logs, vector_log(load(totals)));
    for (size_t r = 0; r < rows; r++) {
        const vf top = splat(row[r].top), sum = splat(logs[r]);
        for (size_t i = 0; i < length; i += PITH_LANES) {
            const size_t at = r * length + i, count = length - i < PITH_LANES ? length - i : PITH_LANES;
            store_first(y + at, canonical((load_first(x + at, count) - top) - sum), count);
        }
    }
}

/// Rows whose elements are `stride` apart, `count` of them side by side.
PITH_INLINE void PITH_NAME(softmax_columns)(
    float *y, const float *x, size_t length, size_t stride, size_t count, int logarithm) {
    vf best = splat(-__builtin_inff()), sums[PITH_PANEL_WIDTH], sum = {0};
    vi is_bad = {0};
    for (size_t i = 0; i < length; i++) {
        const vf v = load_first(x + i * stride, count);
        best = v > best ? v : best;
        is_bad |= v != v;
    }
    is_bad |= magnitude(best) == __builtin_inff();
    best = is_bad ? splat(__builtin_nanf("")) : best;
    for (size_t lane = 0; lane < PITH_PANEL_WIDTH; lane++) sums[lane] = (vf){0};
    for (size_t i = 0; i < length; i++) {
        const vf e = exp_below(load_first(x + i * stride, count) - best);
        sums[i % PITH_PANEL_WIDTH] += e;
        if (!logarithm) store_first(y + i * stride, e, count);
    }
    for (size_t lane = 0; lane < PITH_PANEL_WIDTH; lane++) sum += sums[lane];
    if (logarithm) sum = vector_log(sum);
    for (size_t i = 0; i < length; i++) {
        const vf v = load_first((logarithm ? x : y) + i * stride, count);
        store_first(y + i * stride, canonical(logarithm ? (v - best) - sum : v / sum), count);
    }
}

static void PITH_NAME(softmax)(float *y, const float *x, size_t outer, size_t length, size_t inner, int logarithm) {
    if (length == 0) return;
    if (inner == 1) {
        if (!logarithm && outer > 0) {
            PITH_NAME(softmax_rows)(y, x, outer, length);
            return;
        }
        for (size_t row = 0; row < outer; row += PITH_SOFTMAX_ROWS) {
            const size_t rows = outer - row < PITH_SOFTMAX_ROWS ? outer - row : PITH_SOFTMAX_ROWS;
            PITH_NAME(log_softmax_rows)(y + row * length, x + row * length, rows, length);
        }
        return;
    }
    for (size_t o = 0; o < outer; o++, y += length * inner, x += length * inner) {
        for (size_t i = 0; i < inner; i += PITH_LANES) {
            const size_t count = inner - i < PITH_LANES ? inner - i : PITH_LANES;
            PITH_NAME(softmax_columns)(y + i, x + i, length, inner, count, logarithm);
        }
    }
}
