// Products by tiles: which tile where, and in which order, so that operands stay in the caches.

/// Bytes of the panels of one group that a block of k may span, so that they stay in a core's second-level cache.
#define PITH_BLOCK_BYTES ((size_t)768 << 10)
/// Floats of A that a block of rows may span.
#define PITH_ROW_BLOCK_FLOATS ((size_t)96 << 10)
/// A multiple of the rows of every tall tile.
#define PITH_ROWS_MULTIPLE 24

/// The rows of the tallest tile of `panels` panels with at most `rows` rows. There is a tile of one row.
PITH_INLINE size_t PITH_NAME(tallest)(size_t rows, size_t panels) {
    if (rows > PITH_MOST_ROWS) rows = PITH_MOST_ROWS;
    while (!PITH_NAME(tiles)[rows][panels]) rows--;
    return rows;
}

/// The most panels, up to `panels`, of a tile with just `rows` rows. There is a tile of one panel.
PITH_INLINE size_t PITH_NAME(widest)(size_t rows, size_t panels) {
    if (panels > PITH_MOST_PANELS) panels = PITH_MOST_PANELS;
    while (!PITH_NAME(tiles)[rows][panels]) panels--;
    return panels;
}

/// The next part of `total` in as few parts of at most `most` as can be, and as even.
PITH_INLINE size_t PITH_NAME(even_part)(size_t total, size_t most) {
    const size_t parts = (total + most - 1) / most;
    return (total + parts - 1) / parts;
}

/// Rows `row` up to `row_end`: a group of panels meets all rows before the next group does.
static void PITH_NAME(product_rows)(
    const struct pith_product *product, size_t row, size_t row_end, int goes_on, int is_last) {
    const size_t panels = (product->n + PITH_PANEL_WIDTH - 1) / PITH_PANEL_WIDTH;
    // Few rows take more panels at a time, as many sums as there are registers.
    const size_t usual_rows = PITH_NAME(even_part)(row_end - row, PITH_TILE_ROWS);
    for (size_t panel = 0; panel < panels;) {
        const size_t left = panels - panel, most = PITH_NAME(widest)(usual_rows, left);
        const size_t group = PITH_NAME(widest)(usual_rows, PITH_NAME(even_part)(left, most));
        const size_t most_rows = PITH_NAME(tallest)(row_end - row, group);
        for (size_t i = row, rows; i < row_end; i += rows) {
            rows = PITH_NAME(tallest)(PITH_NAME(even_part)(row_end - i, most_rows), group);
            PITH_NAME(run_tile)(product, rows, group, i, panel, goes_on, is_last);
        }
        panel += group;
    }
}

static void PITH_NAME(matmul)(const struct pith_product *product) {
    const size_t m = product->m, k = product->counts[2];
    if (m == 0) return;
    if (m <= PITH_TILE_ROWS) {
        PITH_NAME(product_rows)(product, 0, m, product->goes_on, 1);
        return;
    }
    const size_t most_k = PITH_BLOCK_BYTES / (PITH_GROUP_PANELS * PITH_PANEL_WIDTH * sizeof(float));
    const size_t blocks = k / most_k + 1, block_k = (k + blocks - 1) / blocks;
    size_t row_block = PITH_ROW_BLOCK_FLOATS / (block_k + 1) / PITH_ROWS_MULTIPLE * PITH_ROWS_MULTIPLE;
    if (row_block == 0) row_block = PITH_ROWS_MULTIPLE;
    size_t first_k = 0;
    do {
        const size_t count = k - first_k < block_k ? k - first_k : block_k;
        struct pith_product block = *product;
        block.counts[2] = count;
        block.a += (ptrdiff_t)first_k * product->a_steps[2];
        block.b += (ptrdiff_t)first_k * product->b_steps[2];
        for (size_t row = 0; row < m; row += row_block) {
            PITH_NAME(product_rows)(
                &block, row, m - row < row_block ? m : row + row_block, product->goes_on || first_k != 0,
                first_k + count == k);
        }
        first_k += count;
    } while (first_k < k);
}
