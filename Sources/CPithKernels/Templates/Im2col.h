// Windows of an image as the columns of a packed matrix.

/// Neighbouring output pixels of one output row, within one panel.
struct PITH_NAME(run) {
    size_t lane, length;
    /// Where the first pixel's window begins in the image.
    ptrdiff_t y, x;
};

/// Which of `length` pixels, `stride` apart from column `x` on, are inside: `*low` up to `*high`.
PITH_INLINE void PITH_NAME(clip)(
    ptrdiff_t x, size_t length, size_t stride, size_t width, size_t *low, size_t *high) {
    const ptrdiff_t step = (ptrdiff_t)stride, end = (ptrdiff_t)width - x;
    const ptrdiff_t first = x >= 0 ? 0 : (step - 1 - x) / step;
    const ptrdiff_t last = end <= 0 ? 0 : (end + step - 1) / step;
    *low = (size_t)first < length ? (size_t)first : length;
    *high = (size_t)last < length ? (size_t)last : length;
}

/// Masks of the lanes that a run fills: at most this many runs times kernel columns are worked out beforehand.
#define PITH_MOST_MASKS 64

/// For each run, the lanes whose pixel is inside from left to right when the window's column is `dx`.
PITH_INLINE void PITH_NAME(mask_runs)(
    vi *masks, const struct PITH_NAME(run) *runs, size_t run_count, ptrdiff_t dx, size_t width) {
    for (size_t i = 0; i < run_count; i++) {
        size_t low, high;
        PITH_NAME(clip)(runs[i].x + dx, runs[i].length, 1, width, &low, &high);
        int32_t lanes[PITH_PANEL_WIDTH];
        for (size_t q = 0; q < PITH_PANEL_WIDTH; q++) {
            lanes[q] = q >= runs[i].lane + low && q < runs[i].lane + high ? -1 : 0;
        }
        __builtin_memcpy(masks + i * PITH_PANEL_VECTORS, lanes, sizeof lanes);
    }
}

/// One row of a panel where neighbouring pixels are neighbours in the image.
///
/// Each run is read as a whole row of the panel, in which its pixels already lie in their lanes, and masked.
PITH_INLINE void PITH_NAME(im2col_row_unit)(
    float *target, const float *image, ptrdiff_t image_size, ptrdiff_t plane, const struct pith_window *w,
    const struct PITH_NAME(run) *runs, size_t run_count, const vi *masks, ptrdiff_t dy, ptrdiff_t dx) {
    vi pixels[PITH_PANEL_VECTORS] = {{0}};
    for (size_t i = 0; i < run_count; i++, masks += PITH_PANEL_VECTORS) {
        const ptrdiff_t y = runs[i].y + dy;
        if ((size_t)y >= w->height) continue;
        const ptrdiff_t offset = plane + y * (ptrdiff_t)w->width + runs[i].x + dx - (ptrdiff_t)runs[i].lane;
        float near_edge[PITH_PANEL_WIDTH];
        const float *from = image + offset;
        if (offset < 0 || offset > image_size - PITH_PANEL_WIDTH) {
            for (ptrdiff_t q = 0; q < PITH_PANEL_WIDTH; q++) {
                near_edge[q] = offset + q >= 0 && offset + q < image_size ? image[offset + q] : 0;
            }
            from = near_edge;
        }
#pragma clang loop unroll(full)
        for (size_t v = 0; v < PITH_PANEL_VECTORS; v++) pixels[v] |= (vi)load(from + v * PITH_LANES) & masks[v];
    }
    for (size_t v = 0; v < PITH_PANEL_VECTORS; v++) store(target + v * PITH_LANES, (vf)pixels[v]);
}

/// One row of a panel, whatever the stride.
PITH_INLINE void PITH_NAME(im2col_row_strided)(
    float *target, const float *plane, const struct pith_window *w, const struct PITH_NAME(run) *runs, size_t run_count,
    ptrdiff_t dy, ptrdiff_t dx) {
    for (size_t q = 0; q < PITH_PANEL_WIDTH; q += PITH_LANES) store(target + q, (vf){0});
    for (size_t i = 0; i < run_count; i++) {
        const ptrdiff_t y = runs[i].y + dy, x = runs[i].x + dx;
        if ((size_t)y >= w->height) continue;
        size_t low, high;
        PITH_NAME(clip)(x, runs[i].length, w->stride_w, w->width, &low, &high);
        const float *row = plane + (size_t)y * w->width;
        for (size_t q = low; q < high; q++) target[runs[i].lane + q] = row[x + (ptrdiff_t)(q * w->stride_w)];
    }
}

static void PITH_NAME(im2col)(
    float *packed, const float *image, size_t channels, const struct pith_window *w, size_t p0, size_t p1) {
    const ptrdiff_t plane_size = (ptrdiff_t)(w->height * w->width), image_size = (ptrdiff_t)channels * plane_size;
    for (size_t p = p0; p < p1; p += PITH_PANEL_WIDTH) {
        struct PITH_NAME(run) runs[PITH_PANEL_WIDTH];
        size_t run_count = 0;
        const size_t end = p1 - p < PITH_PANEL_WIDTH ? p1 : p + PITH_PANEL_WIDTH;
        for (size_t q = p; q < end;) {
            const size_t oy = q / w->out_w, ox = q % w->out_w;
            const size_t length = end - q < w->out_w - ox ? end - q : w->out_w - ox;
            runs[run_count++] = (struct PITH_NAME(run)){
                q - p, length, (ptrdiff_t)(oy * w->stride_h) - w->pad_top,
                (ptrdiff_t)(ox * w->stride_w) - w->pad_left,
            };
            q += length;
        }
        vi masks[PITH_MOST_MASKS * PITH_PANEL_VECTORS];
        const int masks_fit = w->kernel_w * run_count <= PITH_MOST_MASKS;
        if (masks_fit && w->stride_w == 1) {
            for (size_t kx = 0; kx < w->kernel_w; kx++) {
                vi *const of_column = masks + kx * run_count * PITH_PANEL_VECTORS;
                PITH_NAME(mask_runs)(of_column, runs, run_count, (ptrdiff_t)(kx * w->dilation_w), w->width);
            }
        }
        for (size_t channel = 0; channel < channels; channel++) {
            const ptrdiff_t plane = (ptrdiff_t)channel * plane_size;
            for (size_t ky = 0; ky < w->kernel_h; ky++) {
                const ptrdiff_t dy = (ptrdiff_t)(ky * w->dilation_h);
                for (size_t kx = 0; kx < w->kernel_w; kx++, packed += PITH_PANEL_WIDTH) {
                    const ptrdiff_t dx = (ptrdiff_t)(kx * w->dilation_w);
                    if (w->stride_w != 1) {
                        PITH_NAME(im2col_row_strided)(packed, image + plane, w, runs, run_count, dy, dx);
                        continue;
                    }
                    const vi *of_column = masks_fit ? masks + kx * run_count * PITH_PANEL_VECTORS : masks;
                    if (!masks_fit) PITH_NAME(mask_runs)(masks, runs, run_count, dx, w->width);
                    PITH_NAME(im2col_row_unit)(
                        packed, image, image_size, plane, w, runs, run_count, of_column, dy, dx);
                }
            }
        }
    }
}
