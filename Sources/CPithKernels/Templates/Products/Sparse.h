// The matrix product with sparse weights: what is not stored is not read, and not multiplied.
//
// Leaving out a product with +0 is exact for finite factors but for one thing: a sum that has become -0 by underflow
// would be +0 after it. Rows that hold infinities or NaN, and units with a sum of -0, are done again with every product.

/// Rows of a tall tile, and rows that are looked at for infinities at once.
#define PITH_SPARSE_ROWS (PITH_SOFTWARE_FMA ? 1 : 4)
#define PITH_SPARSE_BLOCK 32
/// Vectors of a unit's row.
#define PITH_SPARSE_VECTORS (PITH_SPARSE_WIDTH / PITH_LANES)

/// `chunk[index]` of each lane; indices are 0 to 31, or -1, which may give anything.
PITH_INLINE vf PITH_NAME(pick)(const float *chunk, vi index) {
#if PITH_MASKED_MEMORY
    return (vf)__builtin_ia32_vpermi2varps512(load(chunk), index, load(chunk + PITH_LANES));
#elif PITH_HAS_PERMUTE
    // Eight at a time from four vectors, by the lowest three bits; then the bits above choose.
    vf parts[4];
#pragma clang loop unroll(full)
    for (size_t i = 0; i < 4; i++) parts[i] = (vf)__builtin_ia32_permvarsf256(load(chunk + i * PITH_LANES), index);
    const vi by_eight = index << 28, by_sixteen = index << 27;
    const vf low = by_eight < 0 ? parts[1] : parts[0], high = by_eight < 0 ? parts[3] : parts[2];
    return by_sixteen < 0 ? high : low;
#else
    vf v;
#pragma clang loop unroll(full)
    for (size_t q = 0; q < PITH_LANES; q++) v[q] = chunk[index[q] & (PITH_SPARSE_CHUNK - 1)];
    return v;
#endif
}

/// The sums of `rows` rows by what is stored of a unit; returns whether they need to be done again with `exact`.
PITH_INLINE int PITH_NAME(sparse_sums)(
    const struct pith_sparse_view *view, size_t unit, const float *a, ptrdiff_t a_row_stride, vf *acc,
    const size_t rows, const int exact) {
    fma_flag flag = {0};
#pragma clang loop unroll(full)
    for (size_t i = 0; i < rows * PITH_SPARSE_VECTORS; i++) acc[i] = (vf){0};
    for (size_t step = view->starts[unit]; step < view->starts[unit + 1]; step++) {
        const struct pith_sparse_step *stored = &view->steps[step];
        const float *chunk = a + view->bases[step];
#pragma clang loop unroll(full)
        for (size_t v = 0; v < PITH_SPARSE_VECTORS; v++) {
            vi8 bytes;
            __builtin_memcpy(&bytes, stored->index + v * PITH_LANES, sizeof bytes);
            const vi index = __builtin_convertvector(bytes, vi), is_stored = index >= 0;
            const vf value = load(stored->value + v * PITH_LANES);
#pragma clang loop unroll(full)
            for (size_t r = 0; r < rows; r++) {
                vf *sum = &acc[r * PITH_SPARSE_VECTORS + v];
                // Where nothing is stored the product of +0 with -0 is added, which changes nothing.
                const vf any = PITH_NAME(pick)(chunk + (ptrdiff_t)r * a_row_stride, index);
                const vf left = (vf)((vi)any & is_stored);
                *sum = exact ? fma_call(left, value, *sum) : fma_step(left, value, *sum, &flag);
            }
        }
    }
    return is_raised(&flag);
}

/// The sums of one row by a unit as it is with its zeros.
static __attribute__((noinline)) void PITH_NAME(dense_sums)(
    const struct pith_sparse_view *view, size_t unit, const float *a, vf *acc) {
    size_t step = view->starts[unit], done = 0;
    for (size_t v = 0; v < PITH_SPARSE_VECTORS; v++) acc[v] = (vf){0};
    while (done < view->k) {
        float weight[PITH_SPARSE_CHUNK][PITH_SPARSE_WIDTH] = {{0}};
        const size_t base = pith_sparse_base(view->k, done / PITH_SPARSE_CHUNK);
        for (; step < view->starts[unit + 1] && view->bases[step] == base; step++) {
            const struct pith_sparse_step *stored = &view->steps[step];
            for (size_t q = 0; q < PITH_SPARSE_WIDTH; q++) {
                if (stored->index[q] >= 0) weight[stored->index[q]][q] = stored->value[q];
            }
        }
        for (; done < view->k && done < base + PITH_SPARSE_CHUNK; done++) {
            for (size_t v = 0; v < PITH_SPARSE_VECTORS; v++) {
                acc[v] = fma_call(splat(a[done]), load(weight[done - base] + v * PITH_LANES), acc[v]);
            }
        }
    }
}

