#include "cases.h"

// Operands of every kind from one generator; outputs as one hash. No libc, so that the same file runs everywhere.

#define MOST ((size_t)1 << 18)

static float a[MOST], b[MOST], c[MOST], packed[MOST], scratch[MOST];
static uint16_t narrow[MOST];
static uint64_t state;

static uint32_t next(void) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 32);
}

/// Like weights and activations, now and then tiny, huge, an infinity or NaN.
static void fill(float *to, size_t count, int has_specials) {
    static const uint32_t specials[] = {
        0, 0x80000000, 1, 0x807FFFFF, 0x00800000, 0x7F7FFFFF, 0x7F800000, 0xFF800000, 0x7FC12345, 0x2B800000,
    };
    for (size_t i = 0; i < count; i++) {
        to[i] = (float)(int32_t)next() * 0x1p-31f;
        if (has_specials && next() % 64 == 0) {
            __builtin_memcpy(to + i, &specials[next() % (sizeof specials / sizeof *specials)], sizeof *to);
        }
    }
}

static uint64_t hash(const float *from, size_t count, uint64_t h) {
    for (size_t i = 0; i < count; i++) {
        uint32_t bits;
        __builtin_memcpy(&bits, from + i, sizeof bits);
        for (int shift = 0; shift < 32; shift += 8) h = (h ^ (bits >> shift & 0xFF)) * 0x100000001B3u;
    }
    return h;
}

static uint64_t product(int isa, uint64_t h, size_t m, size_t n, size_t k, int has_specials) {
    fill(a, m * k, has_specials);
    fill(b, k * n, has_specials);
    fill(scratch, n, 0);
    pith_pack_f32(packed, b, k, n, (ptrdiff_t)n, 1);
    const struct pith_matmul_epilogue epilogue = {.column_bias = scratch, .activation = 1};
    pith_matmul_f32(isa, m, n, k, a, (ptrdiff_t)k, 1, packed, c, (ptrdiff_t)n, &epilogue);
    return hash(c, m * n, h);
}

static uint64_t products(int isa, uint64_t h) {
    for (size_t m = 1; m < 28; m += 3) h = product(isa, h, m, 16 * (m % 9) + m, 40 + m, m % 2 == 1);
    return product(isa, h, 60, 300, 784, 0);
}

static uint64_t narrow_products(int isa, uint64_t h) {
    const size_t m = 5, n = 70, k = 90;
    for (int type = PITH_NARROW_BF16; type <= PITH_NARROW_F16; type++) {
        fill(a, m * k, 1);
        fill(b, n, 0);
        for (size_t i = 0; i < k * n; i++) narrow[i] = (uint16_t)next();
        pith_narrow_pack(type, packed, narrow, k, n, (ptrdiff_t)n, 1);
        pith_narrow_matmul(isa, type, m, n, k, a, (ptrdiff_t)k, packed, c, (ptrdiff_t)n, NULL);
        h = hash(c, m * n, h);
    }
    return h;
}

/// Whole numbers that are scaled, then bytes by bytes.
static uint64_t integer_products(int isa, uint64_t h) {
    const size_t m = 5, n = 70, k = 90, width = 80;
    int8_t *const numbers = (int8_t *)narrow;
    for (int has_specials = 0; has_specials < 2; has_specials++) {
        fill(a, m * k, has_specials);
        fill(b, 3 * width, has_specials);
        for (size_t i = 0; i < k * n; i++) numbers[i] = (int8_t)next();
        pith_narrow_pack(PITH_NARROW_I8, packed, numbers, k, n, (ptrdiff_t)n, 1);
        const struct pith_affine affine = {packed, b, 32, width};
        pith_affine_matmul(isa, m, n, k, a, (ptrdiff_t)k, &affine, c, (ptrdiff_t)n, NULL);
        h = hash(c, m * n, h);
        int32_t sums[80], zeros[80], row_sums[5], zero;
        for (size_t i = 0; i < width; i++) zeros[i] = (int32_t)(next() % 256) - 128;
        pith_integers_pack((int8_t *)packed, sums, numbers, k, n, (ptrdiff_t)n, 1);
        const struct pith_integers integers = {(int8_t *)packed, sums, zeros, b};
        float scale;
        pith_quantize_f32(isa, (uint8_t *)scratch, row_sums, &scale, &zero, a, m, k);
        pith_integer_matmul(isa, m, n, k, (uint8_t *)scratch, row_sums, scale, zero, &integers, c, (ptrdiff_t)n, NULL);
        h = hash(c, m * n, h);
    }
    return h;
}

