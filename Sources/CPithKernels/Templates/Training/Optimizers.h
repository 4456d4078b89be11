// Steps of training rules, element by element, in place. Explicit vectors; the last ones are padded with zeros.

/// g, or weight_decay * p + g.
PITH_INLINE vf PITH_NAME(decayed)(vf g, vf p, float weight_decay) {
    return weight_decay == 0 ? g : fma_once(splat(weight_decay), p, g);
}

/// `v` with what lies below the normal floats as +0: moments of gradients that stay zero end there and never leave, and
/// roots and quotients of such numbers take four times as long.
PITH_INLINE vf PITH_NAME(normal)(vf v) {
    const vi bits = (vi)v;
    return (vf)((bits & 0x7F800000) == 0 ? (vi){0} : bits);
}

static void PITH_NAME(sgd)(float *p, float *velocity, const float *g, size_t n, const struct pith_sgd *rule) {
    const vf rate = splat(-rule->rate), momentum = splat(rule->momentum);
    for (size_t i = 0; i < n; i += PITH_LANES) {
        const vf parameter = load_part(p + i, n - i);
        vf change = PITH_NAME(decayed)(load_part(g + i, n - i), parameter, rule->weight_decay);
        if (velocity) {
            const vf v = fma_once(momentum, load_part(velocity + i, n - i), change);
            store_part(velocity + i, v, n - i);
            change = rule->nesterov ? fma_once(momentum, v, change) : v;
        }
        store_part(p + i, fma_once(rate, change, parameter), n - i);
    }
}

static void PITH_NAME(adam)(
    float *p, float *mean, float *variance, const float *g, size_t n, const struct pith_adam *rule) {
    const vf size = splat(-rule->size), root = splat(rule->root), epsilon = splat(rule->epsilon);
    const vf share1 = splat(rule->share1), beta2 = splat(rule->beta2), share2 = splat(rule->share2);
    for (size_t i = 0; i < n; i += PITH_LANES) {
        vf parameter = load_part(p + i, n - i);
        const vf gradient = PITH_NAME(decayed)(load_part(g + i, n - i), parameter, rule->weight_decay);
        if (rule->shrinkage != 1) parameter *= splat(rule->shrinkage);
        vf m = load_part(mean + i, n - i);
        m = PITH_NAME(normal)(fma_once(share1, gradient - m, m));
        const vf before = beta2 * load_part(variance + i, n - i);
        const vf v = PITH_NAME(normal)(fma_once(share2, gradient * gradient, before));
        store_part(mean + i, m, n - i);
        store_part(variance + i, v, n - i);
        const vf change = m / (__builtin_elementwise_sqrt(v) / root + epsilon);
        store_part(p + i, fma_once(size, change, parameter), n - i);
    }
}

static void PITH_NAME(rmsprop)(
    float *p, float *square, float *mean, float *velocity, const float *g, size_t n, const struct pith_rmsprop *rule) {
    const vf rate = splat(-rule->rate), alpha = splat(rule->alpha), share = splat(rule->share);
    const vf epsilon = splat(rule->epsilon), momentum = splat(rule->momentum);
    for (size_t i = 0; i < n; i += PITH_LANES) {
        const vf parameter = load_part(p + i, n - i);
        const vf gradient = PITH_NAME(decayed)(load_part(g + i, n - i), parameter, rule->weight_decay);
        const vf before = alpha * load_part(square + i, n - i);
        const vf s = PITH_NAME(normal)(fma_once(share, gradient * gradient, before));
        store_part(square + i, s, n - i);
        vf spread = s;
        if (mean) {
            vf m = load_part(mean + i, n - i);
            m = fma_once(share, gradient - m, m);
            store_part(mean + i, m, n - i);
            spread = fma_once(-m, m, s);
        }
        vf change = gradient / (__builtin_elementwise_sqrt(spread) + epsilon);
        if (velocity) {
            change = fma_once(momentum, load_part(velocity + i, n - i), change);
            store_part(velocity + i, change, n - i);
        }
        store_part(p + i, fma_once(rate, change, parameter), n - i);
    }
}

static void PITH_NAME(lerp)(float *y, const float *x, float share, size_t n) {
    for (size_t i = 0; i < n; i += PITH_LANES) {
        const vf from = load_part(y + i, n - i);
        store_part(y + i, fma_once(splat(share), load_part(x + i, n - i) - from, from), n - i);
    }
}

static void PITH_NAME(scale)(float *y, const float *x, float factor, size_t n) {
    for (size_t i = 0; i < n; i += PITH_LANES) store_part(y + i, splat(factor) * load_part(x + i, n - i), n - i);
}

/// Sixteen sums in double: those of a panel's lanes.
static double PITH_NAME(sum_of_squares)(const float *x, size_t n) {
    vd sums[PITH_PANEL_VECTORS] = {0};
    for (size_t i = 0; i < n; i += PITH_PANEL_WIDTH) {
        for (size_t v = 0; v < PITH_PANEL_VECTORS && i + v * PITH_LANES < n; v++) {
            const size_t first = i + v * PITH_LANES;
            const vd value = __builtin_convertvector(load_part(x + first, n - first), vd);
            sums[v] += value * value;
        }
    }
    double total = 0;
    for (size_t v = 0; v < PITH_PANEL_VECTORS; v++) {
        for (size_t lane = 0; lane < PITH_LANES; lane++) total += sums[v][lane];
    }
    return total;
}
