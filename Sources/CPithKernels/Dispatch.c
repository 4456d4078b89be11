#include "KernelTable.h"

int pith_isa_supported(int isa) {
    switch (isa) {
    case PITH_ISA_PORTABLE:
        return 1;
#if defined(__x86_64__)
    case PITH_ISA_AVX2:
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
    case PITH_ISA_AVX512:
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")
            && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")
            && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#elif defined(__aarch64__)
    case PITH_ISA_NEON:
        return 1;
#elif defined(__wasm_simd128__)
    case PITH_ISA_WASM:
        return 1;
#endif
    default:
        return 0;
    }
}

int pith_isa_best(void) {
#if defined(__x86_64__)
    if (pith_isa_supported(PITH_ISA_AVX512)) return PITH_ISA_AVX512;
    if (pith_isa_supported(PITH_ISA_AVX2)) return PITH_ISA_AVX2;
    return PITH_ISA_PORTABLE;
#elif defined(__aarch64__)
    return PITH_ISA_NEON;
#elif defined(__wasm_simd128__)
    return PITH_ISA_WASM;
#else
    return PITH_ISA_PORTABLE;
#endif
}

const char *pith_isa_name(int isa) {
    switch (isa) {
    case PITH_ISA_PORTABLE: return "portable";
    case PITH_ISA_AVX2: return "avx2";
    case PITH_ISA_AVX512: return "avx512";
    case PITH_ISA_NEON: return "neon";
    case PITH_ISA_WASM: return "wasm";
    default: return "unknown";
    }
}

static const struct {
    const char *name, *purpose;
} list[] = {
#define PITH_LINE(name, result, purpose, parameters) {#name, purpose},
    PITH_KERNELS(PITH_LINE) PITH_TRAINING_KERNELS(PITH_LINE)
#undef PITH_LINE
};

int pith_kernel_count(void) { return (int)(sizeof list / sizeof *list); }

const char *pith_kernel_name(int index) { return list[index].name; }

const char *pith_kernel_purpose(int index) { return list[index].purpose; }

