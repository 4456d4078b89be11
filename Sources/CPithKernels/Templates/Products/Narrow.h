// The matrix product with narrow weights, widened in registers: fewer bytes to read are a faster product where one row
// reads every weight once.
//
// The including file defines PITH_NARROW_PANELS, the most panels of one row's tile, and PITH_NARROW_ROWS, the rows of a
// tile of half as many panels; or PITH_WIDENS_FIRST as 1 where weights are widened block by block instead.

#if !PITH_WIDENS_FIRST
#include "NarrowFinish.h"
#endif

#if PITH_HAS_F16
typedef _Float16 vh __attribute__((ext_vector_type(PITH_LANES)));
#endif
typedef uint16_t vu16 __attribute__((ext_vector_type(PITH_LANES)));
typedef uint8_t vu8 __attribute__((ext_vector_type(PITH_LANES)));
typedef int8_t vi8 __attribute__((ext_vector_type(PITH_LANES)));

/// Sixteen bits to float. A NaN may become any NaN, for the sums make it canonical.
PITH_INLINE vf PITH_NAME(widen_f16)(const uint8_t *at) {
#if PITH_HAS_F16
    vh halves;
    __builtin_memcpy(&halves, at, sizeof halves);
    return __builtin_convertvector(halves, vf);
#else
    vu16 halves;
    __builtin_memcpy(&halves, at, sizeof halves);
    const vi bits = __builtin_convertvector(halves, vi), magnitude = bits & 0x7FFF;
    // As a float the bits are 2^-112 times too small, subnormal or not; the product is exact.
    const vf value = (vf)(magnitude << 13) * 0x1p+112f;
    const vi special = (magnitude >= 0x7C00) & 0x7F800000;
    return (vf)((vi)value | special | (bits & 0x8000) << 16);
#endif
}

/// Sixteen floats in registers, and those of so many of their numbers.
#if PITH_HAS_PERMUTE
#define PITH_PALETTE_VECTORS 2
PITH_INLINE vf PITH_NAME(from_palette)(const vf *palette, vi number) {
    const vf low = (vf)__builtin_ia32_permvarsf256(palette[0], number);
    const vf high = (vf)__builtin_ia32_permvarsf256(palette[1], number);
    return number << 28 < 0 ? high : low;
}
#elif PITH_MASKED_MEMORY
#define PITH_PALETTE_VECTORS 1
PITH_INLINE vf PITH_NAME(from_palette)(const vf *palette, vi number) {
    // Only the lowest four bits count.
    return (vf)__builtin_ia32_permvarsf512(palette[0], number);
}
#else
#define PITH_PALETTE_VECTORS (16 / PITH_LANES)
PITH_INLINE vf PITH_NAME(from_palette)(const vf *palette, vi number) {
    vf v;
#pragma clang loop unroll(full)
    for (size_t q = 0; q < PITH_LANES; q++) v[q] = ((const float *)palette)[number[q] & 15];
    return v;
}
#endif

/// Widens what stands together of one unit: rows of 16 or, for pairs of panels, 32 columns.
///
/// - palette: the floats of a palette.
/// - scales: those of the unit's columns, of whole numbers.
PITH_INLINE void PITH_NAME(widen)(
    const int type, const uint8_t *at, const vf *palette, const vf *scales, vf *values) {
#pragma clang loop unroll(full)
    for (size_t v = 0; v < PITH_PANEL_VECTORS; v++) {
        if (type == PITH_NARROW_F16) {
            values[v] = PITH_NAME(widen_f16)(at + v * PITH_LANES * 2);
        } else if (type == PITH_NARROW_I8) {
            vi8 bytes;
            __builtin_memcpy(&bytes, at + v * PITH_LANES, sizeof bytes);
            values[v] = __builtin_convertvector(bytes, vf) * scales[v];
        } else {
            vi words;
            __builtin_memcpy(&words, at + v * sizeof words, sizeof words);
            if (type == PITH_NARROW_BF16) {
                values[v] = (vf)(words << 16);
                values[PITH_PANEL_VECTORS + v] = (vf)(words & (int32_t)0xFFFF0000);
            } else {
#pragma clang loop unroll(full)
                for (int32_t r = 0; r < 8; r++) {
                    values[(size_t)r * PITH_PANEL_VECTORS + v] = PITH_NAME(from_palette)(palette, words >> 4 * r);
                }
            }
        }
    }
}

