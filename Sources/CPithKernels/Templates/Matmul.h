// The matrix product: tiles of rows by panels whose accumulators stay in registers over a block of k.
//
// The including file defines PITH_MATMUL_TILES before it includes this: see the tile lists in InstructionSets.

/// Bytes of the panels of one group that a block of k may span, so that they stay in a core's second-level cache.
#define PITH_BLOCK_BYTES ((size_t)768 << 10)
/// Floats of A that a block of rows may span.
#define PITH_ROW_BLOCK_FLOATS ((size_t)96 << 10)
/// Most accumulators of a tile, in vectors.
#define PITH_MOST_ACCUMULATORS 24
#define PITH_MOST_ROWS 24
#define PITH_MOST_PANELS 8
/// A multiple of the rows of every tall tile.
#define PITH_ROWS_MULTIPLE 24

/// A block of k of a job.
struct PITH_NAME(block) {
    const struct pith_matmul_job *job;
    size_t first_k, count;
    int is_first, is_last;
};

/// Where a tile begins and ends: in the caller's memory, or in copies where its last panel is not whole in C.
struct PITH_NAME(target) {
    size_t row, panel;
    /// What the sums start from.
    const float *start;
    ptrdiff_t start_stride;
    float *c;
    ptrdiff_t ldc;
    const float *column_bias;
};

typedef void PITH_NAME(tile_function)(const struct PITH_NAME(block) *block, const struct PITH_NAME(target) *target);

struct PITH_NAME(tile_entry) {
    size_t rows, panels;
    PITH_NAME(tile_function) *run;
};

static __attribute__((noinline)) void PITH_NAME(copy_rows)(
    float *to, ptrdiff_t to_stride, const float *from, ptrdiff_t from_stride, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++, to += to_stride, from += from_stride) {
        size_t q = 0;
        for (; q + PITH_LANES <= columns; q += PITH_LANES) store(to + q, load(from + q));
        for (; q < columns; q++) to[q] = from[q];
    }
}

#define PITH_VALUE_OF_A(row) splat(a[(row) / 4][(ptrdiff_t)((row) % 4) * row_stride])
#define PITH_VALUES_OF_B(vector)                                                                                      \
    load(b[(vector) / PITH_PANEL_VECTORS / 4] + (vector) / PITH_PANEL_VECTORS % 4 * panel_size                        \
         + (vector) % PITH_PANEL_VECTORS * PITH_LANES)

