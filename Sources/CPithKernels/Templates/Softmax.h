// Softmax and its logarithm. A row's sum is sixteen sums side by side, so that a row fills vectors by itself.

/// Vectors of exponentials that are computed side by side, a multiple of a panel's.
#define PITH_SOFTMAX_VECTORS 4
/// Rows that are taken together, so that the chain of one row's last additions hides behind the others'.
#define PITH_SOFTMAX_ROWS 4

/// The first of the greatest elements, NaNs left out, or NaN where that is infinite.
PITH_INLINE float PITH_NAME(row_greatest)(const float *x, size_t length) {
    // Four at a time, for one would wait for itself.
    vf best[4];
    for (size_t j = 0; j < 4; j++) best[j] = splat(-__builtin_inff());
    size_t i = 0;
    for (; i + 4 * PITH_LANES <= length; i += 4 * PITH_LANES) {
#pragma clang loop unroll(full)
        for (size_t j = 0; j < 4; j++) {
            const vf v = load(x + i + j * PITH_LANES);
            best[j] = v > best[j] ? v : best[j];
        }
    }
    for (size_t j = 1; j < 4; j++) best[0] = best[j] > best[0] ? best[j] : best[0];
    for (; i + PITH_LANES <= length; i += PITH_LANES) best[0] = load(x + i) > best[0] ? load(x + i) : best[0];
    float lanes[PITH_LANES];
    store(lanes, best[0]);
    for (size_t half = PITH_LANES / 2; half != 0; half /= 2) {
        for (size_t q = 0; q < half; q++) lanes[q] = lanes[q + half] > lanes[q] ? lanes[q + half] : lanes[q];
    }
    float greatest = lanes[0];
    for (; i < length; i++) greatest = x[i] > greatest ? x[i] : greatest;
    if (greatest == __builtin_inff() || greatest == -__builtin_inff()) return __builtin_nanf("");
    // Zeros of both signs are equal; the first one counts.
    for (i = 0; greatest == 0 && i < length; i++) {
        if (x[i] == 0) return x[i];
    }
    return greatest;
}

/// No less than this, an exponential over a sum of up to 2^24 of them is far from subnormal.
#define PITH_SOFTMAX_NEAR (-41.0f)

/// Exponentials of `x - top`, adding to the sixteen sums; written to `e` unless that is NULL.
///
/// - is_near: Whether no `x - top` is below PITH_SOFTMAX_NEAR.
/// - Returns: Whether that is so; if not, what was computed with `is_near` is wrong.
PITH_INLINE int PITH_NAME(exponentials)(
    float *e, vf *sums, const float *x, size_t length, vf top, const int is_near) {
    vi near = ~(vi){0};
    size_t i = 0;
    for (size_t v = 0; v < PITH_PANEL_VECTORS; v++) sums[v] = (vf){0};
    if (is_near) {
        for (; i + PITH_SOFTMAX_VECTORS * PITH_LANES <= length; i += PITH_SOFTMAX_VECTORS * PITH_LANES) {
            vf values[PITH_SOFTMAX_VECTORS];
#pragma clang loop unroll(full)
            for (size_t v = 0; v < PITH_SOFTMAX_VECTORS; v++) {
                values[v] = load(x + i + v * PITH_LANES) - top;
                __builtin_prefetch(x + i + v * PITH_LANES + PITH_SOFTMAX_ROWS * length);
                if (e) __builtin_prefetch(e + i + v * PITH_LANES + PITH_SOFTMAX_ROWS * length, 1);
                near &= values[v] >= PITH_SOFTMAX_NEAR;
            }
            scaled_exps(values, values, PITH_SOFTMAX_VECTORS, 1);
#pragma clang loop unroll(full)
            for (size_t v = 0; v < PITH_SOFTMAX_VECTORS; v++) {
                sums[v % PITH_PANEL_VECTORS] += values[v];
                if (e) store(e + i + v * PITH_LANES, values[v]);
            }
        }
    }
    for (size_t v = 0; i < length; v = (v + 1) % PITH_PANEL_VECTORS, i += PITH_LANES) {
        const size_t count = length - i < PITH_LANES ? length - i : PITH_LANES;
        const vi is_inside = lane_numbers() < (int32_t)count;
        const vf below = (vf)((vi)(load_first(x + i, count) - top) & is_inside);
        const vf value = is_near ? scaled_exp(below, 1) : exp_below(below);
        near &= below >= PITH_SOFTMAX_NEAR;
        sums[v] += (vf)((vi)value & is_inside);
        if (e) store_first(e + i, value, count);
    }
    return __builtin_reduce_and(near) != 0;
}