/// Four rows of a panel by the bytes of a palette, each byte's of all floats side by side.
PITH_INLINE void PITH_NAME(widen_wide)(const uint8_t *at, const uint8_t *palette, vf *values) {
    uint32_t rows[4][PITH_PANEL_WIDTH];
    for (size_t i = 0; i < 64; i++) {
        uint32_t bits = 0;
        for (size_t p = 0; p < 4; p++) bits |= (uint32_t)palette[p * PITH_WIDE_PALETTE_SIZE + at[i]] << 8 * p;
        rows[i / 4 % 4][i / 16 * 4 + i % 4] = bits;
    }
    __builtin_memcpy(values, rows, sizeof rows);
}

/// Rows that are widened before they are multiplied; their panels stay in the first cache.
#define PITH_WIDENED_ROWS 128

/// Widens `rows` rows of a unit, from row `first` on, to panels of PITH_WIDENED_ROWS rows.
PITH_INLINE void PITH_NAME(widen_rows)(
    const struct pith_narrow_product *product, const int type, size_t column, size_t first, size_t rows,
    float *panels) {
    const size_t unit_panels = PITH_NARROW_UNIT_PANELS(type), together = PITH_NARROW_TOGETHER(type);
    const size_t unit_bytes = (product->k + together - 1) / together * PITH_NARROW_BYTES(type);
    const uint8_t *b = product->b + column / PITH_PANEL_WIDTH / unit_panels * unit_bytes
        + first / together * PITH_NARROW_BYTES(type);
    vf palette[PITH_PALETTE_VECTORS], scales[PITH_PANEL_VECTORS];
    if (type == PITH_NARROW_PALETTE) __builtin_memcpy(palette, product->palette->values, sizeof palette);
    for (size_t k = 0; k < rows; k += together, b += PITH_NARROW_BYTES(type)) {
        vf values[PITH_NARROW_MOST_TOGETHER * 2 * PITH_PANEL_VECTORS];
        if (type == PITH_NARROW_I8) {
            const struct pith_affine *affine = product->affine;
            const size_t group = (first + k) / affine->group_rows;
            for (size_t v = 0; v < PITH_PANEL_VECTORS; v++) {
                scales[v] = load(affine->scales + group * affine->group_stride + column + v * PITH_LANES);
            }
        }
        if (type == PITH_NARROW_WIDE_PALETTE) {
            PITH_NAME(widen_wide)(b, product->palette->values, values);
        } else {
            PITH_NAME(widen)(type, b, palette, scales, values);
        }
        for (size_t i = 0; i < together * unit_panels; i++) {
            float *row = panels + (i % unit_panels * PITH_WIDENED_ROWS + k + i / unit_panels) * PITH_PANEL_WIDTH;
            __builtin_memcpy(row, values + i * PITH_PANEL_VECTORS, PITH_PANEL_WIDTH * sizeof(float));
        }
    }
}

/// Widens block by block and multiplies as by any panels, where looking up or multiplying takes longer than storing.
PITH_INLINE void PITH_NAME(widened_product)(const struct pith_narrow_product *narrow, const int type) {
    const size_t width = PITH_NARROW_UNIT_PANELS(type) * PITH_PANEL_WIDTH;
    float panels[2 * PITH_WIDENED_ROWS * PITH_PANEL_WIDTH];
    for (size_t column = 0; column < narrow->n; column += width) {
        size_t first = 0;
        do {
            const size_t left = narrow->k - first, rows = left < PITH_WIDENED_ROWS ? left : PITH_WIDENED_ROWS;
            PITH_NAME(widen_rows)(narrow, type, column, first, rows, panels);
            struct pith_product product = {
                .m = narrow->m, .n = narrow->n - column < width ? narrow->n - column : width, .counts = {1, 1, rows},
                .a = narrow->a + first, .a_row_stride = narrow->a_row_stride, .a_steps = {0, 0, 1}, .b = panels,
                .b_panel_stride = PITH_WIDENED_ROWS * PITH_PANEL_WIDTH, .b_steps = {0, 0, PITH_PANEL_WIDTH},
                .c = narrow->c + column, .ldc = narrow->ldc, .goes_on = first != 0,
            };
            first += rows;
            if (first == narrow->k) {
                product.epilogue = narrow->epilogue;
                if (product.epilogue.column_bias) product.epilogue.column_bias += column;
            }
            PITH_NAME(matmul)(&product);
        } while (first < narrow->k);
    }
}

