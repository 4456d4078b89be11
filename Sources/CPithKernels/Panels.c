#include "KernelTable.h"
#include "Transpose.h"

#define WIDTH ((size_t)PITH_PANEL_WIDTH)

size_t pith_pack_size(size_t k, size_t n) { return (n / WIDTH + (n % WIDTH != 0)) * k * WIDTH; }

void pith_pack_f32(float *packed, const float *b, size_t k, size_t n, ptrdiff_t k_stride, ptrdiff_t n_stride) {
    for (size_t j = 0; j < n; j += WIDTH, packed += k * WIDTH) {
        const size_t columns = n - j < WIDTH ? n - j : WIDTH;
        const float *source = b + (ptrdiff_t)j * n_stride;
        size_t kk = 0;
        if (columns == WIDTH && n_stride == 1) {
            for (; kk < k; kk++) {
                __builtin_memcpy(packed + kk * WIDTH, source + (ptrdiff_t)kk * k_stride, WIDTH * sizeof(float));
            }
        } else if (columns == WIDTH && k_stride == 1) {
            pith_transpose_rows(packed, WIDTH, source, n_stride, k, WIDTH);
            continue;
        }
        for (; kk < k; kk++) {
            const float *row = source + (ptrdiff_t)kk * k_stride;
            float *target = packed + kk * WIDTH;
            for (size_t q = 0; q < columns; q++) target[q] = row[(ptrdiff_t)q * n_stride];
            for (size_t q = columns; q < WIDTH; q++) target[q] = 0;
        }
    }
}

size_t pith_narrow_pack_size(int type, size_t k, size_t n) {
    const size_t columns = PITH_NARROW_UNIT_PANELS(type) * WIDTH, together = PITH_NARROW_TOGETHER(type);
    return (n / columns + (n % columns != 0)) * (k / together + (k % together != 0)) * PITH_NARROW_BYTES(type);
}

/// Puts an element of 16 or fewer bits where it belongs among those that are widened together: row `r`, column `q` of panel
/// `p`.
static inline void place(uint8_t *to, int type, const uint8_t *element, size_t r, size_t q, size_t p) {
    switch (type) {
    case PITH_NARROW_I8: to[q] = *element; break;
    case PITH_NARROW_PALETTE: to[4 * q + r / 2] |= (uint8_t)((*element & 15) << r % 2 * 4); break;
    case PITH_NARROW_WIDE_PALETTE: to[q / 4 * 16 + r * 4 + q % 4] = *element; break;
    default: __builtin_memcpy(to + 2 * (PITH_NARROW_UNIT_PANELS(type) * q + p), element, 2); break;
    }
}

void pith_narrow_pack(
    int type, void *packed, const void *b, size_t k, size_t n, ptrdiff_t k_stride, ptrdiff_t n_stride) {
    const size_t columns = PITH_NARROW_UNIT_PANELS(type) * WIDTH, together = PITH_NARROW_TOGETHER(type);
    const ptrdiff_t size = type == PITH_NARROW_BF16 || type == PITH_NARROW_F16 ? 2 : 1;
    uint8_t *to = packed;
    for (size_t j = 0; j < n; j += columns) {
        const size_t width = n - j < columns ? n - j : columns;
        for (size_t first = 0; first < k; first += together, to += PITH_NARROW_BYTES(type)) {
            const size_t rows = k - first < together ? k - first : together;
            for (size_t i = 0; i < PITH_NARROW_BYTES(type); i++) to[i] = 0;
            for (size_t r = 0; r < rows; r++) {
                for (size_t q = 0; q < width; q++) {
                    const ptrdiff_t at = (ptrdiff_t)(first + r) * k_stride + (ptrdiff_t)(j + q) * n_stride;
                    place(to, type, (const uint8_t *)b + at * size, r, q % WIDTH, q / WIDTH);
                }
            }
        }
    }
}

size_t pith_integers_pack_size(size_t k, size_t n) {
    return (n / WIDTH + (n % WIDTH != 0)) * WIDTH * ((k + 3) / 4 * 4);
}

void pith_integers_pack(
    int8_t *codes, int32_t *sums, const int8_t *b, size_t k, size_t n, ptrdiff_t k_stride, ptrdiff_t n_stride) {
    for (size_t j = 0; j < n; j += WIDTH, sums += WIDTH) {
        uint32_t totals[WIDTH] = {0};
        for (size_t first = 0; first < k; first += 4) {
            for (size_t q = 0; q < WIDTH; q++) {
                for (size_t kk = first; kk < first + 4; kk++, codes++) {
                    *codes = kk < k && j + q < n ? b[(ptrdiff_t)kk * k_stride + (ptrdiff_t)(j + q) * n_stride] : 0;
                    totals[q] += (uint32_t)*codes;
                }
            }
        }
        __builtin_memcpy(sums, totals, sizeof totals);
    }
}

size_t pith_byte_row(size_t columns) { return PITH_BYTE_ROW(columns); }
