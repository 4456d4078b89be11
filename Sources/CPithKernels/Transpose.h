// Squares of four by four floats, transposed in registers.

#ifndef PITH_TRANSPOSE_H
#define PITH_TRANSPOSE_H

#include <stddef.h>

typedef float pith_float4 __attribute__((vector_size(16)));

static inline pith_float4 pith_load4(const float *p) {
    pith_float4 v;
    __builtin_memcpy(&v, p, sizeof v);
    return v;
}

static inline void pith_store4(float *p, pith_float4 v) { __builtin_memcpy(p, &v, sizeof v); }

/// y[i * y_step + j] = x[i + j * x_step], for i and j below 4.
static inline void pith_transpose_4x4(float *y, ptrdiff_t y_step, const float *x, ptrdiff_t x_step) {
    const pith_float4 c0 = pith_load4(x), c1 = pith_load4(x + x_step);
    const pith_float4 c2 = pith_load4(x + 2 * x_step), c3 = pith_load4(x + 3 * x_step);
    const pith_float4 low01 = __builtin_shufflevector(c0, c1, 0, 4, 1, 5);
    const pith_float4 high01 = __builtin_shufflevector(c0, c1, 2, 6, 3, 7);
    const pith_float4 low23 = __builtin_shufflevector(c2, c3, 0, 4, 1, 5);
    const pith_float4 high23 = __builtin_shufflevector(c2, c3, 2, 6, 3, 7);
    pith_store4(y, __builtin_shufflevector(low01, low23, 0, 1, 4, 5));
    pith_store4(y + y_step, __builtin_shufflevector(low01, low23, 2, 3, 6, 7));
    pith_store4(y + 2 * y_step, __builtin_shufflevector(high01, high23, 0, 1, 4, 5));
    pith_store4(y + 3 * y_step, __builtin_shufflevector(high01, high23, 2, 3, 6, 7));
}

/// y[i * y_step + j] = x[i + j * x_step], for i below `length` and j below `count`, which comes in fours.
static inline void pith_transpose_rows(
    float *y, size_t y_step, const float *x, ptrdiff_t x_step, size_t length, size_t count) {
    size_t i = 0;
    for (; i + 4 <= length; i += 4) {
        for (size_t j = 0; j < count; j += 4) {
            pith_transpose_4x4(y + i * y_step + j, (ptrdiff_t)y_step, x + (ptrdiff_t)j * x_step + i, x_step);
        }
    }
    for (; i < length; i++) {
        for (size_t j = 0; j < count; j++) y[i * y_step + j] = x[(ptrdiff_t)j * x_step + (ptrdiff_t)i];
    }
}

#endif
