/// The functions in float64 (`spec/arithmetic-functions.md`, "float64"): sums, products and quotients in the order
/// written, so that they give the same bits everywhere.
public enum Elementary64 {
    private static let ln2High = 0x1.62e42fee00000p-1
    private static let ln2Low = 0x1.a39ef35793c76p-33

    /// eˣ.
    public static func exp(_ x: Double) -> Double {
        if x.isNaN { return .nan }
        if x > 710 { return .infinity }
        if x < -746 { return 0 }
        // Adding 1.5 · 2^52 rounds to the nearest integer, ties to even.
        let k = (x * 0x1.71547652b82fep+0 + 0x1.8p+52) - 0x1.8p+52
        let r = (x - k * ln2High) - k * ln2Low
        let n = Int64(k)
        return Elementary.expOfReduced(r) * Elementary.powerOfTwo(n >> 1) * Elementary.powerOfTwo(n - n >> 1)
    }

    /// The natural logarithm.
    public static func log(_ x: Double) -> Double {
        if x.isNaN || x < 0 { return .nan }
        if x == 0 { return -.infinity }
        if x == .infinity { return x }
        let isSubnormal = x < 0x1p-1022
        let bits = Int64(bitPattern: (isSubnormal ? x * 0x1p54 : x).bitPattern)
        let n = (bits - 0x3FE6_A09E_667F_3BCD) >> 52
        let m = Double(bitPattern: UInt64(bitPattern: bits - n << 52))
        let k = Double(n - (isSubnormal ? 54 : 0))
        let s = (m - 1) / (m + 1)
        return k * ln2High + (Elementary.doubledArtanh(s) + k * ln2Low)
    }

    /// The hyperbolic tangent.
    public static func tanh(_ x: Double) -> Double {
        if x.isNaN { return .nan }
        let t = x.magnitude
        if t >= 0.5 {
            let y = 1 - 2 / (exp(t + t) + 1)
            return x < 0 ? -y : y
        }
        let s = x * x
        var d = 21.0
        for odd in stride(from: 19.0, to: 0, by: -2) { d = odd + s / d }
        return x / d
    }

    /// The logistic function.
    public static func sigmoid(_ x: Double) -> Double {
        if x.isNaN { return .nan }
        let z = exp(-x.magnitude)
        return (x < 0 ? z : 1) / (1 + z)
    }

    /// The error function.
    public static func erf(_ x: Double) -> Double {
        if x.isNaN { return .nan }
        let t = x.magnitude
        let s = t * t
        var y = 1.0
        if t < 3 {
            // 2t/√π · e^(−t²) · (1 + 2t²/3 · (1 + 2t²/5 · (…)))
            var sum = 1.0
            for n in stride(from: 129.0, to: 1, by: -2) { sum = 1 + 2 * s / n * sum }
            y = 0x1.20dd750429b6dp+0 * t * exp(-s) * sum
        } else if t < 6 {
            // 1 − e^(−t²)/√π / (t + ½/(t + 1/(t + 1½/(t + …))))
            var d = t
            for n in stride(from: 60.0, to: 0, by: -1) { d = t + n / 2 / d }
            y = 1 - exp(-s) * 0x1.20dd750429b6dp-1 / d
        }
        return x.sign == .minus ? -y : y
    }

    /// x to the power y; the special values are those of the float32 function.
    public static func pow(_ x: Double, _ y: Double) -> Double {
        if x == 1 || y == 0 { return 1 }
        if x.isNaN || y.isNaN { return .nan }
        let base = x.magnitude
        if y.isInfinite { return base == 1 ? 1 : (base > 1) == (y > 0) ? .infinity : 0 }
        let isInteger = y.rounded(.towardZero) == y
        let isOdd = isInteger && (y / 2).rounded(.towardZero) * 2 != y
        let sign: Double = isOdd && x.sign == .minus ? -1 : 1
        if base == 0 || base == .infinity { return sign * ((base == 0) == (y > 0) ? 0 : .infinity) }
        if x < 0 && !isInteger { return .nan }
        guard isInteger, y.magnitude <= 64 else { return sign * exp(y * log(base)) }
        var product = 1.0
        for _ in 0..<Int(y.magnitude) { product *= base }
        return sign * (y < 0 ? 1 / product : product)
    }

    /// The sine of an angle in radians; NaN for one over 2^30.
    public static func sin(_ x: Double) -> Double {
        guard x.magnitude <= 0x1p30 else { return .nan }
        let (quadrant, r) = reduced(x.magnitude)
        let y = quadrant & 1 == 0 ? Elementary.sineOfReduced(r) : Elementary.cosineOfReduced(r)
        return (quadrant >= 2) != (x.sign == .minus) ? -y : y
    }

    /// The cosine of an angle in radians; NaN for one over 2^30.
    public static func cos(_ x: Double) -> Double {
        guard x.magnitude <= 0x1p30 else { return .nan }
        let (quadrant, r) = reduced(x.magnitude)
        let y = quadrant & 1 == 0 ? Elementary.cosineOfReduced(r) : Elementary.sineOfReduced(r)
        return quadrant == 1 || quadrant == 2 ? -y : y
    }

    /// The quadrant and the angle from its middle, of which three parts of π/2 are taken away.
    private static func reduced(_ t: Double) -> (quadrant: Int, rest: Double) {
        let k = (t * 0x1.45f306dc9c883p-1 + 0x1.8p+52) - 0x1.8p+52
        let rest = ((t - k * 0x1.921fb54400000p+0) - k * 0x1.0b4611a600000p-34) - k * 0x1.3198a2e037073p-69
        return (Int(k) & 3, rest)
    }
}
