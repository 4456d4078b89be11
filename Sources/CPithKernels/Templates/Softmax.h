// Softmax and its logarithm. Each row's sum is in order: a vector sums as many rows side by side as it has lanes.

/// Transposes a square of vectors: after each of log2(lanes) perfect shuffles one more index bit has changed sides.
PITH_INLINE void PITH_NAME(transpose)(vf *v) {
#pragma clang loop unroll(full)
    for (size_t step = 1; step < PITH_LANES; step *= 2) {
        vf next[PITH_LANES];
#pragma clang loop unroll(full)
        for (size_t i = 0; i < PITH_LANES / 2; i++) {
            const vf a = v[i], b = v[i + PITH_LANES / 2];
#if PITH_LANES == 16
            next[2 * i] =
                __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
            next[2 * i + 1] =
                __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
#elif PITH_LANES == 8
            next[2 * i] = __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
            next[2 * i + 1] = __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
#else
            next[2 * i] = __builtin_shufflevector(a, b, 0, 4, 1, 5);
            next[2 * i + 1] = __builtin_shufflevector(a, b, 2, 6, 3, 7);
#endif
        }
#pragma clang loop unroll(full)
        for (size_t i = 0; i < PITH_LANES; i++) v[i] = next[i];
    }
}

/// The sums of `rows` rows, at most as many as lanes, each from +0 in ascending order.
PITH_INLINE void PITH_NAME(row_sums)(float *sums, const float *from, size_t rows, size_t length) {
    vf sum = {0};
    size_t done = 0;
    if (rows == PITH_LANES) {
        for (; done + PITH_LANES <= length; done += PITH_LANES) {
            vf square[PITH_LANES];
#pragma clang loop unroll(full)
            for (size_t r = 0; r < PITH_LANES; r++) square[r] = load(from + r * length + done);
            PITH_NAME(transpose)(square);
#pragma clang loop unroll(full)
            for (size_t r = 0; r < PITH_LANES; r++) sum += square[r];
        }
    }
    store(sums, sum);
    for (size_t r = 0; r < rows; r++) {
        for (size_t i = done; i < length; i++) sums[r] += from[r * length + i];
    }
}

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
    float greatest = best[0][0];
    for (size_t q = 1; q < PITH_LANES; q++) greatest = best[0][q] > greatest ? best[0][q] : greatest;
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

/// Exponentials of `x - top`; returns whether some are so small, or NaN, that quotients need the processor's division.
PITH_INLINE int PITH_NAME(exponentials)(vf *e, vf x, vf top) {
    const vf below = x - top;
    if (__builtin_reduce_and(below >= PITH_SOFTMAX_NEAR) != 0) {
        *e = scaled_exp(below, 1);
        return 0;
    }
    *e = exp_below(below);
    return 1;
}

/// v / sum, correctly rounded, by the sum's rounded reciprocal and two corrections (Markstein, "Computation of elementary
/// functions on the IBM RISC System/6000 processor", 1990): the first makes the quotient one of the two nearest floats,
/// the second the nearest. Remainders are exact where nothing is near the subnormals.
PITH_INLINE vf PITH_NAME(quotient)(vf v, vf sum, vf reciprocal) {
    vf q = v * reciprocal;
    q = fma_call(fma_call(-q, sum, v), reciprocal, q);
    return fma_call(fma_call(-q, sum, v), reciprocal, q);
}

/// The quotients of a row of exponentials by their sum.
PITH_INLINE void PITH_NAME(divide_row)(float *y, size_t length, float total, int is_far) {
    const vf sum = splat(total), reciprocal = 1 / sum;
    size_t i = 0;
    if (!PITH_SOFTWARE_FMA && !is_far && total <= 0x1p+24f) {
        for (; i + PITH_LANES <= length; i += PITH_LANES) {
            store(y + i, PITH_NAME(quotient)(load(y + i), sum, reciprocal));
        }
    }
    for (; i < length; i += PITH_LANES) {
        const size_t count = length - i < PITH_LANES ? length - i : PITH_LANES;
        store_first(y + i, canonical(load_first(y + i, count) / sum), count);
    }
}

/// Rows of neighbouring elements, at most as many as lanes. A NaN makes its row's sum NaN, and so the whole row.
static void PITH_NAME(softmax_rows)(float *y, const float *x, size_t rows, size_t length, int logarithm) {
    float greatest[PITH_LANES], sums[PITH_LANES] = {0};
    int is_far[PITH_LANES] = {0};
    // The logarithm needs x again, so that exponentials cannot take its place.
    const int keeps = !logarithm || y != x;
    for (size_t r = 0; r < rows; r++) {
        const float *row = x + r * length;
        greatest[r] = PITH_NAME(row_greatest)(row, length);
        const vf top = splat(greatest[r]);
        for (size_t i = 0; i < length; i += PITH_LANES) {
            const size_t count = length - i < PITH_LANES ? length - i : PITH_LANES;
            vf e;
            is_far[r] |= PITH_NAME(exponentials)(&e, load_first(row + i, count), top);
            if (keeps) {
                store_first(y + r * length + i, e, count);
            } else {
                for (size_t q = 0; q < count; q++) sums[r] += e[q];
            }
        }
    }
    if (keeps) PITH_NAME(row_sums)(sums, y, rows, length);
    if (!logarithm) {
        for (size_t r = 0; r < rows; r++) PITH_NAME(divide_row)(y + r * length, length, sums[r], is_far[r]);
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
    vf best = splat(-__builtin_inff()), sum = {0};
    vi is_bad = {0};
    for (size_t i = 0; i < length; i++) {
        const vf v = load_first(x + i * stride, count);
        best = v > best ? v : best;
        is_bad |= v != v;
    }
    is_bad |= magnitude(best) == __builtin_inff();
    best = is_bad ? splat(__builtin_nanf("")) : best;
    for (size_t i = 0; i < length; i++) {
        const vf e = exp_below(load_first(x + i * stride, count) - best);
        sum += e;
        if (!logarithm) store_first(y + i * stride, e, count);
    }
    if (logarithm) sum = vector_log(sum);
    for (size_t i = 0; i < length; i++) {
        const vf v = load_first((logarithm ? x : y) + i * stride, count);
        store_first(y + i * stride, canonical(logarithm ? (v - best) - sum : v / sum), count);
    }
}

static void PITH_NAME(softmax)(float *y, const float *x, size_t outer, size_t length, size_t inner, int logarithm) {
    if (length == 0) return;
    if (inner == 1) {
        for (size_t row = 0; row < outer; row += PITH_LANES) {
            const size_t rows = outer - row < PITH_LANES ? outer - row : PITH_LANES;
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
