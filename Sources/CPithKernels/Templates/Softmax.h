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
    float total;
};

/// No less than this, an exponential is a normal number.
#define PITH_SOFTMAX_NEAR (-87.0f)

/// The greatest and, without PITH_HAS_SCALE, least elements so far, NaNs left out, and a sum that is NaN if there is one; four
/// vectors side by side, for one would wait for itself.
struct PITH_NAME(survey) {
    vf high[4], low[4], sum[4];
};

PITH_INLINE void PITH_NAME(begin_survey)(struct PITH_NAME(survey) *survey) {
    for (size_t j = 0; j < 4; j++) {
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

/// What a row of which the first `done` elements have been looked at needs.
PITH_INLINE struct PITH_NAME(softmax_row) PITH_NAME(end_survey)(
    struct PITH_NAME(survey) *survey, const float *x, size_t length, size_t done) {
    size_t i = done;
    for (; i + PITH_LANES <= length; i += PITH_LANES) PITH_NAME(look_at)(survey, i / PITH_LANES % 4, load(x + i));
    if (i < length) {
        const vi is_inside = lane_numbers() < (int32_t)(length - i);
        const vf v = load_first(x + i, length - i);
        survey->high[0] = (is_inside & (v > survey->high[0])) ? v : survey->high[0];
        survey->low[0] = (is_inside & (v < survey->low[0])) ? v : survey->low[0];
        survey->sum[0] += v;
    }
    for (size_t j = 1; j < 4; j++) {
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
    for (i = 0; greatest == 0 && i < length; i++) {
        if (x[i] == 0) {
            greatest = x[i];
            break;
        }
    }
    if (greatest == __builtin_inff() || greatest == -__builtin_inff()) greatest = __builtin_nanf("");
    const int has_nan = __builtin_reduce_or((vi)(survey->sum[0] != survey->sum[0])) != 0;
    return (struct PITH_NAME(softmax_row)){
        .top = greatest, .is_near = PITH_HAS_SCALE || (!has_nan && lows[0] - greatest >= PITH_SOFTMAX_NEAR),
    };
}

PITH_INLINE struct PITH_NAME(softmax_row) PITH_NAME(survey_row)(const float *x, size_t length) {
    struct PITH_NAME(survey) survey;
    PITH_NAME(begin_survey)(&survey);
    size_t i = 0;
    for (; i + 4 * PITH_LANES <= length; i += 4 * PITH_LANES) {
#pragma clang loop unroll(full)
        for (size_t j = 0; j < 4; j++) PITH_NAME(look_at)(&survey, j, load(x + i + j * PITH_LANES));
    }
    return PITH_NAME(end_survey)(&survey, x, length, i);
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

/// Exponentials of `x` less the row's greatest, and their sum; written to `e` unless that is NULL.
///
/// - neighbours: NULL for no such work.
/// - is_near: What `row` says.
PITH_INLINE void PITH_NAME(exponentials)(
    float *e, struct PITH_NAME(softmax_row) *row, const float *x, size_t length,
    const struct PITH_NAME(softmax_neighbours) *neighbours, const int is_near) {
    const vf top = splat(row->top);
    vf sums[PITH_PANEL_VECTORS];
    struct PITH_NAME(survey) survey;
    size_t i = 0;
    for (size_t v = 0; v < PITH_PANEL_VECTORS; v++) sums[v] = (vf){0};
    PITH_NAME(begin_survey)(&survey);
    if (is_near) {
        for (; i + PITH_SOFTMAX_VECTORS * PITH_LANES <= length; i += PITH_SOFTMAX_VECTORS * PITH_LANES) {
            vf values[PITH_SOFTMAX_VECTORS];
#pragma clang loop unroll(full)
            for (size_t v = 0; v < PITH_SOFTMAX_VECTORS; v++) {
                const size_t at = i + v * PITH_LANES;
                if (neighbours) {
                    store(neighbours->before + at, load(neighbours->before + at) / neighbours->divisor);
                    PITH_NAME(look_at)(&survey, v, load(neighbours->after + at));
                }
                values[v] = load(x + at) - top;
                if (PITH_HAS_SCALE) values[v] = above_zero_exp(values[v]);
            }
            scaled_exps(values, values, PITH_SOFTMAX_VECTORS, 1);
#pragma clang loop unroll(full)
            for (size_t v = 0; v < PITH_SOFTMAX_VECTORS; v++) {
                sums[v % PITH_PANEL_VECTORS] += values[v];
                if (e) store(e + i + v * PITH_LANES, values[v]);
            }
        }
    }
    const size_t looked_at = i;
    for (size_t v = 0; i < length; v = (v + 1) % PITH_PANEL_VECTORS, i += PITH_LANES) {
        const size_t count = length - i < PITH_LANES ? length - i : PITH_LANES;
        if (neighbours) {
            float *const before = neighbours->before + i;
            store_first(before, load_first(before, count) / neighbours->divisor, count);
        }
        const vi is_inside = lane_numbers() < (int32_t)count;
        const vf below = (vf)((vi)(load_first(x + i, count) - top) & is_inside);
        const vf value = is_near && !PITH_HAS_SCALE ? scaled_exp(below, 1) : exp_below(below);
        sums[v] += (vf)((vi)value & is_inside);
        if (e) store_first(e + i, value, count);
    }
    if (neighbours) *neighbours->survey = PITH_NAME(end_survey)(&survey, neighbours->after, length, looked_at);
    float lanes[PITH_PANEL_WIDTH];
    for (size_t v = 0; v < PITH_PANEL_VECTORS; v++) store(lanes + v * PITH_LANES, sums[v]);
    row->total = 0;
#pragma clang loop unroll(full)
    for (size_t lane = 0; lane < PITH_PANEL_WIDTH; lane++) row->total += lanes[lane];
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
    for (size_t r = 0; r < rows && r < 2; r++) row[r] = PITH_NAME(survey_row)(x + r * length, length);
    for (size_t r = 0; r < rows + 2; r++) {
        float *const e = y + r * length, *const before = e - 2 * length;
        const float *const from = x + r * length, *const after = r + 2 < rows ? from + 2 * length : from;
        struct PITH_NAME(softmax_row) *const this = &row[r % 4], *const next = &row[(r + 2) % 4];
        const float divisor = row[(r + 2) % 4].total;
        if (r >= 2 && r < rows && divisor == divisor && this->is_near) {
            const struct PITH_NAME(softmax_neighbours) neighbours = {before, splat(divisor), after, next};
            PITH_NAME(exponentials)(e, this, from, length, &neighbours, 1);
            continue;
        }
        if (r >= 2) PITH_NAME(divide_row)(before, length, divisor);
        if (r + 2 < rows) *next = PITH_NAME(survey_row)(after, length);
        if (r < rows) PITH_NAME(row_exponentials)(e, this, from, length);
    }
}

static void PITH_NAME(log_softmax_rows)(float *y, const float *x, size_t rows, size_t length) {
    struct PITH_NAME(softmax_row) row[PITH_SOFTMAX_ROWS];
    float totals[PITH_LANES] = {0}, logs[PITH_LANES];
    for (size_t r = 0; r < rows; r++) {
        row[r] = PITH_NAME(survey_row)(x + r * length, length);
        PITH_NAME(row_exponentials)(NULL, &row[r], x + r * length, length);
        totals[r] = row[r].total;
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
