#include "CBench.h"

/// Read when it runs, so that no compiler works out a sum before: 1 is its own successor.
static volatile float factor = 0.999f, addend = 0.001f;

#if defined(__x86_64__)
typedef float v16 __attribute__((vector_size(64)));
typedef float v8 __attribute__((vector_size(32)));

#define SUMS 12

#define PEAK(name, vector, instructions)                                                                              \
    __attribute__((target(instructions))) static void name(size_t rounds, volatile float *sink) {                     \
        vector sums[SUMS], a = (vector){0} + factor, b = (vector){0} + addend;                                        \
        for (int i = 0; i < SUMS; i++) sums[i] = (vector){0} + (float)i;                                              \
        for (size_t r = 0; r < rounds; r++) {                                                                         \
            _Pragma("clang loop unroll(full)") for (int i = 0; i < SUMS; i++)                                         \
                sums[i] = __builtin_elementwise_fma(sums[i], a, b);                                                   \
        }                                                                                                             \
        for (int i = 0; i < SUMS; i++) *sink = sums[i][0];                                                            \
    }
PEAK(peak16, v16, "avx512f")
PEAK(peak8, v8, "avx2,fma")

double peak_operations(size_t rounds, volatile float *sink) {
    const int wide = __builtin_cpu_supports("avx512f");
    if (wide) peak16(rounds, sink); else peak8(rounds, sink);
    return 2.0 * SUMS * (wide ? 16 : 8) * (double)rounds;
}
#else
typedef float v4 __attribute__((vector_size(16)));

double peak_operations(size_t rounds, volatile float *sink) {
    v4 sums[16], a = (v4){0} + factor, b = (v4){0} + addend;
    for (int i = 0; i < 16; i++) sums[i] = (v4){0} + (float)i;
    for (size_t r = 0; r < rounds; r++) {
        _Pragma("clang loop unroll(full)") for (int i = 0; i < 16; i++) sums[i] = __builtin_elementwise_fma(sums[i], a, b);
    }
    for (int i = 0; i < 16; i++) *sink = sums[i][0];
    return 2.0 * 16 * 4 * (double)rounds;
}
#endif
