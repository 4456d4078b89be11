// What the templates compute with: one vector type, from Clang's vector extensions.
//
// The including file defines PITH_SUFFIX (of every name), PITH_LANES (floats per vector: 4, 8 or 16) and
// PITH_SOFTWARE_FMA (1 where the instruction set has no fused multiply-add), and sets the target attribute. It defines
// PITH_MASKED_MEMORY as 1 where AVX-512 loads and stores a part of a vector, PITH_HAS_PERMUTE as 1 where AVX2 picks lanes,
// PITH_HAS_SCALE as 1 where PITH_SCALE multiplies by a power of two with one rounding, whatever the result.

#ifndef PITH_VECTOR_H
#define PITH_VECTOR_H

#define PITH_CONCATENATE_(a, b) a##_##b
#define PITH_CONCATENATE(a, b) PITH_CONCATENATE_(a, b)
#define PITH_NAME(name) PITH_CONCATENATE(name, PITH_SUFFIX)

#define PITH_INLINE static inline __attribute__((always_inline))
#ifndef PITH_MASKED_MEMORY
#define PITH_MASKED_MEMORY 0
#endif
#ifndef PITH_HAS_SCALE
#define PITH_HAS_SCALE 0
#endif

/// Vectors per row of a panel.
#define PITH_PANEL_VECTORS (PITH_PANEL_WIDTH / PITH_LANES)

typedef float vf __attribute__((ext_vector_type(PITH_LANES)));
typedef int32_t vi __attribute__((ext_vector_type(PITH_LANES)));
typedef uint32_t vu __attribute__((ext_vector_type(PITH_LANES)));
typedef int16_t vs16 __attribute__((ext_vector_type(PITH_LANES * 2)));
typedef uint16_t vus16 __attribute__((ext_vector_type(PITH_LANES * 2)));
typedef double vd __attribute__((ext_vector_type(PITH_LANES)));
typedef int64_t vl __attribute__((ext_vector_type(PITH_LANES)));
typedef int32_t vi2 __attribute__((ext_vector_type(PITH_LANES * 2)));
typedef uint32_t vu2 __attribute__((ext_vector_type(PITH_LANES * 2)));

PITH_INLINE vf load(const float *p) {
    vf v;
    __builtin_memcpy(&v, p, sizeof v);
    return v;
}

PITH_INLINE vi load_integers(const int32_t *p) {
    vi v;
    __builtin_memcpy(&v, p, sizeof v);
    return v;
}

PITH_INLINE void store(float *p, vf v) { __builtin_memcpy(p, &v, sizeof v); }

/// 0, 1, 2, …
PITH_INLINE vi lane_numbers(void) {
    int32_t numbers[PITH_LANES];
#pragma clang loop unroll(full)
    for (int32_t i = 0; i < PITH_LANES; i++) numbers[i] = i;
    vi v;
    __builtin_memcpy(&v, numbers, sizeof v);
    return v;
}

/// The first `count` floats, 1 to PITH_LANES, and zeros.
PITH_INLINE vf load_first(const float *p, size_t count) {
    if (count == PITH_LANES) return load(p);
#if PITH_MASKED_MEMORY
    return (vf)__builtin_ia32_loadups512_mask(p, (vf){0}, (uint16_t)((1u << count) - 1));
#endif
    float lanes[PITH_LANES] = {0};
    for (size_t i = 0; i < count; i++) lanes[i] = p[i];
    return load(lanes);
}

/// Writes the first `count` floats, 1 to PITH_LANES.
PITH_INLINE void store_first(float *p, vf v, size_t count) {
    if (count == PITH_LANES) {
        store(p, v);
        return;
    }
#if PITH_MASKED_MEMORY
    __builtin_ia32_storeups512_mask(p, v, (uint16_t)((1u << count) - 1));
    return;
#endif
    float lanes[PITH_LANES];
    store(lanes, v);
    const float *from = lanes;
    if (count & 8) { __builtin_memcpy(p, from, 32); p += 8; from += 8; }
    if (count & 4) { __builtin_memcpy(p, from, 16); p += 4; from += 4; }
    if (count & 2) { __builtin_memcpy(p, from, 8); p += 2; from += 2; }
    if (count & 1) *p = *from;
}

