// Sixteen sums, and what normalisations do with them.

/// The first `count` lanes of `v`, and zeros.
PITH_INLINE vf PITH_NAME(first_lanes)(vf v, size_t count) {
    if (count >= PITH_LANES) return v;
    return (vf)((vi)v & (vi)(lane_numbers() < (int32_t)count));
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

static void PITH_NAME(lane_sums)(float *sums, const float *x, const struct pith_rows *rows) {
    const size_t n = rows->length;
    vf lanes[PITH_PANEL_VECTORS];
    PITH_NAME(load_lanes)(lanes, sums);
    for (size_t row = 0; row < rows->count; row++, x += rows->pitch) {
        PITH_EACH_LANE_VECTOR(n, lanes[v] += load_part(x + i, n - i))
    }
    PITH_NAME(store_lanes)(sums, lanes);
}

static void PITH_NAME(lane_products)(
    float *sums, const float *a, float a_shift, const float *b, float b_shift, const struct pith_rows *rows) {
    const size_t n = rows->length;
    vf lanes[PITH_PANEL_VECTORS];
    PITH_NAME(load_lanes)(lanes, sums);
    for (size_t row = 0; row < rows->count; row++, a += rows->pitch, b += rows->pitch) {
        PITH_EACH_LANE_VECTOR(n, {
            const vf left = PITH_NAME(first_lanes)(load_part(a + i, n - i) - splat(a_shift), n - i);
            const vf right = PITH_NAME(first_lanes)(load_part(b + i, n - i) - splat(b_shift), n - i);
            lanes[v] = fma_once(left, right, lanes[v]);
        })
    }
    PITH_NAME(store_lanes)(sums, lanes);
}
#undef PITH_EACH_LANE_VECTOR

static void PITH_NAME(normalize)(
    float *y, const float *x, float mean, float factor, float offset, const struct pith_rows *rows) {
    const size_t n = rows->length;
    for (size_t row = 0; row < rows->count; row++, y += rows->pitch, x += rows->pitch) {
        for (size_t i = 0; i < n; i += PITH_LANES) {
            store_part(y + i, fma_once(load_part(x + i, n - i) - splat(mean), splat(factor), splat(offset)), n - i);
        }
    }
}

static void PITH_NAME(multiply_add)(float *y, const float *a, const float *b, const float *c, size_t n) {
    for (size_t i = 0; i < n; i += PITH_LANES) {
        const vf left = load_part(a + i, n - i), right = load_part(b + i, n - i);
        store_part(y + i, fma_once(left, right, load_part(c + i, n - i)), n - i);
    }
}
