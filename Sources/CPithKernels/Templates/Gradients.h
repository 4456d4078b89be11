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

static void PITH_NAME(lane_sums)(float *sums, const float *x, size_t n) {
    for (size_t i = 0; i < n; i += PITH_LANES) {
        float *lanes = sums + i % PITH_PANEL_WIDTH;
        store(lanes, load(lanes) + load_part(x + i, n - i));
    }
}

static void PITH_NAME(lane_products)(
    float *sums, const float *a, float a_shift, const float *b, float b_shift, size_t n) {
    for (size_t i = 0; i < n; i += PITH_LANES) {
        float *lanes = sums + i % PITH_PANEL_WIDTH;
        const vf left = PITH_NAME(first_lanes)(load_part(a + i, n - i) - splat(a_shift), n - i);
        const vf right = PITH_NAME(first_lanes)(load_part(b + i, n - i) - splat(b_shift), n - i);
        store(lanes, fma_once(left, right, load(lanes)));
    }
}

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