/// The sums alone; returns whether a screened multiply-add needs the tile done again with `exact`.
///
/// Rows are addressed by fours from one pointer: 1, 2 and 3 strides away are addressing modes, so that even 24 rows
/// need few registers and A is read where it lies, whatever its strides.
PITH_INLINE int PITH_NAME(sum_tile)(
    const struct PITH_NAME(block) *block, const struct PITH_NAME(target) *target, vf *acc, const size_t rows,
    const size_t panels, const int exact) {
    const struct pith_matmul_job *job = block->job;
    const size_t vectors = panels * PITH_PANEL_VECTORS;
    const ptrdiff_t row_stride = job->a_row_stride, k_stride = job->a_k_stride;
    const size_t panel_size = job->k * PITH_PANEL_WIDTH;
    const float *a[PITH_MOST_ROWS / 4];
    const float *b[2];
    a[0] = job->a + (ptrdiff_t)target->row * row_stride + (ptrdiff_t)block->first_k * k_stride;
#pragma clang loop unroll(full)
    for (size_t g = 1; g < (rows + 3) / 4; g++) a[g] = a[g - 1] + 4 * row_stride;
    b[0] = job->b_packed + target->panel * panel_size + block->first_k * PITH_PANEL_WIDTH;
    b[1] = panels > 4 ? b[0] + 4 * panel_size : b[0];
    fma_flag flag = {0};
#pragma clang loop unroll_count(4)
    for (size_t k = block->count; k != 0; k--) {
        // Of the shorter side all values are kept in registers, of the longer side one at a time. Compilers keep this
        // order, and spill if it is another.
        vf shorter[PITH_MOST_ACCUMULATORS];
        const size_t inner = rows < vectors ? rows : vectors, outer = rows < vectors ? vectors : rows;
#pragma clang loop unroll(full)
        for (size_t i = 0; i < inner; i++) {
            shorter[i] = rows < vectors ? PITH_VALUE_OF_A(i) : PITH_VALUES_OF_B(i);
        }
#pragma clang loop unroll(full)
        for (size_t o = 0; o < outer; o++) {
            const vf longer = rows < vectors ? PITH_VALUES_OF_B(o) : PITH_VALUE_OF_A(o);
#pragma clang loop unroll(full)
            for (size_t i = 0; i < inner; i++) {
                vf *sum = rows < vectors ? &acc[i * vectors + o] : &acc[o * vectors + i];
                *sum = exact ? fma_exact(longer, shorter[i], *sum) : fma_step(longer, shorter[i], *sum, &flag);
            }
        }
#pragma clang loop unroll(full)
        for (size_t g = 0; g < (rows + 3) / 4; g++) a[g] += k_stride;
        b[0] += PITH_PANEL_WIDTH;
        b[1] += PITH_PANEL_WIDTH;
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
    const struct PITH_NAME(block) *block, const struct PITH_NAME(target) *target, vf *acc, const size_t rows,
    const size_t vectors) {
    const struct pith_matmul_epilogue *epilogue = &block->job->epilogue;
    if (block->is_last) {
        if (target->column_bias) {
#pragma clang loop unroll(full)
            for (size_t v = 0; v < vectors; v++) {
                const vf bias = load(target->column_bias + v * PITH_LANES);
#pragma clang loop unroll(full)
                for (size_t r = 0; r < rows; r++) acc[r * vectors + v] += bias;
            }
        }
        const float *row_bias = epilogue->row_bias ? epilogue->row_bias + target->row : NULL;
        const vi kept = epilogue->activation == 1 ? (vi){0} : ~(vi){0};
#pragma clang loop unroll(full)
        for (size_t r = 0; r < rows; r++) {
            const vf bias = splat(row_bias ? row_bias[r] : -0.0f);
#pragma clang loop unroll(full)
            for (size_t v = 0; v < vectors; v++) {
                const vf sum = acc[r * vectors + v] + bias;
                acc[r * vectors + v] = canonical((vf)((vi)sum & (~(vi)(sum <= 0) | kept)));
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
    const struct PITH_NAME(block) *block, const struct PITH_NAME(target) *target, const size_t rows,
    const size_t panels) {
    vf acc[PITH_MOST_ACCUMULATORS];
    PITH_NAME(start_tile)(target, acc, rows, panels * PITH_PANEL_VECTORS);
    if (PITH_NAME(sum_tile)(block, target, acc, rows, panels, 0)) {
        PITH_NAME(start_tile)(target, acc, rows, panels * PITH_PANEL_VECTORS);
        PITH_NAME(sum_tile)(block, target, acc, rows, panels, 1);
    }
    PITH_NAME(finish_tile)(block, target, acc, rows, panels * PITH_PANEL_VECTORS);
}

#define PITH_DEFINE_TILE(rows, panels)                                                                                \
    static void PITH_NAME(tile_##rows##x##panels)(                                                                    \
        const struct PITH_NAME(block) *block, const struct PITH_NAME(target) *target) {                               \
        PITH_NAME(tile)(block, target, rows, panels);                                                                 \
    }
PITH_MATMUL_TILES(PITH_DEFINE_TILE)
#undef PITH_DEFINE_TILE

static const struct PITH_NAME(tile_entry) PITH_NAME(tiles)[] = {
#define PITH_LIST_TILE(rows, panels) {rows, panels, PITH_NAME(tile_##rows##x##panels)},
    PITH_MATMUL_TILES(PITH_LIST_TILE)
#undef PITH_LIST_TILE
};

/// Runs `tile` at row `row` and panel `panel`, by way of copies where C ends inside it.
static void PITH_NAME(run_tile)(
    const struct PITH_NAME(tile_entry) *tile, const struct PITH_NAME(block) *block, size_t row, size_t panel) {
    static const float zeros[PITH_MOST_PANELS * PITH_PANEL_WIDTH];
    const struct pith_matmul_job *job = block->job;
    const size_t rows = tile->rows, width = tile->panels * PITH_PANEL_WIDTH, column = panel * PITH_PANEL_WIDTH;
    const size_t columns = job->n - column < width ? job->n - column : width;
    float *const c = job->c + (ptrdiff_t)row * job->ldc + column;
    const float *bias = job->epilogue.column_bias ? job->epilogue.column_bias + column : NULL;
    struct PITH_NAME(target) target = {
        row, panel, block->is_first ? zeros : c, block->is_first ? 0 : job->ldc, c, job->ldc, bias,
    };
    if (columns == width) {
        tile->run(block, &target);
        return;
    }
    // What is beyond `columns` here is computed with and thrown away.
    float c_copy[PITH_MOST_ACCUMULATORS * PITH_LANES], bias_copy[PITH_MOST_PANELS * PITH_PANEL_WIDTH];
    target.c = c_copy;
    target.ldc = (ptrdiff_t)width;
    if (!block->is_first) {
        for (size_t i = 0; i < rows * width; i++) c_copy[i] = 0;
        PITH_NAME(copy_rows)(c_copy, target.ldc, c, job->ldc, rows, columns);
        target.start = c_copy;
        target.start_stride = target.ldc;
    }
    if (bias) {
        for (size_t i = 0; i < width; i++) bias_copy[i] = 0;
        PITH_NAME(copy_rows)(bias_copy, 0, bias, 0, 1, columns);
        target.column_bias = bias_copy;
    }
    tile->run(block, &target);
    PITH_NAME(copy_rows)(c, job->ldc, c_copy, target.ldc, rows, columns);
}

/// One or two rows: B is read once, so as many panels at a time as there are registers.
static void PITH_NAME(matmul_few_rows)(const struct PITH_NAME(block) *block, size_t row, size_t rows) {
    const size_t panels = (block->job->n + PITH_PANEL_WIDTH - 1) / PITH_PANEL_WIDTH;
    for (size_t panel = 0; panel < panels;) {
        const struct PITH_NAME(tile_entry) *tile = PITH_NAME(tiles);
        while (tile->rows != rows || tile->panels > panels - panel) tile++;
        PITH_NAME(run_tile)(tile, block, row, panel);
        panel += tile->panels;
    }
}

/// Rows `row` up to `row_end`: a group of panels meets all rows before the next group does.
static void PITH_NAME(matmul_rows)(const struct PITH_NAME(block) *block, size_t row, size_t row_end) {
    const size_t panels = (block->job->n + PITH_PANEL_WIDTH - 1) / PITH_PANEL_WIDTH;
    for (size_t panel = 0; panel < panels;) {
        size_t group = panels - panel;
        // Two even groups rather than a full one and a narrow one.
        if (group == PITH_MATMUL_GROUP + 1) group = (group + 1) / 2;
        if (group > PITH_MATMUL_GROUP) group = PITH_MATMUL_GROUP;
        const struct PITH_NAME(tile_entry) *tile = PITH_NAME(tiles);
        for (size_t i = row; i < row_end; i += tile->rows) {
            while (tile->panels != group || tile->rows > row_end - i) tile++;
            PITH_NAME(run_tile)(tile, block, i, panel);
        }
        panel += group;
    }
}

static void PITH_NAME(matmul)(const struct pith_matmul_job *job) {
    const size_t m = job->m, k = job->k;
    if (m < 4) {
        const struct PITH_NAME(block) whole = {job, 0, k, 1, 1};
        if (m >= 2) PITH_NAME(matmul_few_rows)(&whole, 0, 2);
        if (m & 1) PITH_NAME(matmul_few_rows)(&whole, m - 1, 1);
        return;
    }
    const size_t most_k = PITH_BLOCK_BYTES / (PITH_MATMUL_GROUP * PITH_PANEL_WIDTH * sizeof(float));
    const size_t blocks = k / most_k + 1, block_k = (k + blocks - 1) / blocks;
    size_t row_block = PITH_ROW_BLOCK_FLOATS / (block_k + 1) / PITH_ROWS_MULTIPLE * PITH_ROWS_MULTIPLE;
    if (row_block == 0) row_block = PITH_ROWS_MULTIPLE;
    size_t first_k = 0;
    do {
        const size_t count = k - first_k < block_k ? k - first_k : block_k;
        const struct PITH_NAME(block) block = {job, first_k, count, first_k == 0, first_k + count == k};
        for (size_t row = 0; row < m; row += row_block) {
            PITH_NAME(matmul_rows)(&block, row, m - row < row_block ? m : row + row_block);
        }
        first_k += count;
    } while (first_k < k);
}
