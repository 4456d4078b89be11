// Convolution as a product of the weights by windows of the image that are never laid out as a matrix.
//
// The image's rows are copied once for each kernel column, shifted so that the windows' cells in that column stand side
// by side, padding in its place. In such a copy neighbouring output pixels are neighbours, across rows too: a vector of
// pixels is one load, whatever kernel row it is for, and output pixels fill vectors without a gap.

/// Copies `count` floats, a vector at a time; the last piece overlaps the one before. Nothing outside is touched.
PITH_INLINE void PITH_NAME(copy)(float *to, const float *from, size_t count) {
    if (count >= PITH_LANES) {
        for (size_t i = 0; i + PITH_LANES <= count; i += PITH_LANES) store(to + i, load(from + i));
        store(to + count - PITH_LANES, load(from + count - PITH_LANES));
    } else if (count >= 8) {
        __builtin_memcpy(to, from, 32);
        __builtin_memcpy(to + count - 8, from + count - 8, 32);
    } else if (count >= 4) {
        __builtin_memcpy(to, from, 16);
        __builtin_memcpy(to + count - 4, from + count - 4, 16);
    } else {
        for (size_t i = 0; i < count; i++) to[i] = from[i];
    }
}

/// Writes zeros from `from` up to `end` and up to a vector beyond.
PITH_INLINE void PITH_NAME(clear)(float *to, size_t from, size_t end) {
    for (size_t x = from; x < end; x += PITH_LANES) store(to + x, (vf){0});
}

/// Writes `count` floats of a padded row: `row[x + left]`, or +0 where x is not in `low` up to `high`. What may be written
/// beyond them, less than a vector, comes next.
PITH_INLINE void PITH_NAME(padded_row)(
    float *to, const float *row, ptrdiff_t left, size_t low, size_t high, size_t count) {
    PITH_NAME(clear)(to, 0, low);
    PITH_NAME(copy)(to + low, row + left + (ptrdiff_t)low, high - low);
    PITH_NAME(clear)(to, high, count);
}

/// What the windows of `rows` output rows from `first_row` on see of one plane, with its padding.
static void PITH_NAME(padded_plane)(
    const struct pith_conv_view *view, float *to, const float *plane, size_t first_row, size_t rows) {
    const struct pith_conv *conv = view->conv;
    const size_t seen = (rows - 1) * conv->stride_h + (conv->kernel_h - 1) * conv->dilation_h + 1;
    const ptrdiff_t top = (ptrdiff_t)(first_row * conv->stride_h) - conv->pad_top;
    size_t low, high;
    PITH_NAME(clip)(-conv->pad_left, view->seen_width, 1, conv->width, &low, &high);
    if (high < low) high = low;
    for (size_t r = 0; r < seen; r++, to += view->seen_width) {
        const ptrdiff_t y = top + (ptrdiff_t)r;
        if ((size_t)y < conv->height) {
            const float *row = plane + y * (ptrdiff_t)conv->width;
            PITH_NAME(padded_row)(to, row, -conv->pad_left, low, high, view->seen_width);
        } else {
            PITH_NAME(clear)(to, 0, view->seen_width);
        }
    }
}

/// Copies `rows` rows of `width` floats that are `stride` apart to rows without gaps, the last vector of each beyond
/// its end, which the next row writes again; only the last rows, where `readable` ends, are copied to the float.
PITH_INLINE void PITH_NAME(shifted_rows)(
    float *to, const float *from, size_t rows, size_t pitch, size_t width, size_t stride, size_t readable) {
    if (stride != 1) {
        for (size_t r = 0; r < rows; r++, from += pitch) {
            for (size_t x = 0; x < width; x++) *to++ = from[x * stride];
        }
        return;
    }
    const size_t reach = width + PITH_LANES;
    size_t whole = readable < reach ? 0 : (readable - reach) / pitch + 1;
    if (whole > rows) whole = rows;
    if (width <= PITH_LANES) {
        for (size_t r = 0; r < whole; r++, to += width, from += pitch) store(to, load(from));
    } else {
        for (size_t r = 0; r < whole; r++, to += width, from += pitch) {
            for (size_t x = 0; x < width; x += PITH_LANES) store(to + x, load(from + x));
        }
    }
    for (size_t r = whole; r < rows; r++, to += width, from += pitch) PITH_NAME(copy)(to, from, width);
}

