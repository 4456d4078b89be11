// The elementary functions of spec/arithmetic-functions.md on vectors, operation for operation.

/// Most vectors that a function takes at once.
#define PITH_MOST_SIDE_BY_SIDE 4

#define PITH_HORNER(p, x, c) ((p) = fma_call((p), (x), splat(c)))

PITH_INLINE vf magnitude(vf x) { return (vf)((vi)x & 0x7FFFFFFF); }

/// `value`, which is not negative, with the sign of `sign`.
PITH_INLINE vf with_sign(vf sign, vf value) { return (vf)((vi)value | ((vi)sign & (int32_t)0x80000000)); }

PITH_INLINE vf power_of_two(vi exponent) { return (vf)(((vu)exponent + 127) << 23); }

/// exp for `count` vectors of x in -104 to 89, side by side so that no processor has to look far ahead for work.
///
/// - is_normal: Whether all results are normal numbers, so that scaling adds to the exponent; no matter with PITH_HAS_SCALE.
PITH_INLINE void scaled_exps(vf *y, const vf *x, const size_t count, const int is_normal) {
    static const float coefficients[] = {0x1.123ad8p-7f, 0x1.5558a2p-5f, 0x1.55549p-3f, 0x1.fffffcp-2f, 1, 1};
    vf shifted[PITH_MOST_SIDE_BY_SIDE], r[PITH_MOST_SIDE_BY_SIDE];
#define PITH_EACH _Pragma("clang loop unroll(full)") for (size_t i = 0; i < count; i++)
    PITH_EACH shifted[i] = fma_call(x[i], splat(0x1.715476p+0f), splat(0x1.8p+23f));
    PITH_EACH r[i] = fma_call(shifted[i] - 0x1.8p+23f, splat(-0x1.62e4p-1f), x[i]);
    PITH_EACH r[i] = fma_call(shifted[i] - 0x1.8p+23f, splat(-0x1.7f7d1cp-20f), r[i]);
    PITH_EACH y[i] = splat(0x1.6a5e64p-10f);
#pragma clang loop unroll(full)
    for (size_t term = 0; term < sizeof coefficients / sizeof *coefficients; term++) {
        PITH_EACH y[i] = fma_call(y[i], r[i], splat(coefficients[term]));
    }
#if PITH_HAS_SCALE
    // One rounding, as of the two products, of which the first is exact.
    (void)is_normal;
    PITH_EACH y[i] = PITH_SCALE(y[i], shifted[i] - 0x1.8p+23f);
#else
    PITH_EACH {
        // The constant's bits are shifted out.
        const vi n = (vi)((vu)shifted[i] - 0x4B400000), half = n >> 1;
        y[i] = is_normal ? (vf)((vu)y[i] + ((vu)shifted[i] << 23))
                         : y[i] * power_of_two(half) * power_of_two((vi)((vu)n - (vu)half));
    }
#endif
#undef PITH_EACH
}

PITH_INLINE vf scaled_exp(vf x, const int is_normal) {
    vf y;
    scaled_exps(&y, &x, 1, is_normal);
    return y;
}

PITH_INLINE vf bounded_exp(vf x) { return scaled_exp(x, 0); }

/// No less than where exp is zero already; NaN stays.
PITH_INLINE vf above_zero_exp(vf x) { return x < -104 ? splat(-104) : x; }

/// exp of what is at most 89; of a NaN any NaN. The bounds' own values are far enough outside to be zero and infinite.
PITH_INLINE vf exp_below(vf x) { return bounded_exp(above_zero_exp(x)); }

PITH_INLINE vf vector_exp(vf x) { return canonical(exp_below(x > 89 ? splat(89) : x)); }

