#include "KernelTable.h"

/// Floats of scratch that a block of output rows may span, so that they stay in a core's second-level cache.
#define BLOCK_FLOATS ((size_t)48 << 10)

/// Floats of scratch for the image, when a block has `rows` output rows.
static size_t image_size(const struct pith_conv *conv, size_t channels, int shares_rows, size_t rows) {
    const size_t stored = shares_rows ? rows + (conv->kernel_h - 1) * conv->dilation_h : rows * conv->kernel_h;
    return channels * conv->kernel_w * stored * conv->out_w + PITH_PANEL_WIDTH;
}

/// Floats of scratch for the sums before pooling, which reads on in vectors of pairs.
static size_t sums_size(const struct pith_conv *conv, size_t filters, size_t rows) {
    return conv->pool_2x2 ? filters * rows * conv->out_w + 4 * PITH_PANEL_WIDTH : 0;
}

struct pith_conv_view pith_conv_view(const struct pith_conv *conv) {
    struct pith_conv_view view = {
        .conv = conv, .channels = conv->channels / conv->groups, .filters = conv->filters / conv->groups,
        .shares_rows = conv->stride_h == 1,
    };
    const size_t pool = conv->pool_2x2 ? 2 : 1, units = conv->out_h / pool;
    // Bytes grow evenly with the rows, so the first guess is nearly right.
    const size_t one = image_size(conv, view.channels, view.shares_rows, pool) + sums_size(conv, view.filters, pool);
    const size_t two =
        image_size(conv, view.channels, view.shares_rows, 2 * pool) + sums_size(conv, view.filters, 2 * pool);
    const size_t per_unit = two - one > 0 ? two - one : 1;
    const size_t most = BLOCK_FLOATS > one ? 1 + (BLOCK_FLOATS - one) / per_unit : 1;
    const size_t blocks = units > most ? (units + most - 1) / most : 1;
    view.block_rows = (units > blocks ? (units + blocks - 1) / blocks : 1) * pool;
    view.scratch_image = image_size(conv, view.channels, view.shares_rows, view.block_rows);
    return view;
}

size_t pith_conv_scratch_size(const struct pith_conv *conv) {
    const struct pith_conv_view view = pith_conv_view(conv);
    return view.scratch_image + sums_size(conv, view.filters, view.block_rows);
}
