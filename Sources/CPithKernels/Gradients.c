#include "KernelTable.h"

/// Floats of images and gradients that are gone through at once, so that they stay in a core's second-level cache.
#define BLOCK_FLOATS ((size_t)96 << 10)

/// Channels of one piece.
#define UNIT_CHANNELS ((size_t)8)

/// What the rows of the products are.
enum form {
    /// Taps of one channel, by a kernel of their own.
    TAPS,
    /// Kernel columns of one channel and kernel row.
    COLUMNS,
    /// Channels of one tap.
    CHANNELS,
};

static enum form form_of(const struct pith_conv *conv) {
    const int has_kernel = conv->kernel_h == conv->kernel_w && (conv->kernel_w == 3 || conv->kernel_w == 5);
    const int has_unit_steps =
        conv->stride_h == 1 && conv->stride_w == 1 && conv->dilation_h == 1 && conv->dilation_w == 1;
    if (has_kernel && has_unit_steps && conv->channels < 12) return TAPS;
    return conv->channels >= conv->kernel_w ? CHANNELS : COLUMNS;
}

static size_t panels_of(const struct pith_conv *conv) {
    return (conv->filters + PITH_PANEL_WIDTH - 1) / PITH_PANEL_WIDTH;
}

static size_t channel_blocks(const struct pith_conv *conv) {
    return (conv->channels + UNIT_CHANNELS - 1) / UNIT_CHANNELS;
}

size_t pith_conv_weight_gradient_units(const struct pith_conv *conv) {
    switch (form_of(conv)) {
    case TAPS: return panels_of(conv) * conv->channels * conv->kernel_h;
    case COLUMNS: return conv->channels * conv->kernel_h;
    default: return conv->kernel_h * conv->kernel_w * channel_blocks(conv);
    }
}

/// Kernel rows, counted through the channels and then the panels, `first` up to `last`.
static void sum_taps(
    int isa, const struct pith_conv *conv, float *gradient, const struct pith_conv_images *images, size_t first,
    size_t last) {
    const size_t taps = conv->kernel_h * conv->kernel_w, panel = conv->out_h * conv->out_w * PITH_PANEL_WIDTH;
    for (size_t row = first, rows; row < last; row += rows) {
        const size_t ky = row % conv->kernel_h, left = conv->kernel_h - ky, channels = row / conv->kernel_h;
        const size_t channel = channels % conv->channels, number = channels / conv->channels;
        const size_t filter = number * PITH_PANEL_WIDTH, columns = conv->filters - filter;
        rows = last - row < left ? last - row : left;
        struct pith_taps sums = {
            .x = images->x + channel * conv->height * conv->width, .pitch = conv->width, .out_h = conv->out_h,
            .out_w = conv->out_w, .g = images->g + number * panel, .width = conv->kernel_w, .first_row = ky,
            .rows = rows, .columns = columns < PITH_PANEL_WIDTH ? columns : PITH_PANEL_WIDTH,
            .sums = gradient + channel * taps * conv->filters + filter, .filters = conv->filters,
            .goes_on = images->goes_on,
        };
        for (size_t image = 0; image < images->count; image++) {
            pith_training_kernels(isa)->tap_sums(&sums);
            sums.x += images->x_pitch;
            sums.g += images->g_pitch;
            sums.goes_on = 1;
        }
    }
}

/// The product over all images and output pixels of `product`, whose operands begin with the first image's first window.
static void multiply(
    const struct pith_kernel_table *kernels, const struct pith_conv *conv, struct pith_product *product,
    const struct pith_conv_images *images) {
    const float *const a = product->a, *const b = product->b;
    const size_t row = conv->stride_h * conv->width;
    product->counts[2] = conv->out_w;
    product->a_steps[2] = (ptrdiff_t)conv->stride_w;
    product->b_steps[2] = PITH_PANEL_WIDTH;
    product->b_panel_stride = (ptrdiff_t)(conv->out_h * conv->out_w * PITH_PANEL_WIDTH);
    // The kernel may split the innermost loop, when it is long, for its caches; then the others have one round.
    if (conv->out_w < 1024) {
        product->counts[0] = images->count;
        product->counts[1] = conv->out_h;
        product->a_steps[1] = (ptrdiff_t)row - (ptrdiff_t)(conv->out_w * conv->stride_w);
        product->a_steps[0] = (ptrdiff_t)images->x_pitch - (ptrdiff_t)(conv->out_h * row);
        product->b_steps[0] = (ptrdiff_t)images->g_pitch - product->b_panel_stride;
        kernels->matmul(product);
        return;
    }
    product->counts[0] = product->counts[1] = 1;
    for (size_t line = 0; line < images->count * conv->out_h; line++) {
        const size_t image = line / conv->out_h, oy = line % conv->out_h;
        product->a = a + image * images->x_pitch + oy * row;
        product->b = b + image * images->g_pitch + oy * conv->out_w * PITH_PANEL_WIDTH;
        kernels->matmul(product);
        product->goes_on = 1;
    }
}

