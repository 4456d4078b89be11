// Max pooling by windows of 2 by 2 side by side in training, and its gradient.

/// The even and the odd ones of 2 * PITH_LANES neighbours, of which `count` may be read; zeros for the others.
PITH_INLINE void PITH_NAME(load_pairs)(const float *p, size_t count, vf *even, vf *odd) {
    const vf low = count >= PITH_LANES ? load(p) : load_first(p, count);
    vf high = {0};
    if (count >= 2 * PITH_LANES) {
        high = load(p + PITH_LANES);
    } else if (count > PITH_LANES) {
        high = load_first(p + PITH_LANES, count - PITH_LANES);
    }
    *even = even_of(low, high);
    *odd = odd_of(low, high);
}

/// Writes even and odd ones as neighbours, the first `count` of them.
PITH_INLINE void PITH_NAME(store_pairs)(float *p, vf even, vf odd, size_t count) {
    store_first(p, low_pairs(even, odd), count < PITH_LANES ? count : PITH_LANES);
    if (count > PITH_LANES) {
        store_first(p + PITH_LANES, high_pairs(even, odd), count < 2 * PITH_LANES ? count - PITH_LANES : PITH_LANES);
    }
}

/// The four cells of each window, from `x` on; `readable` floats are there from the upper row's cell on.
PITH_INLINE void PITH_NAME(load_windows)(vf *cells, const float *x, size_t width, size_t readable) {
    PITH_NAME(load_pairs)(x, readable, &cells[0], &cells[1]);
    PITH_NAME(load_pairs)(x + width, readable - width, &cells[2], &cells[3]);
}

/// Whether a cell wins over those before it: it is greater, or the first NaN.
PITH_INLINE vi PITH_NAME(wins_over)(vf cell, vf best) {
    return (vi)(cell > best) | ((vi)(cell != cell) & (vi)(best == best));
}

static void PITH_NAME(pool_pairs)(float *y, const float *plane, size_t height, size_t width, int activation) {
    const size_t rows = height / 2, columns = width / 2, cells = height * width;
    const vf floor = activation_floor(activation);
    for (size_t row = 0; row < rows; row++) {
        for (size_t column = 0; column < columns; column += PITH_LANES) {
            const size_t from = 2 * (row * width + column), to = row * columns + column;
            vf window[4];
            PITH_NAME(load_windows)(window, plane + from, width, cells - from);
            vf best = window[0];
#pragma clang loop unroll(full)
            for (size_t i = 1; i < 4; i++) best = select(PITH_NAME(wins_over)(window[i], best), window[i], best);
            // What is written beyond a row's end is written again.
            const size_t left = rows * columns - to;
            store_first(y + to, activated(best, floor), left < PITH_LANES ? left : PITH_LANES);
        }
    }
}

static void PITH_NAME(pool_pairs_gradient)(
    float *dx, const float *plane, const float *g, size_t height, size_t width, int activation) {
    const size_t rows = height / 2, columns = width / 2, cells = height * width;
    const vi always = activation == 1 ? (vi){0} : ~(vi){0};
    for (size_t row = 0; row < rows; row++) {
        for (size_t column = 0; column < columns; column += PITH_LANES) {
            const size_t from = 2 * (row * width + column), to = row * columns + column, count = columns - column;
            vf window[4];
            PITH_NAME(load_windows)(window, plane + from, width, cells - from);
            vf best = window[0];
            vi wins[4] = {~(vi){0}};
#pragma clang loop unroll(full)
            for (size_t i = 1; i < 4; i++) {
                wins[i] = PITH_NAME(wins_over)(window[i], best);
                best = select(wins[i], window[i], best);
#pragma clang loop unroll(full)
                for (size_t j = 0; j < i; j++) wins[j] &= ~wins[i];
            }
            // Each element's sum begins at +0.
            const vf slope = canonical(load_first(g + to, count < PITH_LANES ? count : PITH_LANES) + (vf){0});
            const vi passed = (vi)slope & (always | (vi)(best > 0));
            PITH_NAME(store_pairs)(dx + from, (vf)(passed & wins[0]), (vf)(passed & wins[1]), 2 * count);
            PITH_NAME(store_pairs)(dx + from + width, (vf)(passed & wins[2]), (vf)(passed & wins[3]), 2 * count);
        }
        if (width % 2 != 0) dx[2 * row * width + width - 1] = dx[(2 * row + 1) * width + width - 1] = 0;
    }
    for (size_t i = 2 * rows * width; i < cells; i++) dx[i] = 0;
}
