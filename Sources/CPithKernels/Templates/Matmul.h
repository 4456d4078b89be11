// Products by tiles: which tile where, and in which order, so that operands stay in the caches.

/// Bytes of the panels of one group that a block of k may span, so that they stay in a core's second-level cache.
#define PITH_BLOCK_BYTES ((size_t)768 << 10)
/// Floats of A that a block of rows may span.
#define PITH_ROW_BLOCK_FLOATS ((size_t)96 << 10)
/// A multiple of the rows of every tall tile.
#define PITH_ROWS_MULTIPLE 24

#define PITH_TILE_COUNT (sizeof PITH_NAME(tiles) / sizeof *PITH_NAME(tiles))

/// The tallest tile of `panels` panels with at most `rows` rows; there is one where `widest_group` gave the panels.
static const struct PITH_NAME(tile_entry) *PITH_NAME(tallest_tile)(size_t rows, size_t panels) {
    const struct PITH_NAME(tile_entry) *tile = PITH_NAME(tiles);
    while (tile->panels != panels || tile->rows > rows) tile++;
    return tile;
}

/// The most panels, up to `panels`, of a tile with just `rows` rows.
static size_t PITH_NAME(widest_group)(size_t rows, size_t panels) {
    const struct PITH_NAME(tile_entry) *tile = PITH_NAME(tiles);
    while (tile->rows != rows || tile->panels > panels) tile++;
    return tile->panels;
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
        const size_t widest = PITH_NAME(widest_group)(usual_rows, panels - panel);
        const size_t group = PITH_NAME(widest_group)(usual_rows, PITH_NAME(even_part)(panels - panel, widest));
        const size_t tallest = PITH_NAME(tallest_tile)(row_end - row, group)->rows;
        const struct PITH_NAME(tile_entry) *tile = NULL;
        size_t wanted = 0;
        for (size_t i = row; i < row_end; i += tile->rows) {
            const size_t rows = PITH_NAME(even_part)(row_end - i, tallest);
            if (rows != wanted) tile = PITH_NAME(tallest_tile)(rows, group);
            wanted = rows;
            PITH_NAME(run_tile)(tile, product, i, panel, goes_on, is_last);
        }
        panel += group;
    }
}

static void PITH_NAME(matmul)(const struct pith_product *product) {
    const size_t m = product->m, k = product->counts[2];
    if (m == 0) return;
    if (m <= PITH_TILE_ROWS) {
        PITH_NAME(product_rows)(product, 0, m, 0, 1);
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
                &block, row, m - row < row_block ? m : row + row_block, first_k != 0, first_k + count == k);
        }
        first_k += count;
    } while (first_k < k);
}
