#include "KernelTable.h"

/// Whether few channels' taps are summed by a kernel of their own.
static int sums_taps(const struct pith_conv *conv) {
    return conv->kernel_h == conv->kernel_w && (conv->kernel_w == 3 || conv->kernel_w == 5) && conv->stride_h == 1
           && conv->stride_w == 1 && conv->dilation_h == 1 && conv->dilation_w == 1 && conv->channels < 12;
}

/// The sums of kernel rows, counted through the channels, `first` up to `last`.
static void sum_taps(
    int isa, const struct pith_conv *conv, float *gradient, const float *x,
    const float *g_packed, int goes_on, size_t first, size_t last) {
    const size_t taps = conv->kernel_h * conv->kernel_w, panel = conv->out_h * conv->out_w * PITH_PANEL_WIDTH;
    for (size_t row = first, rows; row < last; row += rows) {
        const size_t channel = row / conv->kernel_h, left = conv->kernel_h - row % conv->kernel_h;
        rows = last - row < left ? last - row : left;
        for (size_t filter = 0; filter < conv->filters; filter += PITH_PANEL_WIDTH) {
            const size_t columns = conv->filters - filter;
            const struct pith_taps sums = {
                .x = x + channel * conv->height * conv->width, .pitch = conv->width, .out_h = conv->out_h,
                .out_w = conv->out_w, .g = g_packed + filter / PITH_PANEL_WIDTH * panel, .width = conv->kernel_w,
                .first_row = row % conv->kernel_h, .rows = rows,
                .columns = columns < PITH_PANEL_WIDTH ? columns : PITH_PANEL_WIDTH,
                .sums = gradient + channel * taps * conv->filters + filter, .filters = conv->filters,
                .goes_on = goes_on,
            };
            pith_training_kernels(isa)->tap_sums(&sums);
        }
    }
}

size_t pith_conv_weight_gradient_units(const struct pith_conv *conv) {
    if (sums_taps(conv)) return conv->kernel_h * conv->channels + 1;
    const size_t others = conv->channels >= conv->kernel_w ? conv->kernel_w : conv->channels;
    return conv->kernel_h * others + 1;
}

void pith_conv_weight_gradient_f32(
    int isa, const struct pith_conv *conv, float *gradient, const float *x, const float *g_packed, int goes_on,
    size_t first_unit, size_t last_unit) {
    static const float one = 1;
    const struct pith_kernel_table *kernels = pith_kernels(isa);
    const size_t pixels = conv->out_h * conv->out_w, taps = conv->kernel_h * conv->kernel_w;
    const int rows_are_channels = conv->channels >= conv->kernel_w;
    struct pith_product product = {
        .n = conv->filters, .b_panel_stride = (ptrdiff_t)(pixels * PITH_PANEL_WIDTH),
        .b_steps = {0, 0, PITH_PANEL_WIDTH},
    };
    // The kernel may split the innermost loop, when it is long, for its caches; then the others have one round.
    const size_t lines = conv->out_w < 1024 ? conv->out_h : 1;
    if (sums_taps(conv)) {
        const size_t rows = conv->kernel_h * conv->channels;
        sum_taps(isa, conv, gradient, x, g_packed, goes_on, first_unit, last_unit < rows ? last_unit : rows);
        if (first_unit < rows) first_unit = last_unit < rows ? last_unit : rows;
    }
    for (size_t unit = first_unit; unit < last_unit; unit++) {
        size_t tap = unit, channel = 0;
        if (unit + 1 == pith_conv_weight_gradient_units(conv)) {
            product.m = 1;
            product.a = &one;
            product.c = gradient + conv->channels * taps * conv->filters;
            product.counts[0] = product.counts[1] = 1;
            product.counts[2] = pixels;
            product.a_steps[1] = product.a_steps[2] = 0;
            product.b = g_packed;
            product.goes_on = goes_on;
            kernels->matmul(&product);
            continue;
        }
        if (!rows_are_channels) {
            channel = unit / conv->kernel_h;
            tap = unit % conv->kernel_h * conv->kernel_w;
        }
        const size_t ky = tap / conv->kernel_w, kx = tap % conv->kernel_w;
        product.m = rows_are_channels ? conv->channels : conv->kernel_w;
        product.a_row_stride = (ptrdiff_t)(rows_are_channels ? conv->height * conv->width : conv->dilation_w);
        product.c = gradient + (channel * taps + tap) * conv->filters;
        product.ldc = (ptrdiff_t)(rows_are_channels ? taps * conv->filters : conv->filters);
        product.counts[0] = 1;
        product.counts[1] = lines;
        product.counts[2] = conv->out_w;
        product.a_steps[2] = (ptrdiff_t)conv->stride_w;
        product.a_steps[1] = (ptrdiff_t)(conv->stride_h * conv->width) - (ptrdiff_t)(conv->out_w * conv->stride_w);
        for (size_t oy = 0; oy < conv->out_h; oy += lines) {
            product.a = x + (channel * conv->height + oy * conv->stride_h + ky * conv->dilation_h) * conv->width
                        + kx * conv->dilation_w;
            product.b = g_packed + oy * conv->out_w * PITH_PANEL_WIDTH;
            product.goes_on = goes_on || oy != 0;
            kernels->matmul(&product);
        }
    }
}

void pith_maxpool_gradient_f32(float *dx, size_t cells, const float *g, const int32_t *indices, size_t n) {
    for (size_t i = 0; i < cells; i++) dx[i] = 0;
    for (size_t i = 0; i < n; i++) {
        if (indices[i] >= 0) dx[indices[i]] += g[i];
    }
}
