extension ElementType {
    /// The number of the type in ONNX (`TensorProto.DataType`), as the attribute `to` of `Cast` gives it.
    public var onnxCode: Int {
        switch self {
        case .float32: 1
        case .uint8: 2
        case .int8: 3
        case .uint16: 4
        case .int16: 5
        case .int32: 6
        case .int64: 7
        case .bool: 9
        case .float16: 10
        case .float64: 11
        case .uint32: 12
        case .uint64: 13
        case .bfloat16: 16
        case .float8e4m3fn: 17
        case .float8e5m2: 19
        }
    }

    /// The type with this number in ONNX, or nil.
    public init?(onnxCode: Int) {
        for type in Self.allCases where type.onnxCode == onnxCode {
            self = type
            return
        }
        return nil
    }

    /// Whether the elements are whole numbers, signed or not.
    public var isInteger: Bool { !isFloatingPoint && self != .bool }
}
