// The matrix product by numbers of 17 to 256 floats, which AVX-512 looks up 64 bytes at a time.

#define PITH_WIDE_NAME(name) wide_##name##_vbmi

/// Rows of a tall tile, and panels of a wide one.
#define PITH_WIDE_ROWS 8
#define PITH_WIDE_PANELS 4

typedef char vb __attribute__((ext_vector_type(64)));
typedef short vh2 __attribute__((ext_vector_type(32)));

/// A palette in registers: byte p of floats 64 t and on in vector p * tables + t.
typedef struct {
    vb bytes[16];
} PITH_WIDE_NAME(palette);

PITH_INLINE PITH_WIDE_NAME(palette) PITH_WIDE_NAME(load)(const struct pith_palette *from, const size_t tables) {
    PITH_WIDE_NAME(palette) palette;
#pragma clang loop unroll(full)
    for (size_t i = 0; i < 4 * tables; i++) {
        const size_t at = i / tables * PITH_WIDE_PALETTE_SIZE + i % tables * 64;
        __builtin_memcpy(&palette.bytes[i], (const uint8_t *)from->values + at, 64);
    }
    return palette;
}

/// Of every 16 bytes, or eight halves, the first half or the last one of two vectors, side by side.
#define PITH_PAIRS4(i, n) (i), (i) + (n), (i) + 1, (i) + (n) + 1, (i) + 2, (i) + (n) + 2, (i) + 3, (i) + (n) + 3
#define PITH_PAIRS8(i, n) PITH_PAIRS4(i, n), PITH_PAIRS4((i) + 4, n)
#define PITH_UNPACK(pairs, x, y, from, n)                                                                             \
    __builtin_shufflevector(                                                                                          \
        x, y, pairs(from, n), pairs((n) / 4 + (from), n), pairs((n) / 2 + (from), n), pairs((n) / 4 * 3 + (from), n))

/// Four rows of one panel.
PITH_INLINE void PITH_WIDE_NAME(look_up)(
    const uint8_t *at, const PITH_WIDE_NAME(palette) *palette, vf *values, const size_t tables) {
    vb numbers, bytes[4];
    vh2 halves[4];
    __builtin_memcpy(&numbers, at, sizeof numbers);
#pragma clang loop unroll(full)
    for (size_t p = 0; p < 4; p++) {
        const vb *const table = palette->bytes + p * tables;
        if (tables == 1) {
            bytes[p] = __builtin_ia32_permvarqi512(table[0], numbers);
        } else {
            // Of each half of the table the lowest seven bits; the highest one chooses.
            const vb first = __builtin_ia32_vpermi2varqi512(table[0], numbers, table[1]);
            const vb second = __builtin_ia32_vpermi2varqi512(table[2], numbers, table[3]);
            bytes[p] = numbers < 0 ? second : first;
        }
    }
#pragma clang loop unroll(full)
    for (size_t i = 0; i < 2; i++) {
        halves[i] = (vh2)PITH_UNPACK(PITH_PAIRS8, bytes[2 * i], bytes[2 * i + 1], 0, 64);
        halves[2 + i] = (vh2)PITH_UNPACK(PITH_PAIRS8, bytes[2 * i], bytes[2 * i + 1], 8, 64);
    }
#pragma clang loop unroll(full)
    for (size_t i = 0; i < 2; i++) {
        values[2 * i] = (vf)PITH_UNPACK(PITH_PAIRS4, halves[2 * i], halves[2 * i + 1], 0, 32);
        values[2 * i + 1] = (vf)PITH_UNPACK(PITH_PAIRS4, halves[2 * i], halves[2 * i + 1], 4, 32);
    }
}
#undef PITH_PAIRS4
#undef PITH_PAIRS8
#undef PITH_UNPACK

/// Adds `count` rows of k, up to four, to the sums.
PITH_INLINE void PITH_WIDE_NAME(add)(
    const struct pith_narrow_product *product, const float *a, const uint8_t *b, const PITH_WIDE_NAME(palette) *palette,
    vf *acc, fma_flag *flag, const size_t rows, const size_t panels, const size_t tables, const int exact,
    const size_t count) {
    const size_t unit_bytes = (product->k + 3) / 4 * PITH_NARROW_BYTES(PITH_NARROW_WIDE_PALETTE);
#pragma clang loop unroll(full)
    for (size_t u = 0; u < panels; u++, b += unit_bytes) {
        vf values[4 * PITH_PANEL_VECTORS];
        PITH_WIDE_NAME(look_up)(b, palette, values, tables);
        for (size_t g = 0; g < count; g++) {
#pragma clang loop unroll(full)
            for (size_t i = 0; i < rows * PITH_PANEL_VECTORS; i++) {
                const size_t r = i / PITH_PANEL_VECTORS, v = i % PITH_PANEL_VECTORS;
                const vf left = splat(a[(ptrdiff_t)r * product->a_row_stride + (ptrdiff_t)g]);
                const vf value = values[g * PITH_PANEL_VECTORS + v];
                vf *const sum = &acc[(r * panels + u) * PITH_PANEL_VECTORS + v];
                *sum = exact ? fma_call(left, value, *sum) : fma_step(left, value, *sum, flag);
            }
        }
    }
}