PITH_INLINE vf vector_log(vf x) {
    const vi is_subnormal = x < 0x1p-126f;
    const vf scaled = is_subnormal ? x * 0x1p+23f : x;
    const vi d = (vi)((vu)scaled - 0x3F2AAAAB) & -0x800000;
    const vf m = (vf)((vu)scaled - (vu)d);
    const vf k = __builtin_convertvector((d >> 23) - (is_subnormal & 23), vf);
    const vf f = m - 1;
    vf p = splat(-0x1.06cedcp-3f);
    PITH_HORNER(p, f, 0x1.1ec6ep-3f);
    PITH_HORNER(p, f, -0x1.f3a788p-4f);
    PITH_HORNER(p, f, 0x1.1ec0dp-3f);
    PITH_HORNER(p, f, -0x1.559804p-3f);
    PITH_HORNER(p, f, 0x1.99d1c6p-3f);
    PITH_HORNER(p, f, -0x1.ffff14p-3f);
    PITH_HORNER(p, f, 0x1.555502p-2f);
    PITH_HORNER(p, f, -0.5f);
    vf y = fma_call(k, splat(0x1.62e43p-1f), fma_call(p, f * f, f));
    y = x == 0 ? splat(-__builtin_inff()) : y;
    y = x == __builtin_inff() ? x : y;
    return canonical(x < 0 ? splat(__builtin_nanf("")) : x != x ? x : y);
}

PITH_INLINE vf vector_sigmoid(vf x) {
    const vf z = vector_exp(-magnitude(x));
    const vf numerator = x < 0 ? z : splat(1), sum = 1 + z, quotient = numerator / sum, lost = z - (sum - 1);
    const vf rest = fma_call(-quotient, lost, fma_call(-quotient, sum, numerator));
    return canonical(quotient + rest / sum);
}

PITH_INLINE vf vector_tanh(vf x) {
    const vf t = magnitude(x), s = t * t;
    const vf far = 1 - 2 / (vector_exp(t + t) + 1);
    vf p = splat(0x1.225e3ap-9f);
    PITH_HORNER(p, s, -0x1.0e50e2p-7f);
    PITH_HORNER(p, s, 0x1.63f936p-6f);
    PITH_HORNER(p, s, -0x1.b9f766p-5f);
    PITH_HORNER(p, s, 0x1.11108cp-3f);
    PITH_HORNER(p, s, -0x1.555554p-2f);
    return canonical(with_sign(x, t >= 0x1.2p-1f ? far : fma_call(p * s, t, t)));
}

PITH_INLINE vf vector_erf(vf x) {
    const vf t = magnitude(x), s = t * t;
    vf q = splat(-0x1.97b33cp-17f);
    PITH_HORNER(q, t, 0x1.5c1d2cp-12f);
    PITH_HORNER(q, t, -0x1.e24f2cp-9f);
    PITH_HORNER(q, t, 0x1.869b4p-6f);
    PITH_HORNER(q, t, -0x1.b385p-4f);
    PITH_HORNER(q, t, -0x1.452b58p-1f);
    PITH_HORNER(q, t, -0x1.20effep+0f);
    // From 4 on the product may leave exp's range, and is not used.
    const vf far = t >= 4 ? splat(1) : 1 - bounded_exp(t >= 4 ? splat(0) : q * t);
    vf p = splat(0x1.5a7084p-14f);
    PITH_HORNER(p, s, -0x1.a98p-11f);
    PITH_HORNER(p, s, 0x1.54b154p-8f);
    PITH_HORNER(p, s, -0x1.b80c08p-6f);
    PITH_HORNER(p, s, 0x1.ce2de6p-4f);
    PITH_HORNER(p, s, -0x1.812742p-2f);
    PITH_HORNER(p, s, 0x1.06eba8p-3f);
    return canonical(with_sign(x, t < 0x1.ep-1f ? fma_call(p, t, t) : x != x ? x : far));
}

PITH_INLINE vf vector_gelu(vf x) {
    return (0.5f * x) * (1 + vector_erf(x * (vf)((vi){0} + 0x3F3504F3)));
}

PITH_INLINE vf vector_gelu_tanh(vf x) {
    const vf outer = (vf)((vi){0} + 0x3F4C422A), inner = (vf)((vi){0} + 0x3D372713);
    return (0.5f * x) * (1 + vector_tanh(outer * fma_call(inner * x * x, x, x)));
}

/// Of bounds that are not numbers the result is none.
PITH_INLINE vf vector_clip(vf x, vf low, vf high) {
    const vf raised = select((vi)(x < low) | (vi)(low != low), low, x);
    return select((vi)(raised > high) | (vi)(high != high), high, raised);
}