/// Weights of one in eight, then numbers of a palette.
static uint64_t compressed_products(int isa, uint64_t h) {
    const size_t m = 5, n = 70, k = 90;
    for (int has_specials = 0; has_specials < 2; has_specials++) {
        fill(a, m * k, has_specials);
        fill(b, k * n, has_specials);
        for (size_t i = 0; i < k * n; i++) b[i] = next() % 8 == 0 ? b[i] : 0;
        pith_pack_f32(c, b, k, n, (ptrdiff_t)n, 1);
        pith_sparse_pack(packed, pith_sparse_steps(c, k, n), c, k, n);
        pith_sparse_matmul(isa, m, n, k, a, (ptrdiff_t)k, packed, 0, n, c, (ptrdiff_t)n, NULL);
        h = hash(c, m * n, h);
        uint8_t *const numbers = (uint8_t *)narrow;
        for (size_t floats = PITH_PALETTE_SIZE; floats <= PITH_WIDE_PALETTE_SIZE; floats *= 4) {
            const int type = floats > PITH_PALETTE_SIZE ? PITH_NARROW_WIDE_PALETTE : PITH_NARROW_PALETTE;
            for (size_t i = 0; i < k * n; i++) numbers[i] = (uint8_t)(next() % floats);
            pith_narrow_pack(type, packed, numbers, k, n, (ptrdiff_t)n, 1);
            const struct pith_palette palette = {packed, b, floats};
            pith_palette_matmul(isa, m, n, k, a, (ptrdiff_t)k, &palette, c, (ptrdiff_t)n, NULL);
            h = hash(c, m * n, h);
        }
    }
    return h;
}

static uint64_t convolution(int isa, uint64_t h, struct pith_conv shape, int has_specials) {
    const size_t pool = shape.pool_2x2 ? 2 : 1;
    fill(a, shape.channels * shape.height * shape.width, has_specials);
    fill(b, shape.filters * shape.channels / shape.groups * shape.kernel_h * shape.kernel_w + shape.filters, 0);
    pith_conv_f32(isa, &shape, c, a, b + shape.filters, b, scratch, 0, shape.out_h / pool);
    return hash(c, shape.filters * (shape.out_h / pool) * (shape.out_w / pool), h);
}

static uint64_t convolutions(int isa, uint64_t h) {
    h = convolution(isa, h, (struct pith_conv){3, 20, 22, 9, 1, 3, 5, 1, 1, 1, 1, 1, 2, 20, 22, 1, 1, 1}, 1);
    h = convolution(isa, h, (struct pith_conv){8, 17, 19, 8, 8, 3, 3, 1, 1, 1, 1, 1, 1, 17, 19, 0, 0, 1}, 1);
    h = convolution(isa, h, (struct pith_conv){6, 23, 23, 18, 2, 3, 3, 2, 2, 2, 2, 1, 1, 10, 10, 1, 0, 1}, 1);
    return convolution(isa, h, (struct pith_conv){4, 1, 100, 17, 1, 1, 7, 1, 3, 1, 1, 0, 3, 1, 34, 0, 0, 1}, 1);
}

static uint64_t functions(int isa, uint64_t h) {
    const size_t count = 50003;
    for (size_t i = 0; i < count; i++) {
        const uint32_t bits = i % 2 ? next() : (uint32_t)(i * 85899);
        __builtin_memcpy(a + i, &bits, sizeof bits);
    }
    for (int function = PITH_UNARY_RELU; function <= PITH_UNARY_ELU; function++) {
        pith_unary_f32(isa, function, c, a, count, 0.01f, 0.5f);
        h = hash(c, count, h);
    }
    return h;
}

