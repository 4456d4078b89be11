#include "CPithCodecs.h"

#define INLINE static inline __attribute__((always_inline))

// Written so that a compiler turns the loops into vectors; one copy for each instruction set.

INLINE void merge2(uint8_t *restrict out, const uint8_t *p0, const uint8_t *p1, size_t count, int rotates) {
    const int turn = rotates ? 1 : 0;
    for (size_t i = 0; i < count; i++) {
        const uint16_t v = (uint16_t)(p0[i] | p1[i] << 8);
        const uint16_t element = turn ? (uint16_t)(v >> 1 | v << 15) : v;
        __builtin_memcpy(out + 2 * i, &element, 2);
    }
}

INLINE void merge4(
    uint8_t *restrict out, const uint8_t *p0, const uint8_t *p1, const uint8_t *p2, const uint8_t *p3, size_t count,
    int rotates) {
    for (size_t i = 0; i < count; i++) {
        const uint32_t v = (uint32_t)p0[i] | (uint32_t)p1[i] << 8 | (uint32_t)p2[i] << 16 | (uint32_t)p3[i] << 24;
        const uint32_t element = rotates ? v >> 1 | v << 31 : v;
        __builtin_memcpy(out + 4 * i, &element, 4);
    }
}

/// Planes of other widths, byte by byte.
static void merge(uint8_t *restrict out, const uint8_t *const planes[], size_t width, size_t count, int rotates) {
    for (size_t plane = 0; plane < width; plane++) {
        const uint8_t *own = planes[plane], *above = planes[plane + 1 == width ? 0 : plane + 1];
        for (size_t i = 0; i < count; i++) {
            out[i * width + plane] = rotates ? (uint8_t)(own[i] >> 1 | above[i] << 7) : own[i];
        }
    }
}

INLINE void merge_any(uint8_t *out, const uint8_t *const planes[], size_t width, size_t count, int rotates) {
    if (width == 2 && rotates) merge2(out, planes[0], planes[1], count, 1);
    else if (width == 4 && rotates) merge4(out, planes[0], planes[1], planes[2], planes[3], count, 1);
    else merge(out, planes, width, count, rotates);
}

INLINE void split2(uint8_t *restrict planes, const uint8_t *bytes, size_t count) {
    for (size_t i = 0; i < count; i++) {
        uint16_t v;
        __builtin_memcpy(&v, bytes + 2 * i, 2);
        v = (uint16_t)(v << 1 | v >> 15);
        planes[i] = (uint8_t)v;
        planes[count + i] = (uint8_t)(v >> 8);
    }
}

INLINE void split4(uint8_t *restrict planes, const uint8_t *bytes, size_t count) {
    for (size_t i = 0; i < count; i++) {
        uint32_t v;
        __builtin_memcpy(&v, bytes + 4 * i, 4);
        v = v << 1 | v >> 31;
        planes[i] = (uint8_t)v;
        planes[count + i] = (uint8_t)(v >> 8);
        planes[2 * count + i] = (uint8_t)(v >> 16);
        planes[3 * count + i] = (uint8_t)(v >> 24);
    }
}

static void split(uint8_t *restrict planes, const uint8_t *bytes, size_t width, size_t count, int rotates) {
    for (size_t plane = 0; plane < width; plane++) {
        const size_t below = plane == 0 ? width - 1 : plane - 1;
        for (size_t i = 0; i < count; i++) {
            const uint8_t own = bytes[i * width + plane];
            planes[plane * count + i] = rotates ? (uint8_t)(own << 1 | bytes[i * width + below] >> 7) : own;
        }
    }
}

INLINE void split_any(uint8_t *planes, const uint8_t *bytes, size_t width, size_t count, int rotates) {
    if (width == 2 && rotates) split2(planes, bytes, count);
    else if (width == 4 && rotates) split4(planes, bytes, count);
    else split(planes, bytes, width, count, rotates);
}

#if defined(__x86_64__)

#define AVX2 __attribute__((target("avx2")))
#define AVX512 __attribute__((target("avx512f,avx512vl,avx512bw,avx512dq")))

AVX2 static void merge_avx2(uint8_t *out, const uint8_t *const planes[], size_t width, size_t count, int rotates) {
    merge_any(out, planes, width, count, rotates);
}

AVX512 static void merge_avx512(uint8_t *out, const uint8_t *const planes[], size_t width, size_t count, int rotates) {
    merge_any(out, planes, width, count, rotates);
}

AVX2 static void split_avx2(uint8_t *planes, const uint8_t *bytes, size_t width, size_t count, int rotates) {
    split_any(planes, bytes, width, count, rotates);
}

AVX512 static void split_avx512(uint8_t *planes, const uint8_t *bytes, size_t width, size_t count, int rotates) {
    split_any(planes, bytes, width, count, rotates);
}

#endif

void pith_merge_planes(
    int isa, uint8_t *out, const uint8_t *const planes[], size_t width, size_t count, int rotates) {
#if defined(__x86_64__)
    if (isa == PITH_ISA_AVX512 && pith_isa_supported(isa)) return merge_avx512(out, planes, width, count, rotates);
    if (isa == PITH_ISA_AVX2 && pith_isa_supported(isa)) return merge_avx2(out, planes, width, count, rotates);
#endif
    (void)isa;
    merge_any(out, planes, width, count, rotates);
}

void pith_split_planes(int isa, uint8_t *planes, const uint8_t *bytes, size_t width, size_t count, int rotates) {
#if defined(__x86_64__)
    if (isa == PITH_ISA_AVX512 && pith_isa_supported(isa)) return split_avx512(planes, bytes, width, count, rotates);
    if (isa == PITH_ISA_AVX2 && pith_isa_supported(isa)) return split_avx2(planes, bytes, width, count, rotates);
#endif
    (void)isa;
    split_any(planes, bytes, width, count, rotates);
}