/// How many planes ahead of the one that is copied those of a far image are asked for.
#define PITH_PLANES_AHEAD 2

/// Fills the scratch for `rows` output rows from `first_row` on: [channel][kernel column][image row][output column],
/// or [channel][kernel column][kernel row][output row][output column] where the stride leaves rows nothing to share.
static void PITH_NAME(shift_image)(
    const struct pith_conv_view *view, float *to, const float *image, size_t first_row, size_t rows) {
    const struct pith_conv *conv = view->conv;
    const size_t copies = view->shares_rows ? 1 : conv->kernel_h, width = conv->out_w;
    const size_t stored = view->shares_rows ? rows + (conv->kernel_h - 1) * conv->dilation_h : rows;
    const size_t plane_size = conv->height * conv->width;
    float *const padded = to + view->padded_at;
    for (size_t c = 0; c < view->channels; c++) {
        const float *source = image + c * plane_size + first_row * conv->stride_h * conv->width;
        size_t pitch = conv->width, readable = (view->channels - c) * plane_size;
        readable -= first_row * conv->stride_h * conv->width;
        if (conv->is_far && c + PITH_PLANES_AHEAD < view->channels) {
            const float *const ahead = source + PITH_PLANES_AHEAD * plane_size;
            const size_t seen = ((stored - 1) * conv->stride_h + 1) * conv->width;
            for (size_t i = 0; i < seen; i += PITH_PANEL_WIDTH) __builtin_prefetch(ahead + i);
        }
        if (view->is_padded) {
            PITH_NAME(padded_plane)(view, padded, image + c * plane_size, first_row, rows);
            source = padded;
            pitch = view->seen_width;
            readable = view->padded_size;
        }
        for (size_t kx = 0; kx < conv->kernel_w; kx++) {
            for (size_t ky = 0; ky < copies; ky++) {
                const size_t at = ky * conv->dilation_h * pitch + kx * conv->dilation_w;
                PITH_NAME(shifted_rows)(
                    to, source + at, stored, conv->stride_h * pitch, width, conv->stride_w, readable - at);
                to += stored * width;
            }
        }
    }
    // The last vector of pixels reads on.
    for (size_t i = 0; i < PITH_PANEL_WIDTH; i++) to[i] = 0;
}

/// Output rows `first_row` up to `last_row` of one group, all at once.
static void PITH_NAME(conv_block)(
    const struct pith_conv_view *view, float *y, ptrdiff_t y_plane, const float *weight, const float *bias,
    const float *scratch, size_t rows) {
    const struct pith_conv *conv = view->conv;
    const size_t kh = conv->kernel_h, kw = conv->kernel_w, out_w = conv->out_w;
    const size_t stored = view->shares_rows ? rows + (kh - 1) * conv->dilation_h : kh * rows;
    const ptrdiff_t column = (ptrdiff_t)(stored * out_w), channel = (ptrdiff_t)kw * column;
    const ptrdiff_t row = (ptrdiff_t)((view->shares_rows ? conv->dilation_h : rows) * out_w);
    const struct pith_product product = {
        .m = view->filters, .n = rows * out_w, .counts = {view->channels, kh, kw}, .a = weight,
        .a_row_stride = (ptrdiff_t)(view->channels * kh * kw), .a_steps = {0, 0, 1}, .b = scratch,
        .b_panel_stride = PITH_PANEL_WIDTH,
        .b_steps = {channel - (ptrdiff_t)kh * row, row - (ptrdiff_t)kw * column, column}, .c = y, .ldc = y_plane,
        .epilogue = {.row_bias = bias, .activation = conv->activation},
    };
    PITH_NAME(product_rows)(&product, 0, product.m, 0, 1);
}