#if !PITH_WIDENS_FIRST
/// The last rows of a palette's numbers, fewer than are widened together, in one place for all tiles.
static __attribute__((noinline)) void PITH_NAME(narrow_rest)(
    const struct pith_narrow_product *product, const float *a, const uint8_t *b, size_t unit_bytes, const vf *palette,
    vf *sums, size_t rows, size_t units) {
    const size_t rest = product->k % PITH_NARROW_TOGETHER(PITH_NARROW_PALETTE), vectors = units * PITH_PANEL_VECTORS;
    for (size_t u = 0; u < units; u++, b += unit_bytes) {
        vf values[PITH_NARROW_MOST_TOGETHER * PITH_PANEL_VECTORS];
        PITH_NAME(widen)(PITH_NARROW_PALETTE, b, palette, NULL, values);
        for (size_t r = 0; r < rows; r++) {
            for (size_t i = 0; i < rest * PITH_PANEL_VECTORS; i++) {
                vf *const sum = &sums[r * vectors + u * PITH_PANEL_VECTORS + i % PITH_PANEL_VECTORS];
                const float left = a[(ptrdiff_t)r * product->a_row_stride + (ptrdiff_t)(i / PITH_PANEL_VECTORS)];
                *sum = fma_call(splat(left), values[i], *sum);
            }
        }
    }
}

/// Bytes of a weight that no core's second-level cache holds, and how far ahead its units are then asked for. Units lie far
/// apart, and where pages happen to lie in a way that processors do not see the streams coming, that takes a fifth longer.
#define PITH_FAR_BYTES ((size_t)1 << 20)
#define PITH_FAR_AHEAD 768

/// The sums of `rows` rows and `units` units from +0, the first of column `column`; returns whether they need to be done
/// again with `exact`.
///
/// - is_far: Whether the weight comes from beyond the caches of a core.
PITH_INLINE int PITH_NAME(narrow_sums)(
    const struct pith_narrow_product *product, const float *a, size_t column, vf *sums, const int type,
    const size_t rows, const size_t units, const int is_far, const int exact) {
    const size_t panels = PITH_NARROW_UNIT_PANELS(type), together = PITH_NARROW_TOGETHER(type);
    const size_t per_unit = panels * PITH_PANEL_VECTORS, vectors = units * per_unit;
    const size_t unit_bytes = (product->k + together - 1) / together * PITH_NARROW_BYTES(type);
    const ptrdiff_t row_stride = product->a_row_stride;
    const uint8_t *b = product->b + column / PITH_PANEL_WIDTH / panels * unit_bytes;
    fma_flag flag = {0};
    vf palette[PITH_PALETTE_VECTORS], scales[PITH_NARROW_PANELS * PITH_PANEL_VECTORS];
    // Of its own, so that it stays in registers.
    vf acc[PITH_NARROW_ROWS * PITH_NARROW_PANELS * PITH_PANEL_VECTORS];
    if (type == PITH_NARROW_PALETTE) __builtin_memcpy(palette, product->palette->values, sizeof palette);
#pragma clang loop unroll(full)
    for (size_t i = 0; i < rows * vectors; i++) acc[i] = (vf){0};
    size_t k = 0, end = product->k;
    for (size_t group = 0; k < product->k; group++) {
        if (type == PITH_NARROW_I8) {
            const struct pith_affine *affine = product->affine;
            const size_t rest = product->k - k;
            end = k + (affine->group_rows < rest ? affine->group_rows : rest);
#pragma clang loop unroll(full)
            for (size_t v = 0; v < vectors; v++) {
                scales[v] = load(affine->scales + group * affine->group_stride + column + v * PITH_LANES);
            }
        }
#pragma clang loop unroll(disable)
        for (; k + together <= end; k += together, b += PITH_NARROW_BYTES(type)) {
#pragma clang loop unroll(full)
            for (size_t u = 0; u < units; u++) {
                vf values[PITH_NARROW_MOST_TOGETHER * 2 * PITH_PANEL_VECTORS];
                if (is_far) __builtin_prefetch(b + u * unit_bytes + PITH_FAR_AHEAD);
                PITH_NAME(widen)(type, b + u * unit_bytes, palette, scales + u * per_unit, values);
#pragma clang loop unroll(full)
                for (size_t i = 0; i < together * per_unit * rows; i++) {
                    const size_t g = i / (per_unit * rows), v = i / rows % per_unit, r = i % rows;
                    const vf left = splat(a[(ptrdiff_t)r * row_stride + (ptrdiff_t)(k + g)]);
                    vf *const sum = &acc[r * vectors + u * per_unit + v];
                    *sum = exact ? fma_call(left, values[g * per_unit + v], *sum)
                                 : fma_step(left, values[g * per_unit + v], *sum, &flag);
                }
            }
        }
        if (end == product->k) break;
    }
#pragma clang loop unroll(full)
    for (size_t i = 0; i < rows * vectors; i++) sums[i] = acc[i];
    if (together > 1 && k < product->k) {
        PITH_NAME(narrow_rest)(product, a + (ptrdiff_t)k, b, unit_bytes, palette, sums, rows, units);
    }
    return is_raised(&flag);
}

