// Pooling: vectors of neighbouring outputs where windows lie inside the plane from left to right, one output at a
// time at the borders.

PITH_INLINE void PITH_NAME(maxpool_one)(
    float *y, int32_t *index, const float *plane, const struct pith_window *w, ptrdiff_t top, ptrdiff_t left) {
    size_t y_low, y_high, x_low, x_high;
    PITH_NAME(clip)(top, w->kernel_h, w->dilation_h, w->height, &y_low, &y_high);
    PITH_NAME(clip)(left, w->kernel_w, w->dilation_w, w->width, &x_low, &x_high);
    float best = -__builtin_inff();
    ptrdiff_t winner = -1;
    for (size_t ky = y_low; ky < y_high; ky++) {
        for (size_t kx = x_low; kx < x_high; kx++) {
            const ptrdiff_t cell = (top + (ptrdiff_t)(ky * w->dilation_h)) * (ptrdiff_t)w->width + left
                + (ptrdiff_t)(kx * w->dilation_w);
            const float value = plane[cell];
            if (winner < 0 || value > best || (value != value && best == best)) {
                best = value;
                winner = cell;
            }
        }
    }
    *y = best == best ? best : __builtin_nanf("");
    if (index) *index = (int32_t)winner;
}

/// What `count` windows side by side have at one of their cells; `reads_whole`: whether a vector's reach is in the plane.
PITH_INLINE vf PITH_NAME(load_cells)(const float *cell, size_t stride, size_t count, int reads_whole) {
    if (!reads_whole) {
        float lanes[PITH_LANES] = {0};
        for (size_t q = 0; q < count; q++) lanes[q] = cell[q * stride];
        return load(lanes);
    }
    return stride == 1 ? load(cell) : load_even(cell);
}

/// `count` outputs from (oy, ox) on; rows `y_low` up to `y_high` of their windows are inside, and all columns.
PITH_INLINE void PITH_NAME(maxpool_vector)(
    float *y, int32_t *indices, const float *plane, const struct pith_window *w, ptrdiff_t top, ptrdiff_t left,
    size_t count, size_t y_low, size_t y_high) {
    const size_t first = (size_t)(top + (ptrdiff_t)(y_low * w->dilation_h)) * w->width + (size_t)left;
    const size_t reach = (y_high - 1 - y_low) * w->dilation_h * w->width + (w->kernel_w - 1) * w->dilation_w;
    const int reads_whole = w->stride_w <= 2 && first + reach + w->stride_w * PITH_LANES <= w->height * w->width;
    vf best = {0};
    vi winner = {0}, lane_offset;
    for (size_t q = 0; q < PITH_LANES; q++) lane_offset[q] = (int32_t)(q * w->stride_w);
    for (size_t ky = y_low; ky < y_high; ky++) {
        for (size_t kx = 0; kx < w->kernel_w; kx++) {
            const size_t cell = first + (ky - y_low) * w->dilation_h * w->width + kx * w->dilation_w;
            const vf value = PITH_NAME(load_cells)(plane + cell, w->stride_w, count, reads_whole);
            vi wins = (vi)(value > best) | ((vi)(value != value) & (vi)(best == best));
            if (ky == y_low && kx == 0) wins = ~(vi){0};
            best = select(wins, value, best);
            winner = (((vi){0} + (int32_t)cell) & wins) | (winner & ~wins);
        }
    }
    store_first(y, canonical(best), count);
    if (indices) store_first((float *)indices, (vf)(winner + lane_offset), count);
}