PITH_INLINE vf hard_sigmoid(vf x, vf alpha, vf beta) { return vector_clip(alpha * x + beta, splat(0), splat(1)); }

// MARK: Element by element

#define PITH_DEFINE_UNARY(name, value)                                                                                \
    static void PITH_NAME(name)(float *y, const float *from, size_t n, float first, float second) {                   \
        const vf alpha = splat(first), beta = splat(second);                                                          \
        (void)alpha;                                                                                                  \
        (void)beta;                                                                                                   \
        for (size_t i = 0; i < n; i += PITH_LANES) {                                                                  \
            const size_t count = n - i < PITH_LANES ? n - i : PITH_LANES;                                             \
            const vf x = load_first(from + i, count);                                                                 \
            store_first(y + i, canonical(value), count);                                                              \
        }                                                                                                             \
    }

PITH_DEFINE_UNARY(unary_relu, x <= 0 ? (vf){0} : x)
PITH_DEFINE_UNARY(unary_leaky_relu, x < 0 ? alpha * x : x)
PITH_DEFINE_UNARY(unary_neg, -x)
PITH_DEFINE_UNARY(unary_abs, magnitude(x))
PITH_DEFINE_UNARY(unary_sqrt, __builtin_elementwise_sqrt(x))
PITH_DEFINE_UNARY(unary_exp, vector_exp(x))
PITH_DEFINE_UNARY(unary_log, vector_log(x))
PITH_DEFINE_UNARY(unary_erf, vector_erf(x))
PITH_DEFINE_UNARY(unary_sigmoid, vector_sigmoid(x))
PITH_DEFINE_UNARY(unary_tanh, vector_tanh(x))
PITH_DEFINE_UNARY(unary_gelu, vector_gelu(x))
PITH_DEFINE_UNARY(unary_gelu_tanh, vector_gelu_tanh(x))
PITH_DEFINE_UNARY(unary_reciprocal, 1 / x)
PITH_DEFINE_UNARY(unary_clip, vector_clip(x, alpha, beta))
PITH_DEFINE_UNARY(unary_hard_sigmoid, hard_sigmoid(x, alpha, beta))
PITH_DEFINE_UNARY(unary_hard_swish, x * hard_sigmoid(x, alpha, beta))
PITH_DEFINE_UNARY(unary_elu, x < 0 ? alpha * (vector_exp(x) - 1) : x)
#undef PITH_DEFINE_UNARY

static void PITH_NAME(unary)(int function, float *y, const float *x, size_t n, float alpha, float beta) {
    static void (*const functions[])(float *, const float *, size_t, float, float) = {
        [PITH_UNARY_RELU] = PITH_NAME(unary_relu),
        [PITH_UNARY_LEAKY_RELU] = PITH_NAME(unary_leaky_relu),
        [PITH_UNARY_NEG] = PITH_NAME(unary_neg),
        [PITH_UNARY_ABS] = PITH_NAME(unary_abs),
        [PITH_UNARY_SQRT] = PITH_NAME(unary_sqrt),
        [PITH_UNARY_EXP] = PITH_NAME(unary_exp),
        [PITH_UNARY_LOG] = PITH_NAME(unary_log),
        [PITH_UNARY_ERF] = PITH_NAME(unary_erf),
        [PITH_UNARY_SIGMOID] = PITH_NAME(unary_sigmoid),
        [PITH_UNARY_TANH] = PITH_NAME(unary_tanh),
        [PITH_UNARY_GELU] = PITH_NAME(unary_gelu),
        [PITH_UNARY_GELU_TANH] = PITH_NAME(unary_gelu_tanh),
        [PITH_UNARY_RECIPROCAL] = PITH_NAME(unary_reciprocal),
        [PITH_UNARY_CLIP] = PITH_NAME(unary_clip),
        [PITH_UNARY_HARD_SIGMOID] = PITH_NAME(unary_hard_sigmoid),
        [PITH_UNARY_HARD_SWISH] = PITH_NAME(unary_hard_swish),
        [PITH_UNARY_ELU] = PITH_NAME(unary_elu),
    };
    functions[function](y, x, n, alpha, beta);
}
