// What becomes of the sums of products with narrow weights.

#ifndef PITH_NARROW_FINISH_H
#define PITH_NARROW_FINISH_H

#include "../Vector.h"

/// The epilogue of a tile's sums, in one place for all tiles.
static __attribute__((noinline)) void PITH_NAME(narrow_finish)(
    const struct pith_narrow_product *product, size_t row, size_t column, const vf *acc, size_t rows,
    size_t vectors) {
    const struct pith_matmul_epilogue *epilogue = &product->epilogue;
    const vf floor = activation_floor(epilogue->activation);
    for (size_t v = 0; v < vectors && column + v * PITH_LANES < product->n; v++) {
        const size_t first = column + v * PITH_LANES, left = product->n - first;
        const size_t count = left < PITH_LANES ? left : PITH_LANES;
        vf bias = splat(-0.0f);
        if (epilogue->column_bias) bias = load_first(epilogue->column_bias + first, count);
        for (size_t r = 0; r < rows; r++) {
            vf sum = acc[r * vectors + v] + bias;
            if (epilogue->row_bias) sum += splat(epilogue->row_bias[row + r]);
            store_first(
                product->c + (ptrdiff_t)(row + r) * product->ldc + first,
                activated(sum, floor), count);
        }
    }
}

#endif
