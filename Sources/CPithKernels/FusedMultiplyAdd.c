#include "CPithKernels.h"

#pragma clang fp contract(off)

// Two float significands multiply to 48 bits, so the product is exact in double. The sum is rounded to odd: a double
// has more than two bits beyond a float's, so that rounding an odd-rounded sum to float rounds the exact sum once
// (Boldo and Melquiond, "Emulation of FMA and correctly rounded sums", IEEE Transactions on Computers 57(4), 2008).
float pith_fmaf_software(float a, float b, float c) {
    const double product = (double)a * (double)b;
    const double addend = (double)c;
    const double sum = product + addend;
    // Knuth's two-sum: error is exact, or NaN where the sum is not finite.
    const double addend_part = sum - product;
    const double error = (product - (sum - addend_part)) + (addend - addend_part);
    uint64_t bits, error_bits;
    __builtin_memcpy(&bits, &sum, sizeof bits);
    __builtin_memcpy(&error_bits, &error, sizeof error_bits);
    if ((error > 0 || error < 0) && (bits & 1) == 0) {
        bits += ((bits ^ error_bits) >> 63) ? UINT64_MAX : 1;
    }
    double odd;
    __builtin_memcpy(&odd, &bits, sizeof odd);
    return (float)odd;
}

#if defined(__wasm__) || __STDC_HOSTED__ == 0
/// What Embedded Swift's `addingProduct` calls where the target has no such instruction and no libm.
float fmaf(float a, float b, float c);
float fmaf(float a, float b, float c) { return pith_fmaf(a, b, c); }
#endif
