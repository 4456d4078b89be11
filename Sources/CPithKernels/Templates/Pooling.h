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

/// What windows side by side have at one of their cells, which lies at `cell` for the first; +0 where it is outside.
///
/// - before, after: how many floats may be read before the plane, and from its start on.
PITH_INLINE vf PITH_NAME(load_inside)(
    const float *plane, ptrdiff_t cell, ptrdiff_t stride, ptrdiff_t before, ptrdiff_t after, vi inside) {
    if (cell >= -before && cell + stride * PITH_LANES <= after && stride <= 2) {
        return (vf)((vi)(stride == 1 ? load(plane + cell) : load_even(plane + cell)) & inside);
    }
    float lanes[PITH_LANES];
    for (ptrdiff_t q = 0; q < PITH_LANES; q++) lanes[q] = inside[q] ? plane[cell + q * stride] : 0;
    return load(lanes);
}

/// A cell outside adds +0, which changes no sum, since none is ever -0.
static void PITH_NAME(avgpool)(
    float *y, const float *plane, size_t before, size_t after, const struct pith_window *w, size_t pad_bottom,
    size_t pad_right, int counts_padding) {
    const int32_t padded_width = (int32_t)(w->width + (counts_padding ? pad_right : 0));
    for (size_t oy = 0; oy < w->out_h; oy++) {
        const ptrdiff_t top = (ptrdiff_t)(oy * w->stride_h) - w->pad_top;
        int32_t rows = 0;
#pragma clang loop vectorize(disable) unroll(disable)
        for (size_t ky = 0; ky < w->kernel_h; ky++) {
            const ptrdiff_t row = top + (ptrdiff_t)(ky * w->dilation_h);
            rows += counts_padding ? row < (ptrdiff_t)(w->height + pad_bottom) : (size_t)row < w->height;
        }
        for (size_t ox = 0; ox < w->out_w; ox += PITH_LANES) {
            const size_t count = w->out_w - ox < PITH_LANES ? w->out_w - ox : PITH_LANES;
            const ptrdiff_t left = (ptrdiff_t)(ox * w->stride_w) - w->pad_left;
            const vi all = (vi){0} - (counts_padding != 0), is_output = lane_numbers() < (int32_t)count;
            const vi first = lane_numbers() * (int32_t)w->stride_w + (int32_t)left;
            vf sum = {0};
            vi columns = {0};
#pragma clang loop vectorize(disable) unroll(disable)
            for (size_t kx = 0; kx < w->kernel_w; kx++) {
                const vi column = first + (int32_t)(kx * w->dilation_w);
                columns -= ((column >= 0) | all) & (column < padded_width);
            }
            for (size_t ky = 0; ky < w->kernel_h; ky++) {
                const ptrdiff_t line = top + (ptrdiff_t)(ky * w->dilation_h);
                if ((size_t)line >= w->height) continue;
                const ptrdiff_t row = line * (ptrdiff_t)w->width + left;
                for (size_t kx = 0; kx < w->kernel_w; kx++) {
                    const size_t offset = kx * w->dilation_w;
                    const vi column = first + (int32_t)offset;
                    const vi inside = (column >= 0) & (column < (int32_t)w->width) & is_output;
                    sum += PITH_NAME(load_inside)(
                        plane, row + (ptrdiff_t)offset, (ptrdiff_t)w->stride_w, (ptrdiff_t)before, (ptrdiff_t)after,
                        inside);
                }
            }
            const vf cells = __builtin_convertvector(columns * rows, vf);
            store_first(y + oy * w->out_w + ox, canonical(sum / cells), count);
        }
    }
}
