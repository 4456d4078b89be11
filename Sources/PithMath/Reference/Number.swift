public import PithGraph

/// A kind of number that the reference computes in: `Float` for floats of up to 32 bits, `Double` for `double`, `Int64`
/// and `UInt64` for integers, whose results wrap to the width of their type.
public protocol Number: Comparable, Sendable {
    /// The number that an element's bits stand for; exact.
    init(word: UInt64, of type: ElementType)
    /// The bits of the nearest element, ties to even; of an integer the low ones.
    func word(of type: ElementType) -> UInt64
    /// A float, towards zero.
    init(converting value: Float)
    /// A count.
    init(count: Int)
    /// The least that an element of a type can be; -inf for floats.
    static func least(of type: ElementType) -> Self
    /// The greatest that an element of a type can be; +inf for floats.
    static func greatest(of type: ElementType) -> Self
    /// 0.
    static var zero: Self { get }
    /// a + b.
    static func sum(_ a: Self, _ b: Self) -> Self
    /// a - b.
    static func difference(_ a: Self, _ b: Self) -> Self
    /// a · b.
    static func product(_ a: Self, _ b: Self) -> Self
    /// a / b; of integers towards zero, and 0 when b is 0.
    static func quotient(_ a: Self, _ b: Self) -> Self
    /// a · b + c, of `Float` with one rounding.
    static func multiplyAdd(_ a: Self, _ b: Self, _ c: Self) -> Self
    /// The square root, of an integer rounded towards zero.
    var root: Self { get }
    /// The number without its sign.
    var absolute: Self { get }
    /// The number with the other sign.
    var negated: Self { get }
    /// Whether it is no number.
    var isNaN: Bool { get }
    /// The number, or the canonical NaN in place of any NaN.
    var canonical: Self { get }
}

extension Float: Number {
    /// The number that an element's bits stand for; exact.
    public init(word: UInt64, of type: ElementType) {
        switch type {
        case .float16: self = HalfPrecision.decode(UInt16(truncatingIfNeeded: word))
        case .bfloat16: self = BrainFloat.decode(UInt16(truncatingIfNeeded: word))
        case .float8e4m3fn: self = Float8.e4m3fn.decode(UInt8(truncatingIfNeeded: word))
        case .float8e5m2: self = Float8.e5m2.decode(UInt8(truncatingIfNeeded: word))
        case .float64: self = Float(Double(bitPattern: word))
        case .float32: self = Float(bitPattern: UInt32(truncatingIfNeeded: word))
        case .uint64: self = Float(word)
        default: self = Float(Int64(word: word, of: type))
        }
    }
    /// The bits of the nearest element, ties to even.
    public func word(of type: ElementType) -> UInt64 {
        switch type {
        case .float16: UInt64(HalfPrecision.encode(self))
        case .bfloat16: UInt64(BrainFloat.encode(self))
        case .float8e4m3fn: UInt64(Float8.e4m3fn.encode(self, saturates: true))
        case .float8e5m2: UInt64(Float8.e5m2.encode(self, saturates: true))
        case .float64: Double(self).bitPattern
        default: UInt64(bitPattern)
        }
    }
    /// The same float.
    public init(converting value: Float) { self = value }
    /// A count.
    public init(count: Int) { self.init(count) }
    /// -inf.
    public static func least(of type: ElementType) -> Float { -.infinity }
    /// +inf.
    public static func greatest(of type: ElementType) -> Float { .infinity }
}

extension Double: Number {
    /// The number that an element's bits stand for; exact.
    public init(word: UInt64, of type: ElementType) {
        self =
            switch type {
            case .float64: Double(bitPattern: word)
            case .uint64: Double(word)
            case _ where type.isFloatingPoint: Double(Float(word: word, of: type))
            default: Double(Int64(word: word, of: type))
            }
    }
    /// The bits of the nearest element, for the narrower types by way of a float32.
    public func word(of type: ElementType) -> UInt64 {
        type == .float64 ? bitPattern : Float(self).canonical.word(of: type)
    }
    /// The same float.
    public init(converting value: Float) { self.init(value) }
    /// A count.
    public init(count: Int) { self.init(count) }
    /// -inf.
    public static func least(of type: ElementType) -> Double { -.infinity }
    /// +inf.
    public static func greatest(of type: ElementType) -> Double { .infinity }
}

/// What integers of 64 bits have in common.
protocol WrappingNumber: Number, FixedWidthInteger {}

extension WrappingNumber {
    /// The low bits.
    public func word(of type: ElementType) -> UInt64 { UInt64(truncatingIfNeeded: self) }
    /// A float, towards zero.
    public init(converting value: Float) {
        self = Self(truncatingIfNeeded: SaturatingInteger.int64(value))
    }
    /// A count.
    public init(count: Int) { self.init(count) }
    /// a + b, wrapped.
    public static func sum(_ a: Self, _ b: Self) -> Self { a &+ b }
    /// a - b, wrapped.
    public static func difference(_ a: Self, _ b: Self) -> Self { a &- b }
    /// a · b, wrapped.
    public static func product(_ a: Self, _ b: Self) -> Self { a &* b }
    /// a / b towards zero, 0 when b is 0.
    public static func quotient(_ a: Self, _ b: Self) -> Self {
        b == 0 ? 0 : a.dividedReportingOverflow(by: b).partialValue
    }
    /// a · b + c, wrapped.
    public static func multiplyAdd(_ a: Self, _ b: Self, _ c: Self) -> Self { a &* b &+ c }
    /// The square root, towards zero.
    public var root: Self { Self(truncatingIfNeeded: SaturatingInteger.int64(Double(self).squareRoot())) }
    /// The number with the other sign, wrapped.
    public var negated: Self { 0 &- self }
    /// False.
    public var isNaN: Bool { false }
    /// The same number.
    public var canonical: Self { self }
}

extension Int64: WrappingNumber {
    /// The number that an element's bits stand for.
    public init(word: UInt64, of type: ElementType) {
        switch type {
        case .int32: self.init(Int32(truncatingIfNeeded: word))
        case .int16: self.init(Int16(truncatingIfNeeded: word))
        case .int8: self.init(Int8(truncatingIfNeeded: word))
        case .bool: self = word == 0 ? 0 : 1
        default: self.init(bitPattern: word)
        }
    }
    /// The least that an element of a type can be.
    public static func least(of type: ElementType) -> Int64 {
        switch type {
        case .int64: .min
        case .int32: Int64(Int32.min)
        case .int16: Int64(Int16.min)
        case .int8: Int64(Int8.min)
        default: 0
        }
    }
    /// The greatest that an element of a type can be.
    public static func greatest(of type: ElementType) -> Int64 {
        switch type {
        case .int32: Int64(Int32.max)
        case .int16: Int64(Int16.max)
        case .int8: Int64(Int8.max)
        case .uint32: Int64(UInt32.max)
        case .uint16: Int64(UInt16.max)
        case .uint8: Int64(UInt8.max)
        case .bool: 1
        default: .max
        }
    }
    /// The number without its sign; the least stays as it is.
    public var absolute: Int64 { self < 0 ? 0 &- self : self }
}

extension UInt64: WrappingNumber {
    /// The same bits.
    public init(word: UInt64, of type: ElementType) { self = word }
    /// 0.
    public static func least(of type: ElementType) -> UInt64 { 0 }
    /// The greatest there is.
    public static func greatest(of type: ElementType) -> UInt64 { .max }
    /// The same number.
    public var absolute: UInt64 { self }
}