/// `pixels` of a convolution by one weight for each channel: neighbours in the image itself, so that only what fills no
/// panel is copied.
static void PITH_NAME(conv_pixels)(
    const struct pith_conv_view *view, float *y, ptrdiff_t y_plane, const float *image, const float *weight,
    const float *bias, float *scratch, size_t pixels) {
    const struct pith_conv *conv = view->conv;
    const size_t plane = conv->height * conv->width, rest = pixels % PITH_PANEL_WIDTH, whole = pixels - rest;
    struct pith_product product = {
        .m = view->filters, .n = whole, .counts = {1, 1, view->channels}, .a = weight,
        .a_row_stride = (ptrdiff_t)view->channels, .a_steps = {0, 0, 1}, .b = image, .b_panel_stride = PITH_PANEL_WIDTH,
        .b_steps = {0, 0, (ptrdiff_t)plane}, .c = y, .ldc = y_plane,
        .epilogue = {.row_bias = bias, .activation = conv->activation},
    };
    PITH_NAME(matmul)(&product);
    if (rest == 0) return;
    for (size_t c = 0; c < view->channels; c++) {
        float *const panel = scratch + c * PITH_PANEL_WIDTH;
        PITH_NAME(clear)(panel, 0, PITH_PANEL_WIDTH);
        PITH_NAME(copy)(panel, image + c * plane + whole, rest);
    }
    product.n = rest;
    product.b = scratch;
    product.b_steps[2] = PITH_PANEL_WIDTH;
    product.c = y + whole;
    PITH_NAME(matmul)(&product);
}

/// Vectors of neighbouring pixels that are summed at once, two panels' rows at most, and rows of them.
#define PITH_DEPTHWISE_VECTORS 2
#define PITH_DEPTHWISE_ROWS 4

/// Pixels of one filter by one channel, of `rows` rows, from image rows that are padded, `pitch` apart; returns whether
/// they need to be done again with `exact`.
PITH_INLINE int PITH_NAME(depthwise_sums)(
    const struct pith_conv *conv, const float *image, size_t pitch, const float *weight, vf *sums, const size_t rows,
    const int exact) {
    fma_flag flag = {0};
    const size_t row_step = conv->stride_h * pitch;
#pragma clang loop unroll(full)
    for (size_t i = 0; i < rows * PITH_DEPTHWISE_VECTORS; i++) sums[i] = (vf){0};
    for (size_t ky = 0; ky < conv->kernel_h; ky++, image += conv->dilation_h * pitch) {
        for (size_t kx = 0; kx < conv->kernel_w; kx++, weight++) {
            const vf w = splat(*weight);
#pragma clang loop unroll(full)
            for (size_t i = 0; i < rows * PITH_DEPTHWISE_VECTORS; i++) {
                const size_t row = i / PITH_DEPTHWISE_VECTORS, v = i % PITH_DEPTHWISE_VECTORS;
                const vf cells = load(image + row * row_step + kx * conv->dilation_w + v * PITH_LANES);
                sums[i] = exact ? fma_call(w, cells, sums[i]) : fma_step(w, cells, sums[i], &flag);
            }
        }
    }
    return is_raised(&flag);
}

/// `rows` rows of pixels, of `width` pixels each.
PITH_INLINE void PITH_NAME(depthwise_rows)(
    const struct pith_conv_view *view, float *y, const float *image, const float *weight, vf bias, const size_t rows) {
    const struct pith_conv *conv = view->conv;
    const vf floor = activation_floor(conv->activation);
    const size_t width = conv->out_w, pitch = view->seen_width;
    for (size_t x = 0; x < width; x += PITH_DEPTHWISE_VECTORS * PITH_LANES) {
        vf sums[PITH_DEPTHWISE_ROWS * PITH_DEPTHWISE_VECTORS];
        if (PITH_NAME(depthwise_sums)(conv, image + x, pitch, weight, sums, rows, 0)) {
            PITH_NAME(depthwise_sums)(conv, image + x, pitch, weight, sums, rows, 1);
        }
#pragma clang loop unroll(full)
        for (size_t i = 0; i < rows * PITH_DEPTHWISE_VECTORS; i++) {
            const size_t row = i / PITH_DEPTHWISE_VECTORS, at = x + i % PITH_DEPTHWISE_VECTORS * PITH_LANES;
            const vf sum = sums[i] + bias;
            if (at < width) {
                store_first(
                    y + row * width + at, activated(sum, floor),
                    width - at < PITH_LANES ? width - at : PITH_LANES);
            }
        }
    }
}

/// One filter by one channel, column stride 1, output rows from `first_row` on.
static void PITH_NAME(depthwise)(
    const struct pith_conv_view *view, float *y, const float *plane, const float *weight, const float *bias,
    float *scratch, size_t first_row, size_t rows) {
    const size_t width = view->conv->out_w, step = view->conv->stride_h * view->seen_width;
    const vf offset = splat(bias ? *bias : -0.0f);
    PITH_NAME(padded_plane)(view, scratch, plane, first_row, rows);
    size_t row = 0;
    for (; row + PITH_DEPTHWISE_ROWS <= rows; row += PITH_DEPTHWISE_ROWS) {
        PITH_NAME(depthwise_rows)(view, y + row * width, scratch + row * step, weight, offset, PITH_DEPTHWISE_ROWS);
    }
    for (; row < rows; row++) {
        PITH_NAME(depthwise_rows)(view, y + row * width, scratch + row * step, weight, offset, 1);
    }
}

