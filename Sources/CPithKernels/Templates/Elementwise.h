// y[i] = f(a[i], b[i]). Explicit vectors, so that working in place is as fast.

#define PITH_DEFINE_BINARY(name, operator)                                                                            \
    static void PITH_NAME(name)(float *y, const float *a, const float *b, size_t n) {                                 \
        size_t i = 0;                                                                                                  \
        for (; i + PITH_LANES <= n; i += PITH_LANES) store(y + i, canonical(load(a + i) operator load(b + i)));       \
        if (i < n) store_first(y + i, canonical(load_first(a + i, n - i) operator load_first(b + i, n - i)), n - i);  \
    }

PITH_DEFINE_BINARY(add, +)
PITH_DEFINE_BINARY(sub, -)
PITH_DEFINE_BINARY(mul, *)
PITH_DEFINE_BINARY(div, /)
#undef PITH_DEFINE_BINARY

static void PITH_NAME(relu)(float *y, const float *x, size_t n) {
    size_t i = 0;
    for (; i + PITH_LANES <= n; i += PITH_LANES) store(y + i, relu(load(x + i)));
    if (i < n) store_first(y + i, relu(load_first(x + i, n - i)), n - i);
}
