public import PithMath

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The scalar reference in double precision, to check gradients by finite differences. It uses the platform's functions
/// and is outside the promise of equal bits.
extension Double: Scalar {
    /// a · b + c with one rounding.
    public static func multiplyAdd(_ a: Double, _ b: Double, _ c: Double) -> Double { c.addingProduct(a, b) }
    /// eˣ.
    public static func exp(_ x: Double) -> Double { platformExp(x) }
    /// The natural logarithm.
    public static func log(_ x: Double) -> Double { platformLog(x) }
    /// The hyperbolic tangent.
    public static func tanh(_ x: Double) -> Double { platformTanh(x) }
    /// The error function.
    public static func erf(_ x: Double) -> Double { platformErf(x) }
    /// The logistic function.
    public static func sigmoid(_ x: Double) -> Double { 1 / (1 + platformExp(-x)) }
    /// x to the power y.
    public static func pow(_ x: Double, _ y: Double) -> Double { platformPow(x, y) }
    /// The sine of an angle in radians.
    public static func sin(_ x: Double) -> Double { platformSin(x) }
    /// The cosine of an angle in radians.
    public static func cos(_ x: Double) -> Double { platformCos(x) }
    /// The quiet NaN.
    public static var canonicalNaN: Double { .nan }
}

// Free functions, because inside the extension the names above hide the platform's.
private func platformExp(_ x: Double) -> Double { exp(x) }
private func platformLog(_ x: Double) -> Double { log(x) }
private func platformTanh(_ x: Double) -> Double { tanh(x) }
private func platformErf(_ x: Double) -> Double { erf(x) }
private func platformPow(_ x: Double, _ y: Double) -> Double { pow(x, y) }
private func platformSin(_ x: Double) -> Double { sin(x) }
private func platformCos(_ x: Double) -> Double { cos(x) }
