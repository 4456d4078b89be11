/// A floating-point number that the scalar reference computes with.
///
/// `Float` and `Double` conform here, with the functions of `spec/arithmetic-functions.md`.
public protocol Scalar: Number, BinaryFloatingPoint, TensorElement {
    /// eˣ.
    static func exp(_ x: Self) -> Self
    /// The natural logarithm.
    static func log(_ x: Self) -> Self
    /// The hyperbolic tangent.
    static func tanh(_ x: Self) -> Self
    /// The error function.
    static func erf(_ x: Self) -> Self
    /// The logistic function.
    static func sigmoid(_ x: Self) -> Self
    /// x to the power y.
    static func pow(_ x: Self, _ y: Self) -> Self
    /// The sine of an angle in radians.
    static func sin(_ x: Self) -> Self
    /// The cosine of an angle in radians.
    static func cos(_ x: Self) -> Self
    /// The NaN that operators give.
    static var canonicalNaN: Self { get }
}

extension Scalar {
    /// The number, or the canonical NaN in place of any NaN.
    public var canonical: Self { isNaN ? Self.canonicalNaN : self }
    /// a + b.
    public static func sum(_ a: Self, _ b: Self) -> Self { a + b }
    /// a - b.
    public static func difference(_ a: Self, _ b: Self) -> Self { a - b }
    /// a · b.
    public static func product(_ a: Self, _ b: Self) -> Self { a * b }
    /// a / b.
    public static func quotient(_ a: Self, _ b: Self) -> Self { a / b }
    /// The square root.
    public var root: Self { squareRoot() }
    /// The number without its sign.
    public var absolute: Self { magnitude }
    /// The number with the other sign.
    public var negated: Self { -self }
}

extension Float: Scalar {
    /// a · b + c with one rounding.
    public static func multiplyAdd(_ a: Float, _ b: Float, _ c: Float) -> Float {
        Elementary.fusedMultiplyAdd(a, b, c)
    }
    /// eˣ.
    public static func exp(_ x: Float) -> Float { Elementary.exp(x) }
    /// The natural logarithm.
    public static func log(_ x: Float) -> Float { Elementary.log(x) }
    /// The hyperbolic tangent.
    public static func tanh(_ x: Float) -> Float { Elementary.tanh(x) }
    /// The error function.
    public static func erf(_ x: Float) -> Float { Elementary.erf(x) }
    /// The logistic function.
    public static func sigmoid(_ x: Float) -> Float { Elementary.sigmoid(x) }
    /// x to the power y.
    public static func pow(_ x: Float, _ y: Float) -> Float { Elementary.pow(x, y) }
    /// The sine of an angle in radians.
    public static func sin(_ x: Float) -> Float { Elementary.sin(x) }
    /// The cosine of an angle in radians.
    public static func cos(_ x: Float) -> Float { Elementary.cos(x) }
    /// `0x7FC00000`.
    public static var canonicalNaN: Float { Elementary.canonicalNaN }
}

extension Double: Scalar {
    /// a · b + c with two roundings.
    public static func multiplyAdd(_ a: Double, _ b: Double, _ c: Double) -> Double { a * b + c }
    /// eˣ.
    public static func exp(_ x: Double) -> Double { Elementary64.exp(x) }
    /// The natural logarithm.
    public static func log(_ x: Double) -> Double { Elementary64.log(x) }
    /// The hyperbolic tangent.
    public static func tanh(_ x: Double) -> Double { Elementary64.tanh(x) }
    /// The error function.
    public static func erf(_ x: Double) -> Double { Elementary64.erf(x) }
    /// The logistic function.
    public static func sigmoid(_ x: Double) -> Double { Elementary64.sigmoid(x) }
    /// x to the power y.
    public static func pow(_ x: Double, _ y: Double) -> Double { Elementary64.pow(x, y) }
    /// The sine of an angle in radians.
    public static func sin(_ x: Double) -> Double { Elementary64.sin(x) }
    /// The cosine of an angle in radians.
    public static func cos(_ x: Double) -> Double { Elementary64.cos(x) }
    /// `0x7FF8000000000000`.
    public static var canonicalNaN: Double { Double(bitPattern: 0x7FF8_0000_0000_0000) }
}
