// Tiles of a product: rows by panels whose sums stay in registers. Matrix products and convolutions share them.
//
// The including file defines PITH_TILES before it includes this: see the tile lists in InstructionSets.

/// Most accumulators of a tile, in vectors.
#define PITH_MOST_ACCUMULATORS 24
#define PITH_MOST_ROWS 24
#define PITH_MOST_PANELS 8

/// Where a tile begins and ends: in the caller's memory, or in copies where its last panel is not whole in C.
struct PITH_NAME(target) {
    size_t row, panel;
    /// What the sums start from.
    const float *start;
    ptrdiff_t start_stride;
    float *c;
    ptrdiff_t ldc;
    const float *column_bias;
    /// Whether the sums end here, so that the epilogue is due.
    int is_last;
};

typedef void PITH_NAME(tile_function)(const struct pith_product *product, const struct PITH_NAME(target) *target);

#define PITH_VALUE_OF_A(row) splat(a[(row) / 4][(ptrdiff_t)((row) % 4) * row_stride])
#define PITH_VALUES_OF_B(vector)                                                                                      \
    load(b[(vector) / PITH_PANEL_VECTORS / 4] + (vector) / PITH_PANEL_VECTORS % 4 * panel_stride                      \
         + (vector) % PITH_PANEL_VECTORS * PITH_LANES)

#define PITH_STEP_POINTERS(a_step, b_step)                                                                            \
    do {                                                                                                              \
        _Pragma("clang loop unroll(full)") for (size_t g = 0; g < (rows + 3) / 4; g++) a[g] += (a_step);              \
        b[0] += (b_step);                                                                                             \
        b[1] += (b_step);                                                                                             \
    } while (0)

/// The sums alone; returns whether a screened multiply-add needs the tile done again with `exact`.
///
/// Rows are addressed by fours from one pointer: 1, 2 and 3 strides away are addressing modes, so that even 24 rows
/// need few registers and A is read where it lies, whatever its strides.
PITH_INLINE int PITH_NAME(sum_tile)(
    const struct pith_product *product, const struct PITH_NAME(target) *target, vf *acc, const size_t rows,
    const size_t panels, const int exact) {
    const size_t vectors = panels * PITH_PANEL_VECTORS;
    const ptrdiff_t row_stride = product->a_row_stride, panel_stride = product->b_panel_stride;
    const ptrdiff_t a_step = product->a_steps[2], b_step = product->b_steps[2];
    const float *a[PITH_MOST_ROWS / 4];
    const float *b[2];
    a[0] = product->a + (ptrdiff_t)target->row * row_stride;
#pragma clang loop unroll(full)
    for (size_t g = 1; g < (rows + 3) / 4; g++) a[g] = a[g - 1] + 4 * row_stride;
    b[0] = product->b + (ptrdiff_t)target->panel * panel_stride;
    b[1] = panels > 4 ? b[0] + 4 * panel_stride : b[0];
    fma_flag flag = {0};
    for (size_t outer = product->counts[0]; outer != 0; outer--) {
        for (size_t middle = product->counts[1]; middle != 0; middle--) {
#pragma clang loop unroll(disable)
            for (size_t k = product->counts[2]; k != 0; k--) {
                // Of the shorter side all values are kept in registers, of the longer side one at a time. Compilers
                // keep this order, and spill if it is another.
                vf shorter[PITH_MOST_ACCUMULATORS];
                const size_t inner_count = rows < vectors ? rows : vectors;
                const size_t outer_count = rows < vectors ? vectors : rows;
#pragma clang loop unroll(full)
                for (size_t i = 0; i < inner_count; i++) {
                    shorter[i] = rows < vectors ? PITH_VALUE_OF_A(i) : PITH_VALUES_OF_B(i);
                }
#pragma clang loop unroll(full)
                for (size_t o = 0; o < outer_count; o++) {
                    const vf longer = rows < vectors ? PITH_VALUES_OF_B(o) : PITH_VALUE_OF_A(o);
#pragma clang loop unroll(full)
                    for (size_t i = 0; i < inner_count; i++) {
                        vf *sum = rows < vectors ? &acc[i * vectors + o] : &acc[o * vectors + i];
                        *sum = exact ? fma_call(longer, shorter[i], *sum) : fma_step(longer, shorter[i], *sum, &flag);
                    }
                }
                PITH_STEP_POINTERS(a_step, b_step);
            }
            PITH_STEP_POINTERS(product->a_steps[1], product->b_steps[1]);
        }
        PITH_STEP_POINTERS(product->a_steps[0], product->b_steps[0]);
    }
    return is_raised(&flag);
}

PITH_INLINE void PITH_NAME(start_tile)(
    const struct PITH_NAME(target) *target, vf *acc, const size_t rows, const size_t vectors) {
    const float *start = target->start;
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rows; r++, start += target->start_stride) {
#pragma clang loop unroll(full)
        for (size_t v = 0; v < vectors; v++) acc[r * vectors + v] = load(start + v * PITH_LANES);
    }
}

