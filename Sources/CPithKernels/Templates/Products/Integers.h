// Matrix products of bytes by whole numbers, exact in 32 bits whatever their order.
//
// The including file defines PITH_INTEGERS, a suffix of the names here, PITH_DOT, what four bytes of each lane add to a sum:
// (sum, bytes without sign, bytes with sign), and PITH_INTEGER_TILE_PANELS, the most panels of one row's tile.

#define PITH_INTEGER_NAME_(name, suffix) PITH_CONCATENATE(name, suffix)
#define PITH_INTEGER_NAME(name) PITH_INTEGER_NAME_(name, PITH_INTEGERS)
/// Rows of a tile of half as many panels.
#ifndef PITH_INTEGER_ROWS
#define PITH_INTEGER_ROWS 4
#endif

/// Turns the sums of a tile into floats, in one place for all tiles.
static __attribute__((noinline)) void PITH_INTEGER_NAME(integer_finish)(
    const struct pith_integer_product *product, size_t row, size_t column, const vi *acc, size_t rows,
    size_t vectors) {
    const struct pith_integers *b = product->b;
    // The sum of (a - z) * (b - y) is that of a * b, less z times that of b, less y times that of a - z.
    const struct pith_matmul_epilogue *epilogue = &product->epilogue;
    const vf floor = activation_floor(epilogue->activation);
    for (size_t v = 0; v < vectors && column + v * PITH_LANES < product->n; v++) {
        const size_t first = column + v * PITH_LANES, left = product->n - first;
        const size_t count = left < PITH_LANES ? left : PITH_LANES;
        const vi sums = load_integers(b->sums + first);
        const vi zeros = load_integers(b->zeros + first);
        const vf scale = product->a_scale * load(b->scales + first);
        const vf bias = epilogue->column_bias ? load_first(epilogue->column_bias + first, count) : splat(-0.0f);
        for (size_t r = 0; r < rows; r++) {
            const vu sum = (vu)acc[r * vectors + v] - (uint32_t)product->a_zero * (vu)sums
                - (uint32_t)product->a_sums[row + r] * (vu)zeros;
            const vf value = __builtin_convertvector((vi)sum, vf) * scale + bias;
            store_first(
                product->c + (ptrdiff_t)(row + r) * product->ldc + first, activated(value, floor), count);
        }
    }
}

PITH_INLINE void PITH_INTEGER_NAME(integer_tile)(
    const struct pith_integer_product *product, size_t row, size_t column, const size_t rows, const size_t panels) {
    const struct pith_integers *b = product->b;
    const size_t vectors = panels * PITH_PANEL_VECTORS, groups = (product->k + 3) / 4;
    const uint8_t *a = product->a + row * product->a_row_stride;
    const int8_t *codes = b->codes + column * 4 * groups;
    vi acc[PITH_INTEGER_ROWS * PITH_INTEGER_TILE_PANELS * PITH_PANEL_VECTORS];
#pragma clang loop unroll(full)
    for (size_t i = 0; i < rows * vectors; i++) acc[i] = (vi){0};
#pragma clang loop unroll(disable)
    for (size_t g = 0; g < groups; g++, codes += 4 * PITH_PANEL_WIDTH) {
        vi left[PITH_INTEGER_ROWS];
#pragma clang loop unroll(full)
        for (size_t r = 0; r < rows; r++) {
            int32_t bytes;
            __builtin_memcpy(&bytes, a + r * product->a_row_stride + 4 * g, sizeof bytes);
            left[r] = (vi){0} + bytes;
        }
#pragma clang loop unroll(full)
        for (size_t v = 0; v < vectors; v++) {
            vi right;
            __builtin_memcpy(
                &right, codes + v / PITH_PANEL_VECTORS * 4 * PITH_PANEL_WIDTH * groups + v % PITH_PANEL_VECTORS * sizeof right,
                sizeof right);
#pragma clang loop unroll(full)
            for (size_t r = 0; r < rows; r++) acc[r * vectors + v] = PITH_DOT(acc[r * vectors + v], left[r], right);
        }
    }
    PITH_INTEGER_NAME(integer_finish)(product, row, column, acc, rows, vectors);
}

/// A tile of one row, or of PITH_INTEGER_ROWS rows, and at most `most` panels; returns the panels.
PITH_INLINE size_t PITH_INTEGER_NAME(integer_step)(
    const struct pith_integer_product *product, size_t row, size_t column, const size_t rows, const size_t most) {
    const size_t left = (product->n - column + PITH_PANEL_WIDTH - 1) / PITH_PANEL_WIDTH;
    const size_t parts = (left + most - 1) / most, panels = (left + parts - 1) / parts;
    switch (panels) {
#define PITH_INTEGER_CASE(count)                                                                                      \
    case count:                                                                                                       \
        if (count <= most) PITH_INTEGER_NAME(integer_tile)(product, row, column, rows, count);                        \
        break;
        PITH_INTEGER_CASE(1)
        PITH_INTEGER_CASE(2)
        PITH_INTEGER_CASE(3)
        PITH_INTEGER_CASE(4)
        PITH_INTEGER_CASE(5)
        PITH_INTEGER_CASE(6)
        PITH_INTEGER_CASE(7)
        PITH_INTEGER_CASE(8)
#undef PITH_INTEGER_CASE
    }
    return panels;
}

static void PITH_INTEGER_NAME(integer_rows)(const struct pith_integer_product *product) {
    size_t row = 0;
    for (; row + PITH_INTEGER_ROWS <= product->m; row += PITH_INTEGER_ROWS) {
        for (size_t column = 0; column < product->n;) {
            column += PITH_PANEL_WIDTH
                * PITH_INTEGER_NAME(integer_step)(product, row, column, PITH_INTEGER_ROWS, PITH_INTEGER_TILE_PANELS / 2);
        }
    }
    for (; row < product->m; row++) {
        for (size_t column = 0; column < product->n;) {
            column += PITH_PANEL_WIDTH
                * PITH_INTEGER_NAME(integer_step)(product, row, column, 1, PITH_INTEGER_TILE_PANELS);
        }
    }
}

#undef PITH_INTEGERS
#undef PITH_DOT
#undef PITH_INTEGER_TILE_PANELS
