"""A second implementation of spec/arithmetic-functions.md, in numpy: writes reference.txt and conversions.bin.

Needs numpy. Run it in this folder: python3 reference.py
reference.txt holds hashes of the functions' outputs over fixed arguments, and random numbers; the tests, and any other
platform, must find the same. conversions.bin holds float32 values with the float16 and bfloat16 nearest to them.
"""

import random
import struct
from fractions import Fraction

import numpy as np

np.seterr(all="ignore")
F = np.float32
H = float.fromhex


def fma(a, b, c):
    """a * b + c in float32 with one rounding: the exact product in float64, the sum rounded to odd, then to float32."""
    p = np.float64(a) * np.float64(b)
    c = np.float64(c)
    s = p + c
    t = s - p
    e = (p - (s - t)) + (c - t)
    s = np.atleast_1d(s)
    even = (s.view(np.uint64) & np.uint64(1)) == 0
    away = np.nextafter(s, np.where(e > 0, np.inf, -np.inf))
    return np.where((e != 0) & even & np.isfinite(s), away, s).astype(F)


def horner(first, x, rest):
    p = np.full_like(x, F(H(first)))
    for c in rest.split():
        p = fma(p, x, F(H(c)))
    return p


def canonical(x, y):
    y = y.copy()
    y[np.isnan(y)] = np.array([0x7FC00000], np.uint32).view(F)[0]
    return y


def with_sign(x, y):
    return (y.view(np.uint32) | (x.view(np.uint32) & np.uint32(0x80000000))).view(F)


def two_to(n):
    return ((n + 127).astype(np.uint32) << np.uint32(23)).view(F)


