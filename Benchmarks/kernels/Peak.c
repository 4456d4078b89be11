#include "Peak.h"

#pragma clang fp contract(off)

#if defined(__x86_64__)

// As many sums as hide the latency of any core and fit its registers; no memory is touched.
#define PITH_PEAK(name, lanes, sums, attribute)                                                                       \
    attribute static float peak_##name(size_t rounds) {                                                               \
        typedef float vector __attribute__((vector_size(4 * lanes)));                                                 \
        vector acc[sums], a = {0}, b = {0};                                                                           \
        for (int i = 0; i < sums; i++) acc[i] = (vector){0} + (float)i;                                               \
        for (size_t round = 0; round < rounds; round++) {                                                             \
            __asm__ volatile("" : "+x"(a), "+x"(b));                                                                  \
            _Pragma("clang loop unroll(full)") for (int i = 0; i < sums; i++) {                                       \
                acc[i] = __builtin_elementwise_fma(a, b, acc[i]);                                                     \
            }                                                                                                         \
        }                                                                                                             \
        vector sum = acc[0];                                                                                          \
        for (int i = 1; i < sums; i++) sum += acc[i];                                                                 \
        return sum[0];                                                                                                \
    }

/// Bytes of weights that are read again and again.
#define PITH_WIDENED_BYTES 8192
static int8_t codes[PITH_WIDENED_BYTES] __attribute__((aligned(64)));

#define PITH_WIDENED(name, lanes, sums, attribute)                                                                    \
    attribute static float widened_##name(size_t rounds) {                                                            \
        typedef float vector __attribute__((ext_vector_type(lanes)));                                                 \
        typedef int8_t bytes __attribute__((ext_vector_type(lanes)));                                                 \
        vector acc[sums], a = {0}, scale = {0};                                                                       \
        for (int i = 0; i < sums; i++) acc[i] = (vector){0} + (float)i;                                               \
        for (size_t round = 0; round < rounds; round++) {                                                             \
            const int8_t *from = codes + round * sums * lanes % PITH_WIDENED_BYTES;                                   \
            __asm__ volatile("" : "+x"(a), "+x"(scale), "+r"(from) : : "memory");                                     \
            _Pragma("clang loop unroll(full)") for (int i = 0; i < sums; i++) {                                       \
                const vector weight = __builtin_convertvector(((const bytes *)(const void *)from)[i], vector) * scale; \
                acc[i] = __builtin_elementwise_fma(a, weight, acc[i]);                                                \
            }                                                                                                         \
        }                                                                                                             \
        vector sum = acc[0];                                                                                          \
        for (int i = 1; i < sums; i++) sum += acc[i];                                                                 \
        return sum[0];                                                                                                \
    }

PITH_PEAK(avx512, 16, 24, __attribute__((target("avx512f"))))
PITH_PEAK(avx2, 8, 12, __attribute__((target("avx2,fma"))))
PITH_WIDENED(avx512, 16, 16, __attribute__((target("avx512f,avx512vl,avx512bw,avx512dq"))))
PITH_WIDENED(avx2, 8, 8, __attribute__((target("avx2,fma"))))

#endif

size_t peak_operations(int isa, size_t rounds, float *result) {
    switch (isa) {
#if defined(__x86_64__)
    case PITH_ISA_AVX512: *result = peak_avx512(rounds); return rounds * 24 * 16 * 2;
    case PITH_ISA_AVX2: *result = peak_avx2(rounds); return rounds * 12 * 8 * 2;
#endif
    default: *result = 0; return 0;
    }
}

size_t widened_operations(int isa, size_t rounds, float *result) {
    switch (isa) {
#if defined(__x86_64__)
    case PITH_ISA_AVX512: *result = widened_avx512(rounds); return rounds * 16 * 16 * 2;
    case PITH_ISA_AVX2: *result = widened_avx2(rounds); return rounds * 8 * 8 * 2;
#endif
    default: (void)rounds; *result = 0; return 0;
    }
}
