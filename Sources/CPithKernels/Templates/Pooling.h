// Max pooling: vectors of neighbouring outputs where windows lie inside the plane from left to right, one output at a
// time at the borders.

/// Kernel rows or columns that fall inside: those k in `*low` up to `*high` with 0 <= start + k * dilation < size.
PITH_INLINE void PITH_NAME(kernel_range)(
    ptrdiff_t start, size_t kernel, size_t dilation, size_t size, size_t *low, size_t *high) {
    PITH_NAME(clip)(start, kernel, dilation, size, low, high);
}

PITH_INLINE void PITH_NAME(maxpool_one)(
    float *y, int32_t *index, const float *plane, const struct pith_window *w, ptrdiff_t top, ptrdiff_t left) {
    size_t y_low, y_high, x_low, x_high;
    PITH_NAME(kernel_range)(top, w->kernel_h, w->dilation_h, w->height, &y_low, &y_high);
    PITH_NAME(kernel_range)(left, w->kernel_w, w->dilation_w, w->width, &x_low, &x_high);
    float best = -__builtin_inff();
    ptrdiff_t winner = -1;
    for (size_t ky = y_low; ky < y_high; ky++) {
        for (size_t kx = x_low; kx < x_high; kx++) {
            const ptrdiff_t cell = (top + (ptrdiff_t)(ky * w->dilation_h)) * (ptrdiff_t)w->width + left
                + (ptrdiff_t)(kx * w->dilation_w);
            const float value = plane[cell];
            if (winner < 0 || value > best || (value != value && best == best)) {
                best = value;
                winner = cell;
            }
        }
    }
    *y = best == best ? best : __builtin_nanf("");
    if (index) *index = (int32_t)winner;
}

/// `count` outputs from (oy, ox) on; rows `y_low` up to `y_high` of their windows are inside, and all columns.
PITH_INLINE void PITH_NAME(maxpool_vector)(
    float *y, int32_t *indices, const float *plane, const struct pith_window *w, ptrdiff_t top, ptrdiff_t left,
    size_t count, size_t y_low, size_t y_high) {
    const size_t first = (size_t)(top + (ptrdiff_t)(y_low * w->dilation_h)) * w->width + (size_t)left;
    const size_t reach = (y_high - 1 - y_low) * w->dilation_h * w->width + (w->kernel_w - 1) * w->dilation_w;
    const int reads_whole = w->stride_w <= 2 && first + reach + w->stride_w * PITH_LANES <= w->height * w->width;
    vf best = {0};
    vi winner = {0}, lane_offset;
    for (size_t q = 0; q < PITH_LANES; q++) lane_offset[q] = (int32_t)(q * w->stride_w);
    for (size_t ky = y_low; ky < y_high; ky++) {
        for (size_t kx = 0; kx < w->kernel_w; kx++) {
            const size_t cell = first + (ky - y_low) * w->dilation_h * w->width + kx * w->dilation_w;
            vf value = {0};
            if (!reads_whole) {
                float lanes[PITH_LANES] = {0};
                for (size_t q = 0; q < count; q++) lanes[q] = plane[cell + q * w->stride_w];
                value = load(lanes);
            } else if (w->stride_w == 1) {
                value = load(plane + cell);
            } else {
                value = load_even(plane + cell);
            }
            vi wins = (vi)(value > best) | ((vi)(value != value) & (vi)(best == best));
            if (ky == y_low && kx == 0) wins = ~(vi){0};
            best = select(wins, value, best);
            winner = (((vi){0} + (int32_t)cell) & wins) | (winner & ~wins);
        }
    }
    store_first(y, canonical(best), count);
    if (indices) store_first((float *)indices, (vf)(winner + lane_offset), count);
}

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

static void PITH_NAME(maxpool)(float *y, int32_t *indices, const float *plane, const struct pith_window *w) {
    // Outputs whose windows lie inside from left to right.
    const ptrdiff_t reach = (ptrdiff_t)((w->kernel_w - 1) * w->dilation_w);
    size_t inner_low, inner_high, unused;
    PITH_NAME(clip)(-w->pad_left, w->out_w, w->stride_w, w->width, &inner_low, &unused);
    PITH_NAME(clip)(reach - w->pad_left, w->out_w, w->stride_w, w->width, &unused, &inner_high);
    for (size_t oy = 0; oy < w->out_h; oy++) {
        const ptrdiff_t top = (ptrdiff_t)(oy * w->stride_h) - w->pad_top;
        size_t y_low, y_high;
        PITH_NAME(kernel_range)(top, w->kernel_h, w->dilation_h, w->height, &y_low, &y_high);
        for (size_t ox = 0; ox < w->out_w;) {
            const ptrdiff_t left = (ptrdiff_t)(ox * w->stride_w) - w->pad_left;
            float *to = y + oy * w->out_w + ox;
            int32_t *index = indices ? indices + oy * w->out_w + ox : NULL;
            if (y_low < y_high && ox >= inner_low && ox < inner_high) {
                const size_t count = inner_high - ox < PITH_LANES ? inner_high - ox : PITH_LANES;
                PITH_NAME(maxpool_vector)(to, index, plane, w, top, left, count, y_low, y_high);
                ox += count;
            } else {
                PITH_NAME(maxpool_one)(to, index, plane, w, top, left);
                ox += 1;
            }
        }
    }
}
