// Vector-Jacobian products that are not matrix products.

static void PITH_NAME(relu)(float *y, const float *x, size_t n) {
    size_t i = 0;
    for (; i + PITH_LANES <= n; i += PITH_LANES) store(y + i, relu(load(x + i)));
    if (i < n) store_first(y + i, relu(load_first(x + i, n - i)), n - i);
}

/// g where the output of ReLU, or its input, is above zero, else +0.
static void PITH_NAME(relu_gradient)(float *dx, const float *y, const float *g, size_t n) {
    for (size_t i = 0; i < n; i += PITH_LANES) {
        const vi above = (vi)(load_part(y + i, n - i) > 0);
        store_part(dx + i, (vf)((vi)load_part(g + i, n - i) & above), n - i);
    }
}

static void PITH_NAME(normalize_gradient)(
    float *dx, const float *g, const float *x, const struct pith_normalization *rule, const struct pith_rows *rows) {
    const size_t n = rows->length;
    for (size_t row = 0; row < rows->count; row++, dx += rows->pitch, g += rows->pitch, x += rows->pitch) {
        for (size_t i = 0; i < n; i += PITH_LANES) {
            const vf centred = load_part(x + i, n - i) - splat(rule->mean);
            const vf slope = fma_once(-centred, splat(rule->tilt), load_part(g + i, n - i) - splat(rule->shift));
            store_part(dx + i, slope * splat(rule->factor), n - i);
        }
    }
}

/// The taps of `rows` kernel rows from `first` on, all at once; returns whether they need to be done again with `exact`.
PITH_INLINE int PITH_NAME(tap_sums_once)(
    const struct pith_taps *taps, size_t first, const size_t rows, const size_t width, vf *sums, const int exact) {
    const size_t start = (taps->first_row + first) * width, columns = taps->columns;
#pragma clang loop unroll(full)
    for (size_t tap = 0; tap < rows * width; tap++) {
#pragma clang loop unroll(full)
        for (size_t v = 0; v < PITH_PANEL_VECTORS; v++) {
            const size_t column = v * PITH_LANES;
            vf *const sum = &sums[tap * PITH_PANEL_VECTORS + v];
            *sum = taps->goes_on && column < columns
                ? load_part(taps->sums + (start + tap) * taps->filters + column, columns - column) : (vf){0};
        }
    }
    fma_flag flag = {0};
    const float *g = taps->g, *line = taps->x + (taps->first_row + first) * taps->pitch;
    for (size_t oy = 0; oy < taps->out_h; oy++, line += taps->pitch) {
        const float *x = line;
#pragma clang loop unroll(disable)
        for (size_t ox = taps->out_w; ox != 0; ox--, x++, g += PITH_PANEL_WIDTH) {
            vf slopes[PITH_PANEL_VECTORS];
            for (size_t v = 0; v < PITH_PANEL_VECTORS; v++) slopes[v] = load(g + v * PITH_LANES);
#pragma clang loop unroll(full)
            for (size_t row = 0; row < rows; row++) {
#pragma clang loop unroll(full)
                for (size_t kx = 0; kx < width; kx++) {
                    const vf cell = splat(x[row * taps->pitch + kx]);
#pragma clang loop unroll(full)
                    for (size_t v = 0; v < PITH_PANEL_VECTORS; v++) {
                        vf *const sum = &sums[(row * width + kx) * PITH_PANEL_VECTORS + v];
                        *sum = exact ? fma_call(cell, slopes[v], *sum) : fma_step(cell, slopes[v], *sum, &flag);
                    }
                }
            }
        }
    }
    return is_raised(&flag);
}

PITH_INLINE void PITH_NAME(tap_rows)(
    const struct pith_taps *taps, size_t first, const size_t rows, const size_t width) {
    vf sums[PITH_MOST_TAP_ROWS * PITH_MOST_TAP_ROWS * PITH_PANEL_VECTORS];
    if (PITH_NAME(tap_sums_once)(taps, first, rows, width, sums, 0)) {
        PITH_NAME(tap_sums_once)(taps, first, rows, width, sums, 1);
    }
    const size_t start = (taps->first_row + first) * width, columns = taps->columns;
#pragma clang loop unroll(full)
    for (size_t tap = 0; tap < rows * width; tap++) {
#pragma clang loop unroll(full)
        for (size_t v = 0; v < PITH_PANEL_VECTORS; v++) {
            const size_t column = v * PITH_LANES;
            if (column < columns) {
                store_part(
                    taps->sums + (start + tap) * taps->filters + column, sums[tap * PITH_PANEL_VECTORS + v],
                    columns - column);
            }
        }
    }
}

#define PITH_DEFINE_TAPS(rows, width)                                                                                 \
    static void PITH_NAME(taps_##rows##x##width)(const struct pith_taps *taps, size_t first) {                        \
        PITH_NAME(tap_rows)(taps, first, rows, width);                                                                \
    }
PITH_DEFINE_TAPS(1, 3)
PITH_DEFINE_TAPS(1, 5)
#if PITH_LANES == PITH_PANEL_WIDTH
// Sums of so many taps stay in registers only where they are many and wide.
PITH_DEFINE_TAPS(2, 3)
PITH_DEFINE_TAPS(3, 3)
PITH_DEFINE_TAPS(2, 5)
PITH_DEFINE_TAPS(3, 5)
PITH_DEFINE_TAPS(5, 5)
#endif
#undef PITH_DEFINE_TAPS

static void PITH_NAME(tap_sums)(const struct pith_taps *taps) {
    size_t row = 0;
    while (row < taps->rows) {
        const size_t left = taps->rows - row;
        (void)left;
#if PITH_LANES == PITH_PANEL_WIDTH
        if (taps->width == 5 && left == 5) { PITH_NAME(taps_5x5)(taps, row); row += 5; continue; }
        if (left >= 3) {
            if (taps->width == 3) PITH_NAME(taps_3x3)(taps, row); else PITH_NAME(taps_3x5)(taps, row);
            row += 3;
            continue;
        }
        if (left == 2) {
            if (taps->width == 3) PITH_NAME(taps_2x3)(taps, row); else PITH_NAME(taps_2x5)(taps, row);
            row += 2;
            continue;
        }
#endif
        if (taps->width == 3) PITH_NAME(taps_1x3)(taps, row); else PITH_NAME(taps_1x5)(taps, row);
        row += 1;
    }
}