/// The first of the greatest of each 2 x 2 cells at `above`, or NaN.
PITH_INLINE vf PITH_NAME(pool_cells)(const float *above, const float *below) {
    vf best = load_even(above);
    const vf others[3] = {load_even(above + 1), load_even(below), load_even(below + 1)};
#pragma clang loop unroll(full)
    for (size_t i = 0; i < 3; i++) {
        best = select((vi)(others[i] > best) | (vi)(others[i] != others[i]), others[i], best);
    }
    return best;
}

/// `pool_cells` of what ReLU gives, whose bits are in the order of the numbers, NaN after them all.
PITH_INLINE vf PITH_NAME(pool_positive)(const float *above, const float *below) {
    const vi left = __builtin_elementwise_max((vi)load(above), (vi)load(below));
    const vi right = __builtin_elementwise_max((vi)load(above + PITH_LANES), (vi)load(below + PITH_LANES));
    return (vf)__builtin_elementwise_max((vi)even_of((vf)left, (vf)right), (vi)odd_of((vf)left, (vf)right));
}

/// Pools `rows` rows of `width` sums by pairs; `count` cells of each row remain. What is written beyond the end of a row of y is
/// written again by who owns it, but nothing is beyond the last row's.
static __attribute__((noinline)) void PITH_NAME(pool_plane)(
    float *y, const float *sums, size_t rows, size_t width, size_t count, int is_positive) {
    for (size_t r = 0; r + 2 <= rows; r += 2, sums += 2 * width, y += count) {
        for (size_t x = 0; x < count; x += PITH_LANES) {
            const float *const above = sums + 2 * x, *const below = above + width;
            const vf best = is_positive ? PITH_NAME(pool_positive)(above, below) : PITH_NAME(pool_cells)(above, below);
            if (r + 4 <= rows && x + PITH_LANES <= 2 * count) {
                store(y + x, best);
            } else {
                store_first(y + x, best, count - x < PITH_LANES ? count - x : PITH_LANES);
            }
        }
    }
}

static void PITH_NAME(conv)(
    const struct pith_conv *conv, float *y, const float *x, const float *weight, const float *bias, float *scratch,
    size_t first_row, size_t last_row) {
    const struct pith_conv_view view = pith_conv_view(conv);
    const size_t pool = conv->pool_2x2 ? 2 : 1;
    const size_t y_width = conv->out_w / pool, y_plane = conv->out_h / pool * y_width;
    float *const sums = scratch + view.sums_at;
    for (size_t group = 0; group < conv->groups; group++) {
        const size_t filter = group * view.filters;
        const float *image = x + group * view.channels * conv->height * conv->width;
        const float *w = weight + filter * view.channels * conv->kernel_h * conv->kernel_w;
        const float *b = bias ? bias + filter : NULL;
        for (size_t row = first_row * pool; row < last_row * pool; row += view.block_rows) {
            const size_t left = last_row * pool - row, rows = left < view.block_rows ? left : view.block_rows;
            const size_t plane = rows * conv->out_w;
            float *to = y + filter * y_plane + row / pool * y_width;
            if (view.is_depthwise) {
                PITH_NAME(depthwise)(&view, pool == 1 ? to : sums, image, w, b, scratch, row, rows);
            } else if (view.is_pointwise && plane >= PITH_PANEL_WIDTH) {
                PITH_NAME(conv_pixels)(
                    &view, pool == 1 ? to : sums, (ptrdiff_t)(pool == 1 ? y_plane : plane),
                    image + row * conv->width, w, b, scratch, plane);
            } else {
                PITH_NAME(shift_image)(&view, scratch, image, row, rows);
                PITH_NAME(conv_block)(
                    &view, pool == 1 ? to : sums, (ptrdiff_t)(pool == 1 ? y_plane : plane), w, b, scratch, rows);
            }
            for (size_t f = 0; pool != 1 && f < view.filters; f++) {
                PITH_NAME(pool_plane)(
                    to + f * y_plane, sums + f * plane, rows, conv->out_w, y_width, conv->activation == 1);
            }
        }
    }
}