def bounded_exp(x):
    shifted = fma(x, F(H("0x1.715476p+0")), F(H("0x1.8p+23")))
    k = shifted - F(H("0x1.8p+23"))
    r = fma(k, F(H("-0x1.62e4p-1")), x)
    r = fma(k, F(H("-0x1.7f7d1cp-20")), r)
    p = horner("0x1.6a5e64p-10", r, "0x1.123ad8p-7 0x1.5558a2p-5 0x1.55549p-3 0x1.fffffcp-2 0x1p0 0x1p0")
    n = k.astype(np.int64)
    return p * two_to(n // 2) * two_to(n - n // 2)


def exp(x):
    y = bounded_exp(np.where((x >= -104) & (x <= 89), x, F(0)))
    y = np.where(x > 89, F(np.inf), np.where(x < -104, F(0), y))
    return canonical(x, np.where(np.isnan(x), F(np.nan), y))


def sigmoid(x):
    z = exp(-np.abs(x))
    numerator = np.where(x < 0, z, F(1))
    total = F(1) + z
    quotient = numerator / total
    lost = z - (total - F(1))
    rest = fma(-quotient, lost, fma(-quotient, total, numerator))
    return canonical(x, quotient + rest / total)


def tanh(x):
    t = np.abs(x)
    big = F(1) - F(2) / (exp(t + t) + F(1))
    s = t * t
    p = horner("0x1.225e3ap-9", s, "-0x1.0e50e2p-7 0x1.63f936p-6 -0x1.b9f766p-5 0x1.11108cp-3 -0x1.555554p-2")
    small = fma(p * s, t, t)
    return canonical(x, np.where(np.isnan(x), F(np.nan), with_sign(x, np.where(t >= F(0.5625), big, small))))


def log(x):
    subnormal = x < F(2.0**-126)
    bits = np.where(subnormal, x * F(2.0**23), x).view(np.uint32)
    scaled = (bits - np.uint32(0x3F2AAAAB)).view(np.int32) & np.int32(-0x800000)
    m = (bits - scaled.view(np.uint32)).view(F)
    k = ((scaled >> 23) - np.where(subnormal, 23, 0)).astype(F)
    f = m - F(1)
    p = horner("-0x1.06cedcp-3", f, "0x1.1ec6ep-3 -0x1.f3a788p-4 0x1.1ec0dp-3 -0x1.559804p-3 0x1.99d1c6p-3 "
               "-0x1.ffff14p-3 0x1.555502p-2 -0x1p-1")
    y = fma(k, F(H("0x1.62e43p-1")), fma(p, f * f, f))
    y = np.where(x == 0, F(-np.inf), np.where(x == np.inf, x, y))
    return canonical(x, np.where(x < 0, F(np.nan), np.where(np.isnan(x), F(np.nan), y)))


def erf(x):
    t = np.abs(x)
    s = t * t
    p = horner("0x1.5a7084p-14", s, "-0x1.a98p-11 0x1.54b154p-8 -0x1.b80c08p-6 0x1.ce2de6p-4 -0x1.812742p-2 "
               "0x1.06eba8p-3")
    small = fma(p, t, t)
    u = np.where((t >= F(0.9375)) & (t < 4), t, F(1))
    q = horner("-0x1.97b33cp-17", u, "0x1.5c1d2cp-12 -0x1.e24f2cp-9 0x1.869b4p-6 -0x1.b385p-4 -0x1.452b58p-1 "
               "-0x1.20effep+0")
    big = np.where(t >= 4, F(1), F(1) - bounded_exp(q * u))
    return canonical(x, np.where(np.isnan(x), F(np.nan), with_sign(x, np.where(t < F(0.9375), small, big))))


def pow_one(x, y):
    """One power, in Python's own float64."""
    inf, nan = float("inf"), float("nan")
    if x == 1 or y == 0:
        return 1.0
    if x != x or y != y:
        return nan
    base = abs(x)
    if abs(y) == inf:
        return 1.0 if base == 1 else inf if (base > 1) == (y > 0) else 0.0
    integral = y == int(y)
    sign = -1.0 if integral and int(y) % 2 == 1 and struct.pack(">f", x)[0] & 0x80 else 1.0
    if base in (0, inf):
        return sign * (0.0 if (base == 0) == (y > 0) else inf)
    if x < 0 and not integral:
        return nan
    bits = struct.unpack("<q", struct.pack("<d", base))[0]
    k = (bits - 0x3FE6A09E667F3BCD) >> 52
    m = struct.unpack("<d", struct.pack("<q", bits - (k << 52)))[0]
    s = (m - 1) / (m + 1)
    w = s * s
    p = 2 / 19
    for d in (17, 15, 13, 11, 9, 7, 5, 3, 1):
        p = p * w + 2 / d
    z = y * (s * p * H("0x1.71547652b82fep+0") + float(k))
    if z >= 129:
        return sign * inf
    if z < -151:
        return sign * 0.0
    k = float(round(z))  # Python rounds ties to even.
    r = (z - k) * H("0x1.62e42fefa39efp-1")
    factorial = [1, 1, 2, 6, 24, 120, 720, 5040, 40320, 362880, 3628800, 39916800, 479001600, 6227020800]
    p = 1 / factorial[13]
    for j in range(12, -1, -1):
        p = p * r + 1 / factorial[j]
    return sign * (p * 2.0**k)


def power(x, y):
    return canonical(x, np.array([pow_one(float(a), float(b)) for a, b in zip(x, y)], np.float64).astype(F))


def two_over_pi():
    """2/pi times 2^224, from Machin's formula in integers."""
    bits = 400
    one = 1 << bits

    def arctan_inverse(n):
        total, term, k = 0, one // n, 1
        while term:
            total += term // k if k % 4 == 1 else -(term // k)
            term //= n * n
            k += 2
        return total

    pi = 4 * (4 * arctan_inverse(5) - arctan_inverse(239))
    return (2 * one * one // pi) >> (bits - 224)


TWO_OVER_PI = two_over_pi()


def reduce_one(t):
    if t <= H("0x1.921fb4p-1"):
        return 0, t
    bits = struct.unpack("<I", struct.pack("<f", t))[0]
    significand, e = bits & 0x7FFFFF | 0x800000, (bits >> 23) - 127
    # Bits e - 24 ... e + 71 of 2/pi; bit 1 weighs 1/2.
    window = (TWO_OVER_PI >> (224 - (e + 71))) & ((1 << 96) - 1)
    w0, w1, w2 = window >> 64, window >> 32 & 0xFFFFFFFF, window & 0xFFFFFFFF
    product = ((significand * w0 << 32) + significand * w1 + (significand * w2 >> 32)) & ((1 << 64) - 1)
    quadrant = (product + (1 << 61)) % (1 << 64) >> 62
    fraction = (product - (quadrant << 62)) % (1 << 64)
    fraction -= (1 << 64) if fraction >> 63 else 0
    return quadrant, float(fraction) * H("0x1.921fb54442d18p-62")


FACTORIAL = [1]
for i in range(1, 17):
    FACTORIAL.append(FACTORIAL[-1] * i)


def sine_series(r):
    s, p = r * r, -1 / FACTORIAL[15]
    for n in (13, 11, 9, 7, 5, 3, 1):
        p = p * s + (1 if n % 4 == 1 else -1) / FACTORIAL[n]
    return p * r


def cosine_series(r):
    s, p = r * r, 1 / FACTORIAL[16]
    for n in (14, 12, 10, 8, 6, 4, 2, 0):
        p = p * s + (1 if n % 4 == 0 else -1) / FACTORIAL[n]
    return p


def sin(x):
    def one(v):
        if v - v != 0:
            return float("nan")
        q, r = reduce_one(abs(v))
        y = cosine_series(r) if q & 1 else sine_series(r)
        return -y if (q >= 2) != (np.signbit(v)) else y
    return canonical(x, np.array([one(float(v)) for v in x], np.float64).astype(F))


def cos(x):
    def one(v):
        if v - v != 0:
            return float("nan")
        q, r = reduce_one(abs(v))
        y = sine_series(r) if q & 1 else cosine_series(r)
        return -y if q in (1, 2) else y
    return canonical(x, np.array([one(float(v)) for v in x], np.float64).astype(F))


def fnv(data):
    h = 0xCBF29CE484222325
    for byte in data:
        h = ((h ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return h


def hashed(values):
    return f"{fnv(np.ascontiguousarray(values, F).tobytes()):016x}"


def philox(c, k):
    c, k = list(c), list(k)
    for _ in range(10):
        a, b = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [b >> 32 ^ c[1] ^ k[0], b & 0xFFFFFFFF, a >> 32 ^ c[3] ^ k[1], a & 0xFFFFFFFF]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return c


class Stream:
    def __init__(self, seed, name):
        self.seed, self.stream, self.position = seed, fnv(name.encode()), 0

    def word(self):
        i, low = self.position >> 2, 0xFFFFFFFF
        block = philox([i & low, i >> 32, self.stream & low, self.stream >> 32], [self.seed & low, self.seed >> 32])
        self.position += 1
        return block[(self.position - 1) & 3]

    def uniform(self):
        return F((self.word() >> 8) * 2.0**-24)

    def normal(self):
        u = (F(self.word()) + F(1)) * F(2.0**-32)
        angle = self.uniform() * F(H("0x1.921fb6p+2"))
        return np.sqrt(F(-2) * log(np.array([u], F))[0]) * cos(np.array([angle], F))[0]

    def below(self, n):
        while True:
            product = self.word() * n
            if product % 2**32 >= 2**32 % n:
                return product >> 32

    def permutation(self, count):
        values = list(range(count))
        for i in range(count - 1, 0, -1):
            j = self.below(i + 1)
            values[i], values[j] = values[j], values[i]
        return values


def write_reference():
    i = np.arange(65536, dtype=np.uint64)
    wild = ((i * np.uint64(0x9E3779B1)) & np.uint64(0xFFFFFFFF)).astype(np.uint32).view(F)
    dense = ((i.astype(np.float64) - 32768) * 2.0**-11).astype(F)
    lines = []
    for function in (exp, log, sigmoid, tanh, erf, sin, cos):
        lines.append(f"{function.__name__} {hashed(np.concatenate([function(wild), function(dense)]))}")
    lines.append(f"pow {hashed(np.concatenate([power(wild, dense), power(np.abs(dense), dense[::-1])]))}")

    assert philox([0] * 4, [0] * 2)[0] == 0x6627E8D5
    s = Stream(0x0123456789ABCDEF, "fc1.weight")
    lines.append("words " + " ".join(f"{s.word():08x}" for _ in range(10)))
    s = Stream(42, "häuser/𝛼")
    lines.append("uniform " + hashed([s.uniform() for _ in range(10000)]))
    s = Stream(42, "normal")
    lines.append("normal " + hashed([s.normal() for _ in range(10000)]))
    s = Stream(7, "below")
    lines.append("below " + " ".join(str(s.below(n)) for n in [1, 2, 3, 10, 1000, 2**31 + 1, 2**31 + 1, 2**32 - 1] * 3))
    lines.append(f"position {s.position}")
    lines.append("shuffle " + " ".join(map(str, Stream(7, "shuffle").permutation(50))))
    with open("reference.txt", "w") as file:
        file.write("\n".join(lines) + "\n")
    print("\n".join(lines))


def nearest_brain(x):
    """The bfloat16 bits nearest to the finite float32 x, found by comparing exact distances."""
    bits = struct.unpack("<I", struct.pack("<f", x))[0]
    low = bits >> 16 & 0x7FFF

    def value(b):
        return Fraction(2**128) if b == 0x7F80 else Fraction(struct.unpack("<f", struct.pack("<I", b << 16))[0])
    d0, d1 = abs(abs(Fraction(x)) - value(low)), abs(value(low + 1) - abs(Fraction(x)))
    return (bits >> 16 & 0x8000) | (low if d0 < d1 or d0 == d1 and low % 2 == 0 else low + 1)


def write_conversions():
    random.seed(16)
    patterns = [random.getrandbits(32) for _ in range(2000)]
    # Every float16 exponent, and both sides of every kind of tie.
    for exponent in range(100, 146):
        patterns += [exponent << 23 | random.getrandbits(23) | random.getrandbits(1) << 31 for _ in range(20)]
        for _ in range(5):
            tie = exponent << 23 | random.getrandbits(10) << 13 | 0x1000
            patterns += [tie - 1, tie, tie + 1]
            shift = min(13 + max(113 - exponent, 0), 23)
            tie = exponent << 23 | (random.getrandbits(23) >> shift << shift) | 1 << (shift - 1)
            patterns += [tie - 1, tie, tie + 1]
    for high in (0, 1, 2, 0x7F, 0x80, 0x7F7E, 0x7F7F, 0x3F80, 0x3F81):
        patterns += [high << 16 | low for low in (0, 1, 0x7FFF, 0x8000, 0x8001, 0xFFFF)]
    patterns += [0x33000000, 0x33000001, 0x477FEFFF, 0x477FF000, 0x7F800000, 0xFF800000]
    count = 0
    with open("conversions.bin", "wb") as file:
        for p in patterns:
            x = np.array([p], np.uint32).view(F)
            if np.isnan(x[0]):
                continue
            brain = p >> 16 if np.isinf(x[0]) else nearest_brain(float(x[0]))
            file.write(struct.pack("<IHH", p, int(x.astype(np.float16).view(np.uint16)[0]), brain))
            count += 1
    print("conversions", count)


write_reference()
write_conversions()