static void PITH_NAME(maxpool)(float *y, int32_t *indices, const float *plane, const struct pith_window *w) {
    // Outputs whose windows lie inside from left to right.
    const ptrdiff_t reach = (ptrdiff_t)((w->kernel_w - 1) * w->dilation_w);
    size_t inner_low, inner_high, unused;
    PITH_NAME(clip)(-w->pad_left, w->out_w, w->stride_w, w->width, &inner_low, &unused);
    PITH_NAME(clip)(reach - w->pad_left, w->out_w, w->stride_w, w->width, &unused, &inner_high);
    for (size_t oy = 0; oy < w->out_h; oy++) {
        const ptrdiff_t top = (ptrdiff_t)(oy * w->stride_h) - w->pad_top;
        size_t y_low, y_high;
        PITH_NAME(clip)(top, w->kernel_h, w->dilation_h, w->height, &y_low, &y_high);
        for (size_t ox = 0; ox < w->out_w;) {
            const ptrdiff_t left = (ptrdiff_t)(ox * w->stride_w) - w->pad_left;
            float *to = y + oy * w->out_w + ox;
            int32_t *index = indices ? indices + oy * w->out_w + ox : NULL;
            if (y_low < y_high && ox >= inner_low && ox < inner_high) {
                const size_t count = inner_high - ox < PITH_LANES ? inner_high - ox : PITH_LANES;
                PITH_NAME(maxpool_vector)(to, index, plane, w, top, left, count, y_low, y_high);
                ox += count;
            } else {
                PITH_NAME(maxpool_one)(to, index, plane, w, top, left);
                ox += 1;
            }
        }
    }
}

/// Average pooling of one plane, and what all its outputs need.
struct PITH_NAME(averages) {
    const float *plane;
    /// How many floats may be read before the plane, and from its start on.
    ptrdiff_t before, after;
    const struct pith_window *w;
    /// Where windows' positions no longer count.
    ptrdiff_t end_y, end_x;
    int counts_padding;
};

/// Outputs side by side: `count` of them, and the column at which the first one's window begins.
struct PITH_NAME(average_columns) {
    size_t ox, count;
    ptrdiff_t left;
};

/// Rows `first_row` up to `last_row` of some columns of outputs. A cell outside adds +0, which changes no sum, since none is
/// ever -0.
///
/// - kernel_w, stride: The window's, constants where loops over them are to be unrolled; a stride of 0 stands for any, and for
///   cells that are read one by one, since vectors would reach out of memory.
PITH_INLINE void PITH_NAME(average_rows)(
    float *y, const struct PITH_NAME(averages) *of, const struct PITH_NAME(average_columns) *columns, size_t first_row,
    size_t last_row, const size_t kernel_w, const size_t stride) {
    // Copies, which stores to y cannot change, so that what follows from them is found once.
    const struct pith_window w = *of->w;
    const ptrdiff_t end_y = of->end_y;
    const int counts_padding = of->counts_padding != 0;
    const size_t count = columns->count;
    const ptrdiff_t width = (ptrdiff_t)w.width, reach = (ptrdiff_t)((w.kernel_h - 1) * w.dilation_h);
    const vi first = lane_numbers() * (int32_t)w.stride_w + (int32_t)columns->left;
    const vi all = (vi){0} - counts_padding;
    vi counts = {0};
#pragma clang loop vectorize(disable) unroll(disable)
    for (size_t kx = 0; kx < w.kernel_w; kx++) {
        const vi column = first + (int32_t)(kx * w.dilation_w);
        counts -= ((column >= 0) | all) & (column < (int32_t)of->end_x);
    }
    for (size_t oy = first_row; oy < last_row; oy++) {
        const ptrdiff_t top = (ptrdiff_t)(oy * w.stride_h) - w.pad_top;
        int32_t rows = (int32_t)w.kernel_h;
        if (top < 0 || top + reach >= end_y) {
            rows = 0;
#pragma clang loop vectorize(disable) unroll(disable)
            for (size_t ky = 0; ky < w.kernel_h; ky++) {
                const ptrdiff_t line = top + (ptrdiff_t)(ky * w.dilation_h);
                rows += (line >= 0 || counts_padding) && line < end_y;
            }
        }
        vf sum = {0};
#pragma clang loop unroll(disable)
        for (size_t ky = 0; ky < w.kernel_h; ky++) {
            const ptrdiff_t line = top + (ptrdiff_t)(ky * w.dilation_h);
            if ((size_t)line >= w.height) continue;
            const float *const cells = of->plane + line * width + columns->left;
            for (size_t kx = 0; kx < kernel_w; kx++) {
                const size_t offset = kx * w.dilation_w;
                const vi inside = (vi)((vu)(first + (int32_t)offset) < (uint32_t)w.width);
                vf value;
                if (stride == 0) {
                    float lanes[PITH_LANES];
#pragma clang loop vectorize(disable) unroll(disable)
                    for (size_t q = 0; q < PITH_LANES; q++) {
                        lanes[q] = q < count && inside[q] ? cells[offset + q * w.stride_w] : 0;
                    }
                    value = load(lanes);
                } else {
                    value = (vf)((vi)(stride == 1 ? load(cells + offset) : load_even(cells + offset)) & inside);
                }
                sum += value;
            }
        }
        const vf cells = __builtin_convertvector(counts * rows, vf);
        store_first(y + oy * w.out_w + columns->ox, canonical(sum / cells), count);
    }
}

