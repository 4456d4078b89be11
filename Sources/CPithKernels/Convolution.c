#include "KernelTable.h"

/// Floats of scratch that a block of output rows may span, so that they stay in a core's second-level cache.
#define BLOCK_FLOATS ((size_t)96 << 10)

/// Output columns below which pixels of several rows share vectors.
#define NARROW_ROW 8

/// Whole panel rows for `count` floats, and one that may be read or written beyond, so that what follows stays aligned.
static size_t whole_rows(size_t count) {
    return (count + 2 * PITH_PANEL_WIDTH - 1) / PITH_PANEL_WIDTH * PITH_PANEL_WIDTH;
}

/// Image rows that `rows` output rows see.
static size_t seen_rows(const struct pith_conv *conv, size_t rows) {
    return (rows - 1) * conv->stride_h + (conv->kernel_h - 1) * conv->dilation_h + 1;
}

/// Floats of the shifted copies for `rows` output rows.
static size_t copies_size(const struct pith_conv_view *view, size_t rows) {
    const struct pith_conv *conv = view->conv;
    if (view->is_depthwise) return 0;
    const size_t stored = view->shares_rows ? seen_rows(conv, rows) : rows * conv->kernel_h;
    return whole_rows(view->channels * conv->kernel_w * stored * conv->out_w);
}

static size_t padded_size(const struct pith_conv_view *view, size_t rows) {
    if (!view->is_padded && !view->is_depthwise) return 0;
    // Rows of pixels end in whole vectors, which see beyond the last window.
    return whole_rows(seen_rows(view->conv, rows) * view->seen_width + 2 * PITH_PANEL_WIDTH);
}

/// Floats of the sums before pooling, which reads on in vectors of pairs.
static size_t sums_size(const struct pith_conv_view *view, size_t rows) {
    return view->conv->pool_2x2 ? view->filters * rows * view->conv->out_w + 4 * PITH_PANEL_WIDTH : 0;
}

static size_t scratch_size(const struct pith_conv_view *view, size_t rows) {
    return copies_size(view, rows) + padded_size(view, rows) + sums_size(view, rows);
}

struct pith_conv_view pith_conv_view(const struct pith_conv *conv) {
    struct pith_conv_view view = {
        .conv = conv, .channels = conv->channels / conv->groups, .filters = conv->filters / conv->groups,
        .shares_rows = conv->stride_h == 1,
    };
    view.is_depthwise = view.channels == 1 && view.filters == 1 && conv->stride_w == 1 && conv->out_w >= NARROW_ROW;
    const size_t pool = conv->pool_2x2 ? 2 : 1, units = conv->out_h / pool;
    view.seen_width = (conv->out_w - 1) * conv->stride_w + (conv->kernel_w - 1) * conv->dilation_w + 1;
    view.is_padded = conv->pad_top != 0 || conv->pad_left != 0 || view.seen_width > conv->width
        || seen_rows(conv, conv->out_h) > conv->height;
    view.is_pointwise = conv->kernel_h == 1 && conv->kernel_w == 1 && conv->stride_h == 1 && conv->stride_w == 1
        && !view.is_padded && conv->out_w == conv->width;
    // Sizes grow evenly with the rows.
    const size_t one = scratch_size(&view, pool), more = scratch_size(&view, 2 * pool) - one;
    const size_t most = BLOCK_FLOATS > one && more > 0 ? 1 + (BLOCK_FLOATS - one) / more : 1;
    const size_t blocks = units > most ? (units + most - 1) / most : 1;
    view.block_rows = (units > blocks ? (units + blocks - 1) / blocks : 1) * pool;
    view.padded_at = copies_size(&view, view.block_rows);
    view.padded_size = padded_size(&view, view.block_rows);
    view.sums_at = view.padded_at + view.padded_size;
    return view;
}

size_t pith_conv_scratch_size(const struct pith_conv *conv) {
    const struct pith_conv_view view = pith_conv_view(conv);
    return scratch_size(&view, view.block_rows);
}