/// The sums of `rows` rows by `panels` panels from column `column` on; returns whether they need to be done again with
/// `exact`.
PITH_INLINE int PITH_WIDE_NAME(sums)(
    const struct pith_narrow_product *product, const float *a, size_t column, vf *sums, const size_t rows,
    const size_t panels, const size_t tables, const int exact) {
    const size_t vectors = rows * panels * PITH_PANEL_VECTORS;
    const uint8_t *b = product->b + pith_narrow_pack_size(PITH_NARROW_WIDE_PALETTE, product->k, column);
    const PITH_WIDE_NAME(palette) palette = PITH_WIDE_NAME(load)(product->palette, tables);
    fma_flag flag = {0};
    vf acc[PITH_WIDE_ROWS * PITH_WIDE_PANELS * PITH_PANEL_VECTORS];
#pragma clang loop unroll(full)
    for (size_t i = 0; i < vectors; i++) acc[i] = (vf){0};
    size_t k = 0;
#pragma clang loop unroll(disable)
    for (; k + 4 <= product->k; k += 4, b += PITH_NARROW_BYTES(PITH_NARROW_WIDE_PALETTE)) {
        PITH_WIDE_NAME(add)(product, a + k, b, &palette, acc, &flag, rows, panels, tables, exact, 4);
    }
    if (k < product->k) {
        PITH_WIDE_NAME(add)(product, a + k, b, &palette, acc, &flag, rows, panels, tables, exact, product->k - k);
    }
#pragma clang loop unroll(full)
    for (size_t i = 0; i < vectors; i++) sums[i] = acc[i];
    return is_raised(&flag);
}

PITH_INLINE void PITH_WIDE_NAME(tile)(
    const struct pith_narrow_product *product, size_t row, size_t column, const size_t rows, const size_t panels,
    const size_t tables) {
    const float *a = product->a + (ptrdiff_t)row * product->a_row_stride;
    vf acc[PITH_WIDE_ROWS * PITH_WIDE_PANELS * PITH_PANEL_VECTORS];
    if (PITH_WIDE_NAME(sums)(product, a, column, acc, rows, panels, tables, 0)) {
        PITH_WIDE_NAME(sums)(product, a, column, acc, rows, panels, tables, 1);
    }
    PITH_NAME(narrow_finish)(product, row, column, acc, rows, panels * PITH_PANEL_VECTORS);
}

/// - tables: those of 64 floats that the palette takes, 1 or 4.
PITH_INLINE void PITH_WIDE_NAME(rows)(const struct pith_narrow_product *product, const size_t tables) {
    const size_t width = PITH_WIDE_PANELS * PITH_PANEL_WIDTH;
    size_t row = 0, column;
    for (; row + PITH_WIDE_ROWS <= product->m; row += PITH_WIDE_ROWS) {
        for (column = 0; column < product->n; column += PITH_PANEL_WIDTH) {
            PITH_WIDE_NAME(tile)(product, row, column, PITH_WIDE_ROWS, 1, tables);
        }
    }
    for (; row < product->m; row++) {
        for (column = 0; column + width <= product->n; column += width) {
            PITH_WIDE_NAME(tile)(product, row, column, 1, PITH_WIDE_PANELS, tables);
        }
        for (; column < product->n; column += PITH_PANEL_WIDTH) {
            PITH_WIDE_NAME(tile)(product, row, column, 1, 1, tables);
        }
    }
}

static void PITH_WIDE_NAME(product)(const struct pith_narrow_product *product) {
    if (product->palette->floats <= 64) {
        PITH_WIDE_NAME(rows)(product, 1);
    } else {
        PITH_WIDE_NAME(rows)(product, 4);
    }
}

#undef PITH_WIDE_NAME
#undef PITH_WIDE_ROWS
#undef PITH_WIDE_PANELS