/// Defines the function that gives a table of an instruction set.
#define PITH_DEFINE_CHOICE(table, tables)                                                                             \
    const struct table *tables(int isa) {                                                                             \
        if (!pith_isa_supported(isa)) return &tables##_portable;                                                      \
        switch (isa) { PITH_CHOICES(tables) default: return &tables##_portable; }                                     \
    }
#if defined(__x86_64__)
#define PITH_CHOICES(tables) case PITH_ISA_AVX2: return &tables##_avx2; case PITH_ISA_AVX512: return &tables##_avx512;
#elif defined(__aarch64__)
#define PITH_CHOICES(tables) case PITH_ISA_NEON: return &tables##_neon;
#elif defined(__wasm_simd128__)
#define PITH_CHOICES(tables) case PITH_ISA_WASM: return &tables##_wasm;
#else
#define PITH_CHOICES(tables)
#endif
PITH_DEFINE_CHOICE(pith_kernel_table, pith_kernels)
PITH_DEFINE_CHOICE(pith_training_table, pith_training_kernels)

void pith_matmul_f32(
    int isa, size_t m, size_t n, size_t k, const float *a, ptrdiff_t a_row_stride, ptrdiff_t a_k_stride,
    const float *b_packed, float *c, ptrdiff_t ldc, const struct pith_matmul_epilogue *epilogue) {
    struct pith_product product = {
        .m = m, .n = n, .counts = {1, 1, k}, .a = a, .a_row_stride = a_row_stride, .a_steps = {0, 0, a_k_stride},
        .b = b_packed, .b_panel_stride = (ptrdiff_t)(k * PITH_PANEL_WIDTH), .b_steps = {0, 0, PITH_PANEL_WIDTH},
        .c = c, .ldc = ldc,
    };
    if (epilogue) product.epilogue = *epilogue;
    pith_kernels(isa)->matmul(&product);
}

void pith_narrow_matmul(
    int isa, int type, size_t m, size_t n, size_t k, const float *a, ptrdiff_t a_row_stride, const void *b_packed,
    float *c, ptrdiff_t ldc, const struct pith_matmul_epilogue *epilogue) {
    struct pith_narrow_product product = {
        .type = type, .m = m, .n = n, .k = k, .a = a, .a_row_stride = a_row_stride, .b = b_packed, .c = c, .ldc = ldc,
    };
    if (epilogue) product.epilogue = *epilogue;
    pith_kernels(isa)->narrow(&product);
}

static int permutes_bytes(void) {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx512vbmi");
#else
    return 0;
#endif
}

size_t pith_palette_most_floats(int isa, size_t k, size_t n) {
    if (isa != PITH_ISA_AVX512) return 0;
    // Looking up among more takes longer than reading floats, unless these come from far away.
    if (!permutes_bytes() || k * n < (size_t)1 << 18) return PITH_PALETTE_SIZE;
    return k * n < (size_t)1 << 22 ? 64 : PITH_WIDE_PALETTE_SIZE;
}

int pith_affine_is_fast(int isa, size_t k, size_t n) {
    // Widening takes longer than reading floats where they stay in a core's caches.
    return isa == PITH_ISA_AVX512 || k * n >= (size_t)1 << 20;
}

void pith_palette_matmul(
    int isa, size_t m, size_t n, size_t k, const float *a, ptrdiff_t a_row_stride, const struct pith_palette *b,
    float *c, ptrdiff_t ldc, const struct pith_matmul_epilogue *epilogue) {
    struct pith_narrow_product product = {
        .type = b->floats <= PITH_PALETTE_SIZE ? PITH_NARROW_PALETTE : PITH_NARROW_WIDE_PALETTE, .m = m, .n = n, .k = k,
        .a = a, .a_row_stride = a_row_stride, .b = b->numbers, .palette = b, .c = c, .ldc = ldc,
    };
    if (epilogue) product.epilogue = *epilogue;
    pith_kernels(isa)->narrow(&product);
}

void pith_affine_matmul(
    int isa, size_t m, size_t n, size_t k, const float *a, ptrdiff_t a_row_stride, const struct pith_affine *b,
    float *c, ptrdiff_t ldc, const struct pith_matmul_epilogue *epilogue) {
    struct pith_narrow_product product = {
        .type = PITH_NARROW_I8, .m = m, .n = n, .k = k, .a = a, .a_row_stride = a_row_stride, .b = b->codes,
        .affine = b, .c = c, .ldc = ldc,
    };
    if (epilogue) product.epilogue = *epilogue;
    pith_kernels(isa)->narrow(&product);
}

void pith_quantize_f32(
    int isa, uint8_t *q, int32_t *sums, float *scale, int32_t *zero, const float *x, size_t rows, size_t columns) {
    pith_kernels(isa)->quantize(q, sums, scale, zero, x, rows, columns);
}

void pith_integer_matmul(
    int isa, size_t m, size_t n, size_t k, const uint8_t *a, const int32_t *a_sums, float a_scale, int32_t a_zero,
    const struct pith_integers *b, float *c, ptrdiff_t ldc, const struct pith_matmul_epilogue *epilogue) {
    struct pith_integer_product product = {
        .m = m, .n = n, .k = k, .a = a, .a_row_stride = pith_byte_row(k), .a_sums = a_sums, .a_zero = a_zero,
        .a_scale = a_scale, .b = b, .c = c, .ldc = ldc,
    };
    if (epilogue) product.epilogue = *epilogue;
    pith_kernels(isa)->integers(&product);
}

void pith_conv_f32(
    int isa, const struct pith_conv *conv, float *y, const float *x, const float *weight, const float *bias,
    float *scratch, size_t first_row, size_t last_row) {
    pith_kernels(isa)->conv(conv, y, x, weight, bias, scratch, first_row, last_row);
}

void pith_maxpool_f32(
    int isa, float *y, int32_t *indices, const float *plane, size_t height, size_t width, size_t kernel_h,
    size_t kernel_w, size_t stride_h, size_t stride_w, size_t dilation_h, size_t dilation_w, ptrdiff_t pad_top,
    ptrdiff_t pad_left, size_t out_h, size_t out_w) {
    const struct pith_window w = {
        height, width, kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_top, pad_left, out_h, out_w,
    };
    pith_kernels(isa)->maxpool(y, indices, plane, &w);
}

void pith_avgpool_f32(
    int isa, float *y, const float *x, size_t planes, size_t plane, size_t height, size_t width, size_t kernel_h,
    size_t kernel_w, size_t stride_h, size_t stride_w, size_t dilation_h, size_t dilation_w, ptrdiff_t pad_top,
    ptrdiff_t pad_left, size_t pad_bottom, size_t pad_right, size_t out_h, size_t out_w, int counts_padding) {
    const struct pith_window w = {
        height, width, kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_top, pad_left, out_h, out_w,
    };
    const size_t cells = height * width;
    pith_kernels(isa)->avgpool(
        y + plane * out_h * out_w, x + plane * cells, plane * cells, (planes - plane) * cells, &w, pad_bottom, pad_right,
        counts_padding);
}

void pith_unary_f32(int isa, int function, float *y, const float *x, size_t n, float alpha, float beta) {
    pith_kernels(isa)->unary(function, y, x, n, alpha, beta);
}

void pith_softmax_f32(
    int isa, float *y, const float *x, size_t outer, size_t length, size_t inner, int logarithm) {
    pith_kernels(isa)->softmax(y, x, outer, length, inner, logarithm);
}

void pith_add_f32(int isa, float *y, const float *a, const float *b, size_t n) {
    pith_kernels(isa)->pairs(PITH_PAIR_ADD, y, a, 1, b, 1, n);
}

void pith_mul_f32(int isa, float *y, const float *a, const float *b, size_t n) {
    pith_kernels(isa)->pairs(PITH_PAIR_MUL, y, a, 1, b, 1, n);
}

void pith_lane_sums_f32(int isa, float *sums, const float *x, const struct pith_rows *rows) {
    pith_kernels(isa)->lane_sums(sums, x, rows);
}

void pith_lane_products_f32(
    int isa, float *sums, const float *a, float a_shift, const float *b, float b_shift, const struct pith_rows *rows) {
    pith_kernels(isa)->lane_products(sums, a, a_shift, b, b_shift, rows);
}

void pith_normalize_f32(
    int isa, float *y, const float *x, float mean, float factor, float offset, const struct pith_rows *rows) {
    pith_kernels(isa)->normalize(y, x, mean, factor, offset, rows);
}

void pith_multiply_add_f32(int isa, float *y, const float *a, const float *b, const float *c, size_t n) {
    pith_kernels(isa)->multiply_add(y, a, b, c, n);
}