static uint64_t softmaxes(int isa, uint64_t h) {
    for (int round = 0; round < 4; round++) {
        const size_t outer = 37, length = 50, inner = round % 2 ? 19 : 1;
        fill(a, outer * length * inner, round == 3);
        for (size_t i = 0; i < outer * length * inner; i++) a[i] *= 8;
        pith_softmax_f32(isa, c, a, outer, length, inner, round / 2);
        h = hash(c, outer * length * inner, h);
    }
    return h;
}

static uint64_t pooling(int isa, uint64_t h) {
    fill(a, 40 * 41, 1);
    pith_maxpool_f32(isa, c, NULL, a, 40, 41, 3, 3, 2, 2, 1, 1, 1, 1, 20, 21);
    h = hash(c, 20 * 21, h);
    pith_avgpool_f32(isa, c, a, 1, 0, 40, 41, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1, 20, 21, 1);
    return hash(c, 20 * 21, h);
}

/// [19, 7, 23] with one operand repeated along its middle, and reduced along its outer two or its last extent.
static uint64_t loops(int isa, uint64_t h) {
    fill(a, 19 * 7 * 23, 1);
    fill(b, 19 * 23, 1);
    struct pith_loops pairs = {0}, places = {0}, groups = {0};
    pith_loops_add(&pairs, 19, 7 * 23, 23);
    pith_loops_add(&pairs, 7, 23, 0);
    pith_loops_add(&pairs, 23, 1, 1);
    for (int function = PITH_PAIR_ADD; function <= PITH_PAIR_PRELU; function++) {
        pith_pairs_f32(isa, function, c, a, b, &pairs, 0, 19);
        h = hash(c, 19 * 7 * 23, h);
    }
    pith_loops_add(&places, 23, 1, 0);
    pith_loops_add(&groups, 19 * 7, 23, 0);
    for (int function = PITH_REDUCE_SUM; function <= PITH_REDUCE_MIN; function++) {
        pith_reduce_f32(isa, function, c, a, &places, &groups, 0, 23);
        h = hash(c, 23, h);
        pith_reduce_f32(isa, function, c, a, &groups, &places, 0, 19 * 7);
        h = hash(c, 19 * 7, h);
    }
    return h;
}

static void dense(int isa, size_t n, size_t k, int activation) {
    fill(b, k * n + n, 0);
    pith_pack_f32(packed, b, k, n, 1, (ptrdiff_t)k);
    const struct pith_matmul_epilogue epilogue = {.column_bias = b + k * n, .activation = activation};
    pith_matmul_f32(isa, 1, n, k, a, (ptrdiff_t)k, 1, packed, c, (ptrdiff_t)n, &epilogue);
    __builtin_memcpy(a, c, n * sizeof *a);
}

/// LeNet-5 from a picture to probabilities.
static uint64_t network(int isa, uint64_t h) {
    h = convolution(isa, h, (struct pith_conv){1, 28, 28, 6, 1, 5, 5, 1, 1, 1, 1, 2, 2, 28, 28, 1, 1, 0}, 0);
    h = convolution(isa, h, (struct pith_conv){6, 14, 14, 16, 1, 5, 5, 1, 1, 1, 1, 0, 0, 10, 10, 1, 1, 0}, 0);
    __builtin_memcpy(a, c, 400 * sizeof *a);
    dense(isa, 120, 400, 1);
    dense(isa, 84, 120, 1);
    dense(isa, 10, 84, 0);
    pith_softmax_f32(isa, c, a, 1, 10, 1, 0);
    return hash(c, 10, h);
}

static const struct {
    const char *name;
    uint64_t (*run)(int isa, uint64_t h);
} cases[] = {
    {"products", products},         {"narrow-products", narrow_products}, {"convolutions", convolutions},
    {"functions", functions},       {"softmax", softmaxes},               {"pooling", pooling},
    {"loops", loops},               {"integers", integer_products},       {"compressed", compressed_products},
    {"lenet5", network},
};

int cross_case_count(void) { return (int)(sizeof cases / sizeof *cases); }

const char *cross_case_name(int index) { return cases[index].name; }

uint64_t cross_case_hash(int index, int isa) {
    state = 1;
    return cases[index].run(isa, 0xCBF29CE484222325u);
}
