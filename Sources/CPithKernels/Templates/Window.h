// Where windows lie inside an image.

/// Which of `length` pixels, `stride` apart from column `x` on, are inside: `*low` up to `*high`.
PITH_INLINE void PITH_NAME(clip)(
    ptrdiff_t x, size_t length, size_t stride, size_t width, size_t *low, size_t *high) {
    const ptrdiff_t step = (ptrdiff_t)stride, end = (ptrdiff_t)width - x;
    const ptrdiff_t first = x >= 0 ? 0 : (step - 1 - x) / step;
    const ptrdiff_t last = end <= 0 ? 0 : (end + step - 1) / step;
    *low = (size_t)first < length ? (size_t)first : length;
    *high = (size_t)last < length ? (size_t)last : length;
}
