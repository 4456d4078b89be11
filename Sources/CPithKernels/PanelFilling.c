#include "KernelTable.h"
#include "Transpose.h"

#define WIDTH ((size_t)PITH_PANEL_WIDTH)

/// Copies elements to places `stride` elements apart.
#define SCATTER(type)                                                                                                 \
    static inline void scatter_##type(uint8_t *to, const uint8_t *from, size_t count, size_t stride) {                \
        for (size_t i = 0; i < count; i++) {                                                                          \
            __builtin_memcpy(to + i * stride * sizeof(type), from + i * sizeof(type), sizeof(type));                  \
        }                                                                                                             \
    }
SCATTER(uint16_t)
SCATTER(uint32_t)

static inline void scatter(uint8_t *to, const uint8_t *from, size_t count, size_t stride, size_t size) {
    if (stride == 1) {
        __builtin_memcpy(to, from, count * size);
    } else if (size == sizeof(uint32_t)) {
        scatter_uint32_t(to, from, count, stride);
    } else {
        scatter_uint16_t(to, from, count, stride);
    }
}

void pith_panels_fill(
    void *panels, int type, size_t k, size_t n, int transposed, const void *part, size_t first, size_t count) {
    const size_t size = type ? 2 : 4, together = type ? PITH_NARROW_UNIT_PANELS(type) : 1;
    const size_t length = transposed ? k : n, last = first + count, unit = together * WIDTH;
    const uint8_t *from = part;
    while (first < last) {
        const size_t row = first / length, start = first % length;
        const size_t rest = last - first, within = length - start, piece = rest < within ? rest : within;
        if (transposed) {
            // A row is a column of the panels.
            uint8_t *panel = (uint8_t *)panels + row / unit * unit * k * size;
            const size_t room = WIDTH - row % WIDTH, whole = rest / k, rows = (whole < room ? whole : room) / 4 * 4;
            if (!type && start == 0 && row % 4 == 0 && rows > 0 && (uintptr_t)from % size == 0) {
                float *columns = (float *)(void *)panel + row % WIDTH;
                const float *source = (const float *)(const void *)from;
                if (rows == WIDTH) pith_transpose_rows(columns, WIDTH, source, (ptrdiff_t)k, k, WIDTH);
                else pith_transpose_rows(columns, WIDTH, source, (ptrdiff_t)k, k, rows);
                first += rows * k;
                from += rows * k * size;
                continue;
            }
            const size_t lane = row % WIDTH * together + row / WIDTH % together;
            scatter(panel + (start * unit + lane) * size, from, piece, unit, size);
        } else {
            for (size_t done = 0; done < piece;) {
                const size_t column = start + done, left = WIDTH - column % WIDTH;
                const size_t some = piece - done < left ? piece - done : left;
                const size_t lane = column % WIDTH * together + column / WIDTH % together;
                scatter(
                    (uint8_t *)panels + (column / unit * k + row) * unit * size + lane * size, from + done * size, some,
                    together, size);
                done += some;
            }
        }
        first += piece;
        from += piece * size;
    }
}

void pith_panels_clear_padding(void *panels, int type, size_t k, size_t n) {
    const size_t size = type ? 2 : 4, unit = (type ? PITH_NARROW_UNIT_PANELS(type) : 1) * WIDTH;
    if (n % unit == 0) return;
    uint64_t *word = (uint64_t *)(void *)((uint8_t *)panels + n / unit * unit * k * size);
    for (size_t i = 0; i < unit * k * size / sizeof *word; i++) word[i] = 0;
}
