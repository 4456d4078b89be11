"""Writes elementary-NAME.bin: arguments and their exact results, for the tests of the elementary functions.

Needs mpmath (pip install mpmath). Run it in this folder: python3 elementary.py
A record is little-endian: the argument as float32 (two for pow) and the result as float64, rounded from 120 bits.
"""

import random
import struct

import mpmath
from mpmath import mp, mpf

mp.prec = 120


def bits(value):
    return struct.unpack("<I", struct.pack("<f", value))[0]


def number(pattern):
    return struct.unpack("<f", struct.pack("<I", pattern & 0xFFFFFFFF))[0]


def is_finite(value):
    return value - value == 0


def neighbours(values, reach=3):
    return [number(bits(v) + d) for v in values for d in range(-reach, reach + 1) if bits(v) + d >= 0]


def spread(low, high, count):
    return [number(bits(random.uniform(low, high))) for _ in range(count)]


def anywhere(count):
    drawn = (number(random.getrandbits(32)) for _ in range(count * 2))
    return [v for v in drawn if is_finite(v)][:count]


def both_signs(values):
    return [s * v for v in values for s in (1, -1)]


# Small, smallest subnormal, largest subnormal, least normal, some in between.
TINY = [number(p) for p in (1, 2, 3, 0x7FFFFF, 0x800000)]
TINY += [number(bits(v)) for v in (1e-41, 1e-30, 1e-10, 2.0**-24, 2.0**-12)]
HUGE = [number(bits(v)) for v in (3.4028234663852886e38, 1e30, 2.0**64)]


def exp_arguments():
    edges = [88.72283935546875, 89.0, -87.33654, -103.97207641601562, -104.0, 1.0, 0.34657359, 0.6931472]
    halves = [number(bits((k + 0.5) * 0.6931471805599453)) for k in range(-150, 128)]
    return (neighbours([e for e in edges if e > 0]) + [-v for v in neighbours([-e for e in edges if e < 0])]
            + both_signs(TINY) + both_signs(HUGE) + halves + spread(-104, 89, 1000) + spread(-104, -87, 500)
            + spread(-1, 1, 500))


def log_arguments():
    return (neighbours([1.0, 2 / 3, 4 / 3, 2.0, 0.5]) + TINY + HUGE + [abs(v) for v in anywhere(1000) if v]
            + [number(random.getrandbits(23) | 1) for _ in range(300)] + spread(0.5, 1.5, 700))


def odd_arguments(edges, top):
    return (both_signs(neighbours(edges)) + both_signs(TINY) + both_signs(HUGE) + spread(-top, top, 1200)
            + spread(-1, 1, 600) + anywhere(200))


def angle_arguments():
    multiples = [number(bits(float(k * mp.pi / 2))) for k in list(range(1, 200)) + [10**j for j in range(3, 37)]]
    return (both_signs(TINY) + both_signs(HUGE) + both_signs(neighbours(multiples, 1)) + anywhere(1200)
            + spread(-10, 10, 400) + both_signs(nearest_to_multiples()))


def nearest_to_multiples():
    """The float32 of each binade that lies nearest to a multiple of pi/2, by the convergents of 2^e / (pi/2)."""
    found = []
    with mpmath.workprec(400):
        for e in range(0, 105):
            ratio = mpf(2) ** e / (mp.pi / 2)
            best = min(convergent_denominators(ratio, 1 << 24), key=lambda m: abs(m * ratio - mpmath.nint(m * ratio)))
            found.append(float(mpmath.ldexp(best, e)))
    return found


def convergent_denominators(x, limit):
    q0, q1 = 0, 1
    while q1 < limit:
        yield q1
        x -= mpmath.floor(x)
        if x == 0:
            return
        x = 1 / x
        q0, q1 = q1, int(mpmath.floor(x)) * q1 + q0


def pow_arguments():
    pairs = [(x, y) for x in both_signs([0.5, 2.0, 3.0, 10.0, 0.1, 1.5]) for y in range(-40, 41)]
    near_one = [number(0x3F800000 + d) for d in (-2, -1, 1, 2, 1000)]
    pairs += [(x, y) for x in near_one for y in both_signs([1e6, 1e9, 1e10, 2.0**30, 0.5, 3.0])]
    pairs += [(v, y) for v in TINY + HUGE for y in (0.5, -0.5, 2.0, -2.0, 0.25, 1.0, -1.0, 1 / 3)]
    for _ in range(1500):
        x = abs(number(random.getrandbits(32)))
        if is_finite(x) and x not in (0.0, 1.0):
            pairs.append((x, float(mpf(random.uniform(-150, 129)) / mpmath.log(x, 2))))
    return [(number(bits(x)), number(bits(y))) for x, y in pairs]


def sigmoid(x):
    return 1 / (1 + mpmath.exp(-x))


def exact(function, *arguments):
    """The result as a float64; where even that overflows, an infinity."""
    return float(function(*(mpf(a) for a in arguments)))


def main():
    random.seed(20)
    unary = {
        "exp": (mpmath.exp, exp_arguments()),
        "log": (mpmath.log, log_arguments()),
        "sigmoid": (sigmoid, exp_arguments()),
        "tanh": (mpmath.tanh, odd_arguments([0.5625, 9.0109, 8.5, 1.0], 10)),
        "erf": (mpmath.erf, odd_arguments([0.9375, 3.9192, 4.0, 1.0], 4.2)),
        "sin": (mpmath.sin, angle_arguments()),
        "cos": (mpmath.cos, angle_arguments()),
    }
    for name, (function, arguments) in unary.items():
        with open(f"elementary-{name}.bin", "wb") as file:
            for x in arguments:
                with mpmath.workprec(400 if name in ("sin", "cos") else 120):
                    if name == "exp" and x > 700 or name == "sigmoid" and abs(x) > 700:
                        result = (float("inf") if name == "exp" else 1.0) if x > 0 else 0.0
                    else:
                        assert number(bits(x)) == x, "not a float32"
                        result = exact(function, x)
                file.write(struct.pack("<fd", x, result))
        print(name, len(arguments))
    arguments = pow_arguments()
    with open("elementary-pow.bin", "wb") as file:
        for x, y in arguments:
            file.write(struct.pack("<ffd", x, y, exact(mpmath.power, x, y)))
    print("pow", len(arguments))


main()