/// What `exponentials` says beforehand.
PITH_INLINE int PITH_NAME(row_is_near)(const float *x, size_t length, vf top) {
    vi near = ~(vi){0};
    size_t i = 0;
    for (; i + PITH_LANES <= length; i += PITH_LANES) near &= load(x + i) - top >= PITH_SOFTMAX_NEAR;
    for (; i < length; i++) near &= splat(x[i]) - top >= PITH_SOFTMAX_NEAR;
    return __builtin_reduce_and(near) != 0;
}

/// The quotients of a row's exponentials by their sum. v / total is correctly rounded by the reciprocal in two parts, whose product with v is one
/// of the two nearest floats, and a correction by the exact remainder (Markstein, "Computation of elementary functions on
/// the IBM RISC System/6000 processor", 1990), where nothing is near the subnormals.
PITH_INLINE void PITH_NAME(divide_row)(float *y, size_t length, float total, int is_near) {
    const vf sum = splat(total), high = 1 / sum;
    size_t i = 0;
    if (!PITH_SOFTWARE_FMA && is_near && total <= 0x1p+24f) {
        const vf low = high * fma_call(-high, sum, splat(1));
        for (; i + PITH_LANES <= length; i += PITH_LANES) {
            const vf v = load(y + i), q = fma_call(v, high, v * low);
            store(y + i, fma_call(fma_call(-q, sum, v), high, q));
        }
    }
    for (; i < length; i += PITH_LANES) {
        const size_t count = length - i < PITH_LANES ? length - i : PITH_LANES;
        store_first(y + i, canonical(load_first(y + i, count) / sum), count);
    }
}

/// Rows of neighbouring elements, at most PITH_SOFTMAX_ROWS. A NaN makes its row's sum NaN, and so the whole row.
static void PITH_NAME(softmax_rows)(float *y, const float *x, size_t rows, size_t length, int logarithm) {
    float greatest[PITH_SOFTMAX_ROWS], lanes[PITH_SOFTMAX_ROWS][PITH_PANEL_WIDTH], sums[PITH_LANES] = {0};
    int is_near[PITH_SOFTMAX_ROWS];
    for (size_t r = 0; r < rows; r++) greatest[r] = PITH_NAME(row_greatest)(x + r * length, length);
    for (size_t r = 0; r < rows; r++) {
        // The logarithm needs x again, which y may be.
        float *const e = logarithm ? NULL : y + r * length;
        vf parts[PITH_PANEL_VECTORS];
        // Nothing that may be wrong must take the place of x.
        const vf top = splat(greatest[r]);
        is_near[r] = (y != x || PITH_NAME(row_is_near)(x + r * length, length, top))
            && PITH_NAME(exponentials)(e, parts, x + r * length, length, top, 1);
        if (!is_near[r]) PITH_NAME(exponentials)(e, parts, x + r * length, length, top, 0);
        for (size_t v = 0; v < PITH_PANEL_VECTORS; v++) store(lanes[r] + v * PITH_LANES, parts[v]);
    }
    for (size_t r = 0; r < rows; r++) {
        float sum = 0;
#pragma clang loop unroll(full)
        for (size_t lane = 0; lane < PITH_PANEL_WIDTH; lane++) sum += lanes[r][lane];
        sums[r] = sum;
    }
    if (!logarithm) {
        for (size_t r = 0; r < rows; r++) PITH_NAME(divide_row)(y + r * length, length, sums[r], is_near[r]);
        return;
    }
    float logs[PITH_LANES];
    store(logs, vector_log(load(sums)));
    for (size_t r = 0; r < rows; r++) {
        const vf top = splat(greatest[r]), sum = splat(logs[r]);
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
        for (size_t row = 0; row < outer; row += PITH_SOFTMAX_ROWS) {
            const size_t rows = outer - row < PITH_SOFTMAX_ROWS ? outer - row : PITH_SOFTMAX_ROWS;
            PITH_NAME(softmax_rows)(y + row * length, x + row * length, rows, length, logarithm);
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