/// Pieces whose rows are kernel columns or channels, `first` up to `last`.
static void sum_rows(
    int isa, const struct pith_conv *conv, float *gradient, const struct pith_conv_images *images, size_t first,
    size_t last) {
    const size_t taps = conv->kernel_h * conv->kernel_w, blocks = channel_blocks(conv);
    const int are_channels = form_of(conv) == CHANNELS;
    for (size_t unit = first, units; unit < last; unit += units) {
        size_t channel = unit / conv->kernel_h, tap = unit % conv->kernel_h * conv->kernel_w, rows = conv->kernel_w;
        units = 1;
        if (are_channels) {
            // Neighbouring blocks of one tap are one product.
            const size_t block = unit % blocks;
            units = last - unit < blocks - block ? last - unit : blocks - block;
            tap = unit / blocks;
            channel = block * UNIT_CHANNELS;
            const size_t end = (block + units) * UNIT_CHANNELS;
            rows = (end < conv->channels ? end : conv->channels) - channel;
        }
        const size_t ky = tap / conv->kernel_w, kx = tap % conv->kernel_w;
        struct pith_product product = {
            .m = rows, .n = conv->filters,
            .a = images->x + (channel * conv->height + ky * conv->dilation_h) * conv->width + kx * conv->dilation_w,
            .a_row_stride = (ptrdiff_t)(are_channels ? conv->height * conv->width : conv->dilation_w),
            .b = images->g, .c = gradient + (channel * taps + tap) * conv->filters,
            .ldc = (ptrdiff_t)(are_channels ? taps * conv->filters : conv->filters), .goes_on = images->goes_on,
        };
        multiply(pith_kernels(isa), conv, &product, images);
    }
}

void pith_conv_weight_gradient_f32(
    int isa, const struct pith_conv *conv, float *gradient, const struct pith_conv_images *images, size_t first_unit,
    size_t last_unit) {
    const size_t most = BLOCK_FLOATS / (images->x_pitch + images->g_pitch + 1) + 1;
    for (size_t image = 0; image < images->count; image += most) {
        const struct pith_conv_images block = {
            images->count - image < most ? images->count - image : most, images->x + image * images->x_pitch,
            images->x_pitch, images->g + image * images->g_pitch, images->g_pitch, images->goes_on || image != 0,
        };
        if (form_of(conv) == TAPS) {
            sum_taps(isa, conv, gradient, &block, first_unit, last_unit);
        } else {
            sum_rows(isa, conv, gradient, &block, first_unit, last_unit);
        }
    }
}

void pith_conv_bias_gradient_f32(
    int isa, const struct pith_conv *conv, float *gradient, const struct pith_conv_images *images) {
    static const float one = 1;
    const size_t pixels = conv->out_h * conv->out_w;
    const struct pith_product product = {
        .m = 1, .n = conv->filters, .counts = {1, images->count, pixels}, .a = &one, .b = images->g,
        .b_panel_stride = (ptrdiff_t)(pixels * PITH_PANEL_WIDTH),
        .b_steps = {0, (ptrdiff_t)images->g_pitch - (ptrdiff_t)(pixels * PITH_PANEL_WIDTH), PITH_PANEL_WIDTH},
        .c = gradient, .goes_on = images->goes_on,
    };
    pith_kernels(isa)->matmul(&product);
}

void pith_maxpool_gradient_f32(float *dx, size_t cells, const float *g, const int32_t *indices, size_t n) {
    for (size_t i = 0; i < cells; i++) dx[i] = 0;
    for (size_t i = 0; i < n; i++) {
        if (indices[i] >= 0) dx[indices[i]] += g[i];
    }
}