static __attribute__((noinline)) void PITH_NAME(average_cells)(
    float *y, const struct PITH_NAME(averages) *of, const struct PITH_NAME(average_columns) *columns, size_t first_row,
    size_t last_row) {
    PITH_NAME(average_rows)(y, of, columns, first_row, last_row, of->w->kernel_w, 0);
}

/// Whether vectors of what a row of outputs needs are all in memory.
PITH_INLINE int PITH_NAME(reads_whole)(
    const struct PITH_NAME(averages) *of, const struct PITH_NAME(average_columns) *columns, size_t oy) {
    const struct pith_window *const w = of->w;
    const ptrdiff_t top = (ptrdiff_t)(oy * w->stride_h) - w->pad_top, end = (ptrdiff_t)w->height - 1;
    const ptrdiff_t bottom = top + (ptrdiff_t)((w->kernel_h - 1) * w->dilation_h);
    const ptrdiff_t first = (top < 0 ? 0 : top) * (ptrdiff_t)w->width + columns->left;
    const ptrdiff_t last = (bottom > end ? end : bottom) * (ptrdiff_t)w->width + columns->left;
    const size_t reach = (w->kernel_w - 1) * w->dilation_w + w->stride_w * PITH_LANES;
    return first >= -of->before && last + (ptrdiff_t)reach <= of->after;
}

static void PITH_NAME(avgpool)(
    float *y, const float *plane, size_t before, size_t after, const struct pith_window *w, size_t pad_bottom,
    size_t pad_right, int counts_padding) {
    const struct PITH_NAME(averages) of = {
        plane, (ptrdiff_t)before, (ptrdiff_t)after, w, (ptrdiff_t)(w->height + (counts_padding ? pad_bottom : 0)),
        (ptrdiff_t)(w->width + (counts_padding ? pad_right : 0)), counts_padding,
    };
    for (size_t ox = 0; ox < w->out_w; ox += PITH_LANES) {
        const struct PITH_NAME(average_columns) columns = {
            ox, w->out_w - ox < PITH_LANES ? w->out_w - ox : PITH_LANES, (ptrdiff_t)(ox * w->stride_w) - w->pad_left,
        };
        // Rows in between are read by vectors.
        size_t low = w->stride_w > 2 ? w->out_h : 0, high = w->out_h;
        while (low < high && !PITH_NAME(reads_whole)(&of, &columns, low)) low++;
        while (high > low && !PITH_NAME(reads_whole)(&of, &columns, high - 1)) high--;
        if (low > 0) PITH_NAME(average_cells)(y, &of, &columns, 0, low);
        if (w->stride_w == 1 && w->kernel_w == 3) PITH_NAME(average_rows)(y, &of, &columns, low, high, 3, 1);
        else if (w->stride_w == 1) PITH_NAME(average_rows)(y, &of, &columns, low, high, w->kernel_w, 1);
        else if (w->kernel_w == 2) PITH_NAME(average_rows)(y, &of, &columns, low, high, 2, 2);
        else PITH_NAME(average_rows)(y, &of, &columns, low, high, w->kernel_w, 2);
        if (high < w->out_h) PITH_NAME(average_cells)(y, &of, &columns, high, w->out_h);
    }
}
