#include "KernelTable.h"
#include "Transpose.h"

/// A square that stays in the first cache.
#define SIDE ((size_t)16)

/// y[i * y_step + j] = x[i + j * x_step], four by four.
static void transpose_words(float *y, ptrdiff_t y_step, const float *x, ptrdiff_t x_step, size_t rows, size_t columns) {
    size_t i = 0;
    for (; i + 4 <= rows; i += 4, x += 4, y += 4 * y_step) {
        size_t j = 0;
        for (; j + 4 <= columns; j += 4) pith_transpose_4x4(y + j, y_step, x + (ptrdiff_t)j * x_step, x_step);
        for (; j < columns; j++) {
            for (ptrdiff_t r = 0; r < 4; r++) y[r * y_step + (ptrdiff_t)j] = x[r + (ptrdiff_t)j * x_step];
        }
    }
    for (; i < rows; i++, x++, y += y_step) {
        for (size_t j = 0; j < columns; j++) y[j] = x[(ptrdiff_t)j * x_step];
    }
}

/// Elements one by one: two loops, the inner one of `columns`.
#define COPY(type)                                                                                                    \
    for (size_t i = 0; i < rows; i++) {                                                                               \
        const type *from = (const type *)x + (ptrdiff_t)i * outer_x;                                                  \
        type *to = (type *)y + (ptrdiff_t)i * outer_y;                                                                \
        _Pragma("clang loop vectorize(disable) unroll(disable)") for (size_t j = 0; j < columns; j++) {               \
            to[(ptrdiff_t)j * inner_y] = from[(ptrdiff_t)j * inner_x];                                                \
        }                                                                                                             \
    }

static void copy_elements(
    void *y, ptrdiff_t outer_y, ptrdiff_t inner_y, const void *x, ptrdiff_t outer_x, ptrdiff_t inner_x, size_t size,
    size_t rows, size_t columns) {
    switch (size) {
    case 1: COPY(uint8_t) break;
    case 2: COPY(uint16_t) break;
    case 4: COPY(uint32_t) break;
    default: COPY(uint64_t) break;
    }
}
#undef COPY

/// The two innermost loops, of which the outer one may be a single round.
static void copy_plane(
    uint8_t *y, ptrdiff_t outer_y, ptrdiff_t inner_y, const uint8_t *x, ptrdiff_t outer_x, ptrdiff_t inner_x, size_t size,
    size_t rows, size_t columns) {
    const ptrdiff_t width = (ptrdiff_t)size;
    if (inner_x == 1 && inner_y == 1) {
        for (size_t i = 0; i < rows; i++) {
            __builtin_memcpy(y + (ptrdiff_t)i * outer_y * width, x + (ptrdiff_t)i * outer_x * width, columns * size);
        }
        return;
    }
    if (outer_x != 1 || inner_y != 1 || rows < 4) {
        copy_elements(y, outer_y, inner_y, x, outer_x, inner_x, size, rows, columns);
        return;
    }
    for (size_t i = 0; i < rows; i += SIDE) {
        const size_t height = rows - i < SIDE ? rows - i : SIDE;
        for (size_t j = 0; j < columns; j += SIDE) {
            const size_t length = columns - j < SIDE ? columns - j : SIDE;
            uint8_t *to = y + ((ptrdiff_t)i * outer_y + (ptrdiff_t)j) * width;
            const uint8_t *from = x + ((ptrdiff_t)i + (ptrdiff_t)j * inner_x) * width;
            if (size == 4) {
                transpose_words((float *)to, outer_y, (const float *)from, inner_x, height, length);
            } else {
                copy_elements(to, outer_y, 1, from, 1, inner_x, size, height, length);
            }
        }
    }
}

void pith_copy(
    void *y, const void *x, size_t size, const struct pith_loops *given, size_t first, size_t last) {
    if (first >= last) return;
    ptrdiff_t a, b;
    struct pith_loops loops = pith_loops_cut(given, first, last, &a, &b);
    // A plane of two loops inside: of rows that are not neighbours in memory, or of columns that are.
    while (loops.count < 2) {
        for (size_t axis = loops.count; axis > 0; axis--) {
            loops.extents[axis] = loops.extents[axis - 1];
            loops.a_steps[axis] = loops.a_steps[axis - 1];
            loops.b_steps[axis] = loops.b_steps[axis - 1];
        }
        loops.extents[0] = 1;
        loops.a_steps[0] = loops.b_steps[0] = 0;
        loops.count++;
    }
    const size_t inner = loops.count - 1, outer = loops.count - 2;
    for (size_t axis = 0; axis < outer && loops.a_steps[inner] != 1; axis++) {
        if (loops.a_steps[axis] != 1) continue;
        const size_t extent = loops.extents[axis];
        const ptrdiff_t b_step = loops.b_steps[axis];
        loops.extents[axis] = loops.extents[outer];
        loops.a_steps[axis] = loops.a_steps[outer];
        loops.b_steps[axis] = loops.b_steps[outer];
        loops.extents[outer] = extent;
        loops.a_steps[outer] = 1;
        loops.b_steps[outer] = b_step;
        break;
    }
    size_t rounds[PITH_MOST_LOOPS] = {0};
    do {
        copy_plane(
            (uint8_t *)y + b * (ptrdiff_t)size, loops.b_steps[outer], loops.b_steps[inner],
            (const uint8_t *)x + a * (ptrdiff_t)size, loops.a_steps[outer], loops.a_steps[inner], size,
            loops.extents[outer], loops.extents[inner]);
    } while (pith_loops_next(&loops, 2, rounds, &a, &b));
}

void pith_fill(void *y, const void *element, size_t size, size_t count) {
    // Twice as much each time, up to what the first cache holds.
    size_t done = size, most = 4096;
    if (count == 0) return;
    __builtin_memcpy(y, element, size);
    while (done < count * size) {
        size_t next = done < most ? done : most;
        if (next > count * size - done) next = count * size - done;
        __builtin_memcpy((uint8_t *)y + done, y, next);
        done += next;
    }
}

void pith_transpose_f32(float *y, const float *x, size_t rows, size_t columns) {
    const struct pith_loops loops = {
        .count = 2, .extents = {columns, rows}, .a_steps = {1, (ptrdiff_t)columns}, .b_steps = {(ptrdiff_t)rows, 1},
    };
    pith_copy(y, x, sizeof *y, &loops, 0, columns);
}

ptrdiff_t pith_gather(
    void *y, const void *x, size_t row, size_t rows, const void *numbers, size_t number_size, size_t count) {
    for (size_t i = 0; i < count; i++) {
        int64_t number = number_size == 8 ? ((const int64_t *)numbers)[i] : ((const int32_t *)numbers)[i];
        if (number < 0) number += (int64_t)rows;
        if (number < 0 || number >= (int64_t)rows) return (ptrdiff_t)i;
        __builtin_memcpy((uint8_t *)y + i * row, (const uint8_t *)x + (size_t)number * row, row);
    }
    return -1;
}