PITH_INLINE void PITH_NAME(narrow_tile)(
    const struct pith_narrow_product *product, size_t row, size_t column, const int type, const size_t rows,
    const size_t units) {
    const size_t vectors = units * PITH_NARROW_UNIT_PANELS(type) * PITH_PANEL_VECTORS;
    const float *a = product->a + (ptrdiff_t)row * product->a_row_stride;
    vf acc[PITH_NARROW_ROWS * PITH_NARROW_PANELS * PITH_PANEL_VECTORS];
    int is_inexact;
    // bfloat16 alone is made of a line of the cache with each step, and so little work that it waits for memory.
    if (type == PITH_NARROW_BF16 && rows == 1 && units > 1 && product->n * product->k * 2 >= PITH_FAR_BYTES) {
        is_inexact = PITH_NAME(narrow_sums)(product, a, column, acc, type, rows, units, 1, 0);
    } else {
        is_inexact = PITH_NAME(narrow_sums)(product, a, column, acc, type, rows, units, 0, 0);
    }
    if (is_inexact) PITH_NAME(narrow_sums)(product, a, column, acc, type, rows, units, 0, 1);
    PITH_NAME(narrow_finish)(product, row, column, acc, rows, vectors);
}

/// A tile of one row, or of PITH_NARROW_ROWS rows, and at most `most` units; returns the units.
PITH_INLINE size_t PITH_NAME(narrow_step)(
    const struct pith_narrow_product *product, size_t row, size_t column, const int type, const size_t rows,
    const size_t most) {
    const size_t unit = PITH_NARROW_UNIT_PANELS(type) * PITH_PANEL_WIDTH;
    const size_t units = PITH_NAME(even_part)((product->n - column + unit - 1) / unit, most);
    switch (units < most ? units : most) {
#define PITH_NARROW_CASE(count)                                                                                       \
    case count:                                                                                                       \
        if (count <= most) PITH_NAME(narrow_tile)(product, row, column, type, rows, count);                           \
        break;
        PITH_NARROW_CASE(1)
        PITH_NARROW_CASE(2)
        PITH_NARROW_CASE(3)
        PITH_NARROW_CASE(4)
        PITH_NARROW_CASE(5)
        PITH_NARROW_CASE(6)
        PITH_NARROW_CASE(7)
        PITH_NARROW_CASE(8)
#undef PITH_NARROW_CASE
    }
    return units;
}

PITH_INLINE void PITH_NAME(narrow_product)(const struct pith_narrow_product *product, const int type) {
    const size_t panels = PITH_NARROW_UNIT_PANELS(type), unit = panels * PITH_PANEL_WIDTH;
    const size_t most = PITH_NARROW_PANELS / panels, most_of_rows = most > 1 ? most / 2 : 1;
    size_t row = 0;
    for (; row + PITH_NARROW_ROWS <= product->m; row += PITH_NARROW_ROWS) {
        for (size_t column = 0; column < product->n;) {
            column += unit * PITH_NAME(narrow_step)(product, row, column, type, PITH_NARROW_ROWS, most_of_rows);
        }
    }
    for (; row < product->m; row++) {
        for (size_t column = 0; column < product->n;) {
            column += unit * PITH_NAME(narrow_step)(product, row, column, type, 1, most);
        }
    }
}
#endif

static void PITH_NAME(narrow)(const struct pith_narrow_product *product) {
    switch (product->type) {
#if PITH_WIDENS_FIRST
    case PITH_NARROW_BF16: PITH_NAME(widened_product)(product, PITH_NARROW_BF16); break;
    case PITH_NARROW_F16: PITH_NAME(widened_product)(product, PITH_NARROW_F16); break;
    case PITH_NARROW_PALETTE: PITH_NAME(widened_product)(product, PITH_NARROW_PALETTE); break;
    case PITH_NARROW_I8: PITH_NAME(widened_product)(product, PITH_NARROW_I8); break;
#else
    case PITH_NARROW_BF16: PITH_NAME(narrow_product)(product, PITH_NARROW_BF16); break;
    case PITH_NARROW_F16: PITH_NAME(narrow_product)(product, PITH_NARROW_F16); break;
    case PITH_NARROW_PALETTE: PITH_NAME(narrow_product)(product, PITH_NARROW_PALETTE); break;
    case PITH_NARROW_I8: PITH_NAME(narrow_product)(product, PITH_NARROW_I8); break;
#endif
    default:
#ifdef PITH_HAS_VBMI
        if (PITH_HAS_VBMI) {
            wide_product_vbmi(product);
            break;
        }
#endif
        PITH_NAME(widened_product)(product, PITH_NARROW_WIDE_PALETTE);
        break;
    }
}
