// y[i] = f(a[i], b[i]). Explicit vectors, so that working in place is as fast.

/// A step is 0 where an operand is one number for all: a vector of it stands in its place.
#define PITH_DEFINE_PAIRS(name, value)                                                                                \
    static void PITH_NAME(name)(float *y, const float *a, size_t a_step, const float *b, size_t b_step, size_t n) {   \
        float one_a[PITH_LANES], one_b[PITH_LANES];                                                                   \
        if (a_step == 0) { store(one_a, splat(*a)); a = one_a; }                                                      \
        if (b_step == 0) { store(one_b, splat(*b)); b = one_b; }                                                      \
        size_t i = 0;                                                                                                  \
        for (; i + PITH_LANES <= n; i += PITH_LANES, a += a_step * PITH_LANES, b += b_step * PITH_LANES) {            \
            const vf left = load(a), right = load(b);                                                                 \
            store(y + i, canonical(value));                                                                           \
        }                                                                                                             \
        if (i < n) {                                                                                                  \
            const vf left = load_first(a, n - i), right = load_first(b, n - i);                                       \
            store_first(y + i, canonical(value), n - i);                                                              \
        }                                                                                                             \
    }

PITH_DEFINE_PAIRS(pairs_add, left + right)
PITH_DEFINE_PAIRS(pairs_sub, left - right)
PITH_DEFINE_PAIRS(pairs_mul, left * right)
PITH_DEFINE_PAIRS(pairs_div, left / right)
PITH_DEFINE_PAIRS(pairs_min, select((vi)(right < left) | (vi)(right != right), right, left))
PITH_DEFINE_PAIRS(pairs_max, select((vi)(right > left) | (vi)(right != right), right, left))
PITH_DEFINE_PAIRS(pairs_prelu, left < 0 ? right * left : left)
#undef PITH_DEFINE_PAIRS

static void PITH_NAME(pairs)(
    int function, float *y, const float *a, ptrdiff_t a_step, const float *b, ptrdiff_t b_step, size_t n) {
    static void (*const functions[])(float *, const float *, size_t, const float *, size_t, size_t) = {
        [PITH_PAIR_ADD] = PITH_NAME(pairs_add),
        [PITH_PAIR_SUB] = PITH_NAME(pairs_sub),
        [PITH_PAIR_MUL] = PITH_NAME(pairs_mul),
        [PITH_PAIR_DIV] = PITH_NAME(pairs_div),
        [PITH_PAIR_MIN] = PITH_NAME(pairs_min),
        [PITH_PAIR_MAX] = PITH_NAME(pairs_max),
        [PITH_PAIR_PRELU] = PITH_NAME(pairs_prelu),
    };
    if (n > 0) functions[function](y, a, (size_t)a_step, b, (size_t)b_step, n);
}