PITH_INLINE int PITH_NAME(has_wild)(const float *a, size_t k) {
    vi wild = {0};
    for (size_t i = 0; i < k; i += PITH_LANES) {
        wild |= ((vi)load_part(a + i, k - i) & 0x7F800000) == 0x7F800000;
    }
    return __builtin_reduce_or(wild) != 0;
}

PITH_INLINE void PITH_NAME(sparse_finish)(
    const struct pith_sparse_product *product, size_t row, size_t column, const vf *acc) {
    const struct pith_matmul_epilogue *epilogue = &product->epilogue;
    const vf floor = activation_floor(epilogue->activation);
    float *c = product->c + (ptrdiff_t)row * product->ldc;
    for (size_t v = 0; v < PITH_SPARSE_VECTORS; v++, column += PITH_LANES) {
        if (column >= product->last_column) return;
        const size_t left = product->last_column - column, count = left < PITH_LANES ? left : PITH_LANES;
        vf sum = acc[v];
        if (epilogue->column_bias) sum += load_first(epilogue->column_bias + column, count);
        if (epilogue->row_bias) sum += splat(epilogue->row_bias[row]);
        store_first(c + column, activated(sum, floor), count);
    }
}

PITH_INLINE void PITH_NAME(sparse_tile)(
    const struct pith_sparse_product *product, size_t unit, size_t row, const uint8_t *is_wild, const size_t rows) {
    const float *a = product->a + (ptrdiff_t)row * product->a_row_stride;
    vf acc[PITH_SPARSE_ROWS * PITH_SPARSE_VECTORS];
    if (PITH_NAME(sparse_sums)(&product->view, unit, a, product->a_row_stride, acc, rows, 0)) {
        PITH_NAME(sparse_sums)(&product->view, unit, a, product->a_row_stride, acc, rows, 1);
    }
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rows; r++) {
        vf *sums = acc + r * PITH_SPARSE_VECTORS;
        vi lost = {0};
#pragma clang loop unroll(full)
        for (size_t v = 0; v < PITH_SPARSE_VECTORS; v++) lost |= (vi)sums[v] == INT32_MIN;
        vf again[PITH_SPARSE_VECTORS];
        if (is_wild[r] || __builtin_reduce_or(lost) != 0) {
            PITH_NAME(dense_sums)(&product->view, unit, a + (ptrdiff_t)r * product->a_row_stride, again);
            sums = again;
        }
        PITH_NAME(sparse_finish)(product, row + r, unit * PITH_SPARSE_WIDTH, sums);
    }
}

static void PITH_NAME(sparse_rows)(const struct pith_sparse_product *product, size_t first_row, size_t last_row) {
    uint8_t is_wild[PITH_SPARSE_BLOCK];
    for (size_t row = first_row; row < last_row; row++) {
        is_wild[row - first_row] =
            (uint8_t)PITH_NAME(has_wild)(product->a + (ptrdiff_t)row * product->a_row_stride, product->view.k);
    }
    const size_t last_unit = (product->last_column + PITH_SPARSE_WIDTH - 1) / PITH_SPARSE_WIDTH;
    for (size_t unit = product->first_column / PITH_SPARSE_WIDTH; unit < last_unit; unit++) {
        size_t row = first_row;
        for (; row + PITH_SPARSE_ROWS <= last_row; row += PITH_SPARSE_ROWS) {
            PITH_NAME(sparse_tile)(product, unit, row, is_wild + (row - first_row), PITH_SPARSE_ROWS);
        }
        for (; row < last_row; row++) PITH_NAME(sparse_tile)(product, unit, row, is_wild + (row - first_row), 1);
    }
}

static void PITH_NAME(sparse)(const struct pith_sparse_product *given) {
    const size_t k = given->view.k;
    for (size_t row = 0; row < given->m; row += PITH_SPARSE_BLOCK) {
        const size_t end = given->m - row < PITH_SPARSE_BLOCK ? given->m : row + PITH_SPARSE_BLOCK;
        if (k >= PITH_SPARSE_CHUNK) {
            PITH_NAME(sparse_rows)(given, row, end);
            continue;
        }
        // Steps read a whole chunk.
        float rows[PITH_SPARSE_BLOCK][PITH_SPARSE_CHUNK] = {{0}};
        for (size_t r = row; r < end; r++) {
            for (size_t i = 0; i < k; i++) rows[r - row][i] = given->a[(ptrdiff_t)r * given->a_row_stride + (ptrdiff_t)i];
        }
        struct pith_sparse_product product = *given;
        product.a = rows[0];
        product.a_row_stride = PITH_SPARSE_CHUNK;
        product.c += (ptrdiff_t)row * product.ldc;
        if (product.epilogue.row_bias) product.epilogue.row_bias += row;
        PITH_NAME(sparse_rows)(&product, 0, end - row);
    }
}