#if PITH_MASKED_MEMORY
/// The `count` floats before `end`, 1 to PITH_LANES, in the last lanes, and `other` in the first ones.
PITH_INLINE vf load_last(const float *end, size_t count, float other) {
    return (vf)__builtin_ia32_loadups512_mask(end - PITH_LANES, other - (vf){0}, (uint16_t)(0xFFFF0000u >> count));
}

/// Writes the last `count` lanes, 1 to PITH_LANES, before `end`.
PITH_INLINE void store_last(float *end, vf v, size_t count) {
    __builtin_ia32_storeups512_mask(end - PITH_LANES, v, (uint16_t)(0xFFFF0000u >> count));
}
#endif

/// Lanes 0, 2, … of two vectors side by side.
PITH_INLINE vf even_of(vf low, vf high) {
#if PITH_LANES == 16
    return __builtin_shufflevector(low, high, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
#elif PITH_LANES == 8
    return __builtin_shufflevector(low, high, 0, 2, 4, 6, 8, 10, 12, 14);
#else
    return __builtin_shufflevector(low, high, 0, 2, 4, 6);
#endif
}

/// Lanes 1, 3, … of two vectors side by side.
PITH_INLINE vf odd_of(vf low, vf high) {
#if PITH_LANES == 16
    return __builtin_shufflevector(low, high, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
#elif PITH_LANES == 8
    return __builtin_shufflevector(low, high, 1, 3, 5, 7, 9, 11, 13, 15);
#else
    return __builtin_shufflevector(low, high, 1, 3, 5, 7);
#endif
}

/// Lanes of two vectors by turns: those of the lower halves, and those of the upper ones.
PITH_INLINE vf low_pairs(vf even, vf odd) {
#if PITH_LANES == 16
    return __builtin_shufflevector(even, odd, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
#elif PITH_LANES == 8
    return __builtin_shufflevector(even, odd, 0, 8, 1, 9, 2, 10, 3, 11);
#else
    return __builtin_shufflevector(even, odd, 0, 4, 1, 5);
#endif
}

PITH_INLINE vf high_pairs(vf even, vf odd) {
#if PITH_LANES == 16
    return __builtin_shufflevector(even, odd, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
#elif PITH_LANES == 8
    return __builtin_shufflevector(even, odd, 4, 12, 5, 13, 6, 14, 7, 15);
#else
    return __builtin_shufflevector(even, odd, 2, 6, 3, 7);
#endif
}

/// p[0], p[2], … of the 2 * PITH_LANES floats at `p`.
PITH_INLINE vf load_even(const float *p) { return even_of(load(p), load(p + PITH_LANES)); }

/// `x` in every lane; taking +0 away changes no value, not even -0.
PITH_INLINE vf splat(float x) { return x - (vf){0}; }

PITH_INLINE vf select(vi mask, vf yes, vf no) { return (vf)(((vi)yes & mask) | ((vi)no & ~mask)); }

/// `v` with every NaN replaced by the canonical one. All in integers: to a compiler all NaN floats are the same, so that it
/// may leave out a choice between them.
PITH_INLINE vf canonical(vf v) {
    const vi bits = (vi)v;
    return (vf)((bits & 0x7FFFFFFF) > 0x7F800000 ? (vi){0} + 0x7FC00000 : bits);
}

/// What sums must be above to stay as they are: 0 for ReLU, else NaN, with which every comparison is false.
PITH_INLINE vf activation_floor(int activation) { return splat(activation == 1 ? 0 : __builtin_nanf("")); }

/// A sum after the activation of `activation_floor`.
PITH_INLINE vf activated(vf sum, vf floor) { return canonical(sum <= floor ? (vf){0} : sum); }

/// `v` where it is above zero, else +0; NaN gives the canonical one.
PITH_INLINE vf relu(vf v) { return canonical((vf)((vi)v & ~(vi)(v <= 0))); }

#if PITH_SOFTWARE_FMA

typedef vi2 fma_flag;

/// a * b + c as `pith_fmaf_software` has it, lane by lane.
PITH_INLINE vf fma_exact(vf a, vf b, vf c) {
    const vd product = __builtin_convertvector(a, vd) * __builtin_convertvector(b, vd);
    const vd addend = __builtin_convertvector(c, vd);
    const vd sum = product + addend;
    const vd addend_part = sum - product;
    const vd error = (product - (sum - addend_part)) + (addend - addend_part);
    const vl even = ((vl)sum & 1) - 1;
    const vl inexact = (vl)((error > 0) | (error < 0));
    // +1 where the error points away from zero, else -1.
    const vl step = 1 - ((vl)(((vl)sum ^ (vl)error) < 0) & 2);
    return __builtin_convertvector((vd)((vl)sum + (step & even & inexact)), vf);
}

/// `fma_exact` where it is used so often that its code would be long.
static __attribute__((noinline)) vf PITH_NAME(fma_call)(vf a, vf b, vf c) { return fma_exact(a, b, c); }
#define fma_call PITH_NAME(fma_call)

/// a * b + c with the sum rounded to double and then to float.
///
/// Two roundings differ from one only where the double lies halfway between two floats, or is below the normal floats,
/// whose spacing is wider. Both are seen in one comparison of the double's halves: with the bits that matter kept and
/// moved to the bottom of the signed range, "is 0x10000000" (low half) and "1 up to 0x380FFFFF" (high half) are "less
/// than a limit". `flag` collects the answers.
PITH_INLINE vf fma_step(vf a, vf b, vf c, fma_flag *flag) {
    const vd sum = __builtin_convertvector(a, vd) * __builtin_convertvector(b, vd) + __builtin_convertvector(c, vd);
    const vl kept = (vl)sum & 0x7FFFFFFF1FFFFFFF;
    const vi2 moved = (vi2)((vu2)kept + (vu2)((vl){0} + 0x7FFFFFFF70000000));
    const vi2 limit = (vi2)((vl){0} + (int64_t)0xB80FFFFF80000001);
    *flag |= (vi2)(moved < limit);
    return __builtin_convertvector(sum, vf);
}

PITH_INLINE int is_raised(const fma_flag *flag) { return __builtin_reduce_or(*flag) != 0; }

#else

typedef int fma_flag;

PITH_INLINE vf fma_exact(vf a, vf b, vf c) { return __builtin_elementwise_fma(a, b, c); }

#define fma_call fma_exact

PITH_INLINE vf fma_step(vf a, vf b, vf c, fma_flag *flag) {
    (void)flag;
    return __builtin_elementwise_fma(a, b, c);
}

PITH_INLINE int is_raised(const fma_flag *flag) {
    (void)flag;
    return 0;
}

#endif

/// One multiply-add with one rounding, whatever the instruction set.
PITH_INLINE vf fma_once(vf a, vf b, vf c) {
#if PITH_SOFTWARE_FMA
    return fma_exact(a, b, c);
#else
    return __builtin_elementwise_fma(a, b, c);
#endif
}

PITH_INLINE vf load_part(const float *p, size_t count) {
    return count >= PITH_LANES ? load(p) : load_first(p, count);
}

/// Writes numbers, any NaN as the canonical one.
PITH_INLINE void store_part(float *p, vf v, size_t count) {
    v = canonical(v);
    if (count >= PITH_LANES) {
        store(p, v);
    } else {
        store_first(p, v, count);
    }
}

#endif
