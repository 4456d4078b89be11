// Vector-Jacobian products that are not matrix products.

/// g where the output of ReLU, or its input, is above zero, else +0.
static void PITH_NAME(relu_gradient)(float *dx, const float *y, const float *g, size_t n) {
    for (size_t i = 0; i < n; i += PITH_LANES) {
        const vi above = (vi)(load_part(y + i, n - i) > 0);
        store_part(dx + i, (vf)((vi)load_part(g + i, n - i) & above), n - i);
    }
}

/// The first `count` lanes of `v`, and zeros.
PITH_INLINE vf PITH_NAME(first_lanes)(vf v, size_t count) {
    if (count >= PITH_LANES) return v;
    float lanes[PITH_LANES];
    store(lanes, v);
    for (size_t i = count; i < PITH_LANES; i++) lanes[i] = 0;
    return load(lanes);
}

/// Does something with each vector of `n` elements: the vector's number among those of a panel, and where it begins. The sums
/// stay in registers.
#define PITH_EACH_LANE_VECTOR(n, statement)                                                                           \
    for (size_t panel = 0; panel < (n); panel += PITH_PANEL_WIDTH) {                                                  \
        _Pragma("clang loop unroll(full)") for (size_t v = 0; v < PITH_PANEL_VECTORS; v++) {                          \
            const size_t i = panel + v * PITH_LANES;                                                                  \
            if (i < (n)) statement;                                                                                   \
        }                                                                                                             \
    }

PITH_INLINE void PITH_NAME(load_lanes)(vf *lanes, const float *sums) {
    for (size_t v = 0; v < PITH_PANEL_VECTORS; v++) lanes[v] = load(sums + v * PITH_LANES);
}

PITH_INLINE void PITH_NAME(store_lanes)(float *sums, const vf *lanes) {
    for (size_t v = 0; v < PITH_PANEL_VECTORS; v++) store(sums + v * PITH_LANES, lanes[v]);
}

static void PITH_NAME(lane_sums)(float *sums, const float *x, size_t n) {
    vf lanes[PITH_PANEL_VECTORS];
    PITH_NAME(load_lanes)(lanes, sums);
    PITH_EACH_LANE_VECTOR(n, lanes[v] += load_part(x + i, n - i))
    PITH_NAME(store_lanes)(sums, lanes);
}

static void PITH_NAME(lane_products)(
    float *sums, const float *a, float a_shift, const float *b, float b_shift, size_t n) {
    vf lanes[PITH_PANEL_VECTORS];
    PITH_NAME(load_lanes)(lanes, sums);
    PITH_EACH_LANE_VECTOR(n, {
        const vf left = PITH_NAME(first_lanes)(load_part(a + i, n - i) - splat(a_shift), n - i);
        const vf right = PITH_NAME(first_lanes)(load_part(b + i, n - i) - splat(b_shift), n - i);
        lanes[v] = fma_once(left, right, lanes[v]);
    })
    PITH_NAME(store_lanes)(sums, lanes);
}
#undef PITH_EACH_LANE_VECTOR

static void PITH_NAME(normalize)(float *y, const float *x, float mean, float factor, float offset, size_t n) {
    for (size_t i = 0; i < n; i += PITH_LANES) {
        store_part(y + i, fma_once(load_part(x + i, n - i) - splat(mean), splat(factor), splat(offset)), n - i);
    }
}

static void PITH_NAME(multiply_add)(float *y, const float *a, const float *b, const float *c, size_t n) {
    for (size_t i = 0; i < n; i += PITH_LANES) {
        const vf left = load_part(a + i, n - i), right = load_part(b + i, n - i);
        store_part(y + i, fma_once(left, right, load_part(c + i, n - i)), n - i);
    }
}

static void PITH_NAME(normalize_gradient)(
    float *dx, const float *g, const float *x, const struct pith_normalization *rule, size_t n) {
    for (size_t i = 0; i < n; i += PITH_LANES) {
        const vf centred = load_part(x + i, n - i) - splat(rule->mean);
        const vf slope = fma_once(-centred, splat(rule->tilt), load_part(g + i, n - i) - splat(rule->shift));
        store_part(dx + i, slope * splat(rule->factor), n - i);
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
