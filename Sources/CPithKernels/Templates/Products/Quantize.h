// DynamicQuantizeLinear, and the choice between products of bytes.

/// The product by instructions that every processor of this instruction set has.
PITH_INLINE vi PITH_NAME(dot)(vi sum, vi without_sign, vi with_sign) {
#ifdef PITH_MULTIPLY_PAIRS
    // Sixteen bits at a time: even bytes, then odd ones. Neither product nor sum of two leaves 32 bits.
    const vs16 a = (vs16)without_sign, b = (vs16)with_sign;
    sum += (vi)PITH_MULTIPLY_PAIRS(a & 0xFF, (vs16)(b << 8) >> 8);
    return sum + (vi)PITH_MULTIPLY_PAIRS((vs16)((vus16)a >> 8), b >> 8);
#else
#pragma clang loop unroll(full)
    for (int shift = 0; shift < 32; shift += 8) {
        sum += (without_sign >> shift & 0xFF) * ((vi)((vu)with_sign << (24 - shift)) >> 24);
    }
    return sum;
#endif
}

#define PITH_INTEGERS plain
#define PITH_DOT PITH_NAME(dot)
#define PITH_INTEGER_TILE_PANELS (PITH_PANEL_VECTORS > 1 ? 2 : 4)
#include "Integers.h"

static void PITH_NAME(integers)(const struct pith_integer_product *product) {
#ifdef PITH_HAS_VNNI
    if (PITH_HAS_VNNI) {
        integer_rows_vnni(product);
        return;
    }
#endif
    integer_rows_plain(product);
}

/// The least and greatest of some elements and 0; NaNs take no part.
PITH_INLINE void PITH_NAME(extremes)(const float *x, size_t count, float *least, float *greatest) {
    vf low[4], high[4];
    for (size_t j = 0; j < 4; j++) low[j] = high[j] = (vf){0};
    size_t i = 0;
    for (; i + 4 * PITH_LANES <= count; i += 4 * PITH_LANES) {
#pragma clang loop unroll(full)
        for (size_t j = 0; j < 4; j++) {
            const vf v = load(x + i + j * PITH_LANES);
            low[j] = v < low[j] ? v : low[j];
            high[j] = v > high[j] ? v : high[j];
        }
    }
    for (; i < count; i += PITH_LANES) {
        const vf v = load_first(x + i, count - i < PITH_LANES ? count - i : PITH_LANES);
        low[0] = v < low[0] ? v : low[0];
        high[0] = v > high[0] ? v : high[0];
    }
    for (size_t j = 1; j < 4; j++) {
        low[0] = low[j] < low[0] ? low[j] : low[0];
        high[0] = high[j] > high[0] ? high[j] : high[0];
    }
    *least = *greatest = 0;
    for (size_t q = 0; q < PITH_LANES; q++) {
        if (low[0][q] < *least) *least = low[0][q];
        if (high[0][q] > *greatest) *greatest = high[0][q];
    }
}

/// The quotients rounded to nearest and even, those of NaN 0, and no further from 0 than 255.
PITH_INLINE vi PITH_NAME(rounded_quotient)(vf x, vf scale) {
    vf quotient = x / scale;
    quotient = quotient != quotient ? (vf){0} : quotient < -255 ? splat(-255) : quotient > 255 ? splat(255) : quotient;
    return (vi)(quotient + 0x1.8p+23f) - 0x4B400000;
}

static void PITH_NAME(quantize)(
    uint8_t *q, int32_t *sums, float *scale, int32_t *zero, const float *x, size_t rows, size_t columns) {
    float least, greatest;
    PITH_NAME(extremes)(x, rows * columns, &least, &greatest);
    *scale = least == greatest ? 1 : (greatest - least) / 255;
    const vf divisor = splat(*scale);
    const int32_t at_zero = PITH_NAME(rounded_quotient)(splat(-least), divisor)[0];
    *zero = at_zero < 0 ? 0 : at_zero;
    const size_t stride = PITH_BYTE_ROW(columns);
    for (size_t r = 0; r < rows; r++, x += columns, q += stride) {
        vi sum = {0};
        size_t i = 0;
        for (; i < columns; i += PITH_LANES) {
            const size_t left = columns - i, count = left < PITH_LANES ? left : PITH_LANES;
            vi bytes = PITH_NAME(rounded_quotient)(load_first(x + i, count), divisor) + *zero;
            bytes = bytes < 0 ? (vi){0} : bytes > 255 ? (vi){0} + 255 : bytes;
            sum += (bytes - *zero) & (lane_numbers() < (int32_t)count);
            const vu8 narrow = __builtin_convertvector(bytes, vu8);
            __builtin_memcpy(q + i, &narrow, sizeof narrow);
        }
        sums[r] = __builtin_reduce_add(sum);
    }
}