/// Adding -0 changes nothing, not even the sign of zero, so an absent bias needs no branch per vector.
PITH_INLINE void PITH_NAME(finish_tile)(
    const struct pith_product *product, const struct PITH_NAME(target) *target, vf *acc, const size_t rows,
    const size_t vectors) {
    const struct pith_matmul_epilogue *epilogue = &product->epilogue;
    if (target->is_last) {
        if (target->column_bias) {
#pragma clang loop unroll(full)
            for (size_t v = 0; v < vectors; v++) {
                const vf bias = load(target->column_bias + v * PITH_LANES);
#pragma clang loop unroll(full)
                for (size_t r = 0; r < rows; r++) acc[r * vectors + v] += bias;
            }
        }
        const float *row_bias = epilogue->row_bias ? epilogue->row_bias + target->row : NULL;
        const vf floor = activation_floor(epilogue->activation);
#pragma clang loop unroll(full)
        for (size_t r = 0; r < rows; r++) {
            const vf bias = splat(row_bias ? row_bias[r] : -0.0f);
#pragma clang loop unroll(full)
            for (size_t v = 0; v < vectors; v++) {
                const vf sum = acc[r * vectors + v] + bias;
                acc[r * vectors + v] = activated(sum, floor);
            }
        }
    }
    float *c = target->c;
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rows; r++, c += target->ldc) {
#pragma clang loop unroll(full)
        for (size_t v = 0; v < vectors; v++) store(c + v * PITH_LANES, acc[r * vectors + v]);
    }
}

PITH_INLINE void PITH_NAME(tile)(
    const struct pith_product *product, const struct PITH_NAME(target) *target, const size_t rows,
    const size_t panels) {
    vf acc[PITH_MOST_ACCUMULATORS];
    PITH_NAME(start_tile)(target, acc, rows, panels * PITH_PANEL_VECTORS);
    if (PITH_NAME(sum_tile)(product, target, acc, rows, panels, 0)) {
        PITH_NAME(start_tile)(target, acc, rows, panels * PITH_PANEL_VECTORS);
        PITH_NAME(sum_tile)(product, target, acc, rows, panels, 1);
    }
    PITH_NAME(finish_tile)(product, target, acc, rows, panels * PITH_PANEL_VECTORS);
}

#define PITH_DEFINE_TILE(rows, panels)                                                                                \
    static void PITH_NAME(tile_##rows##x##panels)(                                                                    \
        const struct pith_product *product, const struct PITH_NAME(target) *target) {                                 \
        PITH_NAME(tile)(product, target, rows, panels);                                                               \
    }
PITH_TILES(PITH_DEFINE_TILE)
#undef PITH_DEFINE_TILE

/// The tile of so many rows and panels, or NULL.
static PITH_NAME(tile_function) *const PITH_NAME(tiles)[PITH_MOST_ROWS + 1][PITH_MOST_PANELS + 1] = {
#define PITH_LIST_TILE(rows, panels) [rows][panels] = PITH_NAME(tile_##rows##x##panels),
    PITH_TILES(PITH_LIST_TILE)
#undef PITH_LIST_TILE
};

static __attribute__((noinline)) void PITH_NAME(copy_rows)(
    float *to, ptrdiff_t to_stride, const float *from, ptrdiff_t from_stride, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++, to += to_stride, from += from_stride) {
        size_t q = 0;
        for (; q + PITH_LANES <= columns; q += PITH_LANES) store(to + q, load(from + q));
        for (; q < columns; q++) to[q] = from[q];
    }
}

/// Runs the tile of `rows` and `panels` at row `row` and panel `panel`, by way of copies where C ends inside it.
///
/// - goes_on: Whether the sums start from C, not from +0.
static void PITH_NAME(run_tile)(
    const struct pith_product *product, size_t rows, size_t panels, size_t row, size_t panel, int goes_on,
    int is_last) {
    static const float zeros[PITH_MOST_PANELS * PITH_PANEL_WIDTH];
    PITH_NAME(tile_function) *const tile = PITH_NAME(tiles)[rows][panels];
    const size_t width = panels * PITH_PANEL_WIDTH, column = panel * PITH_PANEL_WIDTH;
    const size_t columns = product->n - column < width ? product->n - column : width;
    float *const c = product->c + (ptrdiff_t)row * product->ldc + column;
    const float *bias = product->epilogue.column_bias ? product->epilogue.column_bias + column : NULL;
    struct PITH_NAME(target) target = {
        row, panel, goes_on ? c : zeros, goes_on ? product->ldc : 0, c, product->ldc, bias, is_last,
    };
    if (columns == width) {
        tile(product, &target);
        return;
    }
    // What is beyond `columns` here is computed with and thrown away.
    float c_copy[PITH_MOST_ACCUMULATORS * PITH_LANES], bias_copy[PITH_MOST_PANELS * PITH_PANEL_WIDTH];
    target.c = c_copy;
    target.ldc = (ptrdiff_t)width;
    if (goes_on) {
        for (size_t i = 0; i < rows * width; i++) c_copy[i] = 0;
        PITH_NAME(copy_rows)(c_copy, target.ldc, c, product->ldc, rows, columns);
        target.start = c_copy;
        target.start_stride = target.ldc;
    }
    if (bias) {
        for (size_t i = 0; i < width; i++) bias_copy[i] = 0;
        PITH_NAME(copy_rows)(bias_copy, 0, bias, 0, 1, columns);
        target.column_bias = bias_copy;
    }
    tile(product, &target);
    PITH_NAME(copy_rows)(c, product->ldc, c_copy, target.ldc, rows, columns);
}
