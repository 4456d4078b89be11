/// The type of a tensor's elements. The raw value is the code in a file (`spec/FORMAT.md`, "Element types").
public enum ElementType: UInt8, Sendable, Hashable, CaseIterable {
    /// IEEE 754 binary32.
    case float32 = 1
    /// IEEE 754 binary64.
    case float64 = 2
    /// IEEE 754 binary16.
    case float16 = 3
    /// The upper half of a binary32.
    case bfloat16 = 4
    /// 8 bits: 4 of exponent, 3 of mantissa, no infinity.
    case float8e4m3fn = 5
    /// 8 bits: 5 of exponent, 2 of mantissa.
    case float8e5m2 = 6
    /// Two's complement, 64 bits.
    case int64 = 7
    /// Two's complement, 32 bits.
    case int32 = 8
    /// Two's complement, 16 bits.
    case int16 = 9
    /// Two's complement, 8 bits.
    case int8 = 10
    /// Unsigned, 64 bits.
    case uint64 = 11
    /// Unsigned, 32 bits.
    case uint32 = 12
    /// Unsigned, 16 bits.
    case uint16 = 13
    /// Unsigned, 8 bits.
    case uint8 = 14
    /// One byte, 0 or 1.
    case bool = 15
}

extension ElementType {
    /// Bytes of one element.
    public var byteCount: Int {
        switch self {
        case .float64, .int64, .uint64: 8
        case .float32, .int32, .uint32: 4
        case .float16, .bfloat16, .int16, .uint16: 2
        case .float8e4m3fn, .float8e5m2, .int8, .uint8, .bool: 1
        }
    }

    /// The name in ONNX's textual syntax, for example `float` or `bfloat16`.
    public var name: String {
        switch self {
        case .float32: "float"
        case .float64: "double"
        case .float16: "float16"
        case .bfloat16: "bfloat16"
        case .float8e4m3fn: "float8e4m3fn"
        case .float8e5m2: "float8e5m2"
        case .int64: "int64"
        case .int32: "int32"
        case .int16: "int16"
        case .int8: "int8"
        case .uint64: "uint64"
        case .uint32: "uint32"
        case .uint16: "uint16"
        case .uint8: "uint8"
        case .bool: "bool"
        }
    }

    /// The short name that tools print and `--dtype` takes, for example `f32` or `bf16`.
    public var shortName: String {
        switch self {
        case .float32: "f32"
        case .float64: "f64"
        case .float16: "f16"
        case .bfloat16: "bf16"
        case .float8e4m3fn: "f8e4m3fn"
        case .float8e5m2: "f8e5m2"
        case .int64: "i64"
        case .int32: "i32"
        case .int16: "i16"
        case .int8: "i8"
        case .uint64: "u64"
        case .uint32: "u32"
        case .uint16: "u16"
        case .uint8: "u8"
        case .bool: "bool"
        }
    }

    /// The type with this name in ONNX's textual syntax, or nil.
    public init?(name: String) {
        for type in Self.allCases where type.name == name {
            self = type
            return
        }
        return nil
    }

    /// Whether the elements are floating-point numbers of any width.
    public var isFloatingPoint: Bool {
        switch self {
        case .float64, .float32, .float16, .bfloat16, .float8e4m3fn, .float8e5m2: true
        default: false
        }
    }
}
