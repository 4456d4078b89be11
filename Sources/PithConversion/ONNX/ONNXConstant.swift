#if Conversion
    import ONNXSchema
    import PithGraph
    import PithMath

    /// A tensor that a model holds: an initializer, a `Constant`, or what was worked out from such.
    struct ONNXConstant: Sendable {
        let elementType: ElementType
        let shape: Shape
        let contents: SourceTensor.Contents
        /// What the model calls it, empty for what was worked out.
        var name = ""

        /// Bytes up to which a constant stands in the graph itself, where shape rules see it.
        static let inlineBytes = 4096

        var byteCount: Int { shape.elementCount * elementType.byteCount }

        var isSmall: Bool { byteCount <= Self.inlineBytes }

        /// The bytes of the elements.
        func bytes() throws(PithError) -> [UInt8] { try contents.bytes(count: byteCount) }

        func tensor() throws(PithError) -> Tensor {
            try Tensor(bytes: bytes(), elementType: elementType, shape: shape)
        }

        /// The elements, where they are whole numbers and few.
        func integers() -> [Int64]? {
            guard isSmall, let value = try? TensorValue(elementType, shape, bytes: bytes()) else { return nil }
            switch elementType {
            case .int64: return value.words.map { Int64(bitPattern: $0) }
            case .int32: return value.words.map { Int64(Int32(truncatingIfNeeded: $0)) }
            case .bool, .uint8: return value.words.map { Int64($0) }
            default: return nil
            }
        }

        init(elementType: ElementType, shape: Shape, _ contents: SourceTensor.Contents) {
            self.elementType = elementType
            self.shape = shape
            self.contents = contents
        }

        init(_ tensor: Tensor) {
            self.init(
                elementType: tensor.elementType, shape: tensor.shape, .whole { () throws(PithError) in tensor.bytes })
        }

        /// 64-bit integers of one dimension.
        init(integers: [Int64]) {
            self.init(Tensor(integers: integers, shape: Shape([integers.count])))
        }

        /// Numbers of one dimension.
        init(floats: [Float]) { self.init(Tensor(floats, shape: Shape([floats.count]))) }

        /// One number without a dimension.
        init(scalar: Float) { self.init(Tensor([scalar], shape: [])) }
    }

    extension ONNXConstant {
        /// A tensor message.
        ///
        /// - Parameters:
        ///   - message: The message.
        ///   - folder: Where external data are, nil for a model in memory.
        /// - Throws: `unsupportedFeature` for a type that Pith has not, `malformed`, `shapeMismatch`, and what opening a
        ///   file throws.
        init(_ message: ONNXTensor, folder: SourceFolder?) throws(PithError) {
            let code = Int(message.dataType)
            guard let type = ElementType(onnxCode: code) else {
                throw PithError(
                    .unsupportedFeature, "a tensor of ONNX's type \(Self.names[code] ?? "\(code)")",
                    at: .tensor(message.name))
            }
            var extents: [Int] = []
            for extent in message.dims {
                guard let extent = Int(exactly: extent) else { throw PithError(.malformed, "an extent") }
                extents.append(extent)
            }
            let shape = try Shape(checking: extents)
            let needed = shape.elementCount * type.byteCount
            if message.dataLocation == 1 {
                let (file, range) = try Self.external(message, needed: needed, folder: folder)
                self.init(elementType: type, shape: shape, .bytes(range, of: file))
                name = message.name
                return
            }
            guard try Self.count(message, type) == needed else {
                throw PithError(
                    .shapeMismatch, "\(type.shortName) \(shape) has data of another size", at: .tensor(message.name))
            }
            self.init(
                elementType: type, shape: shape, .whole { () throws(PithError) in Self.bytes(message, type) })
            name = message.name
        }

        static let names = [
            8: "string", 14: "complex64", 15: "complex128", 18: "float8e4m3fnuz", 20: "float8e5m2fnuz", 21: "uint4",
            22: "int4", 23: "float4e2m1", 24: "float8e8m0", 25: "uint2", 26: "int2",
        ]

        /// The bytes that a message's data give.
        private static func count(_ message: ONNXTensor, _ type: ElementType) throws(PithError) -> Int {
            if message.hasRawData { return message.rawData.count }
            switch type {
            case .float32: return message.floatData.count * 4
            case .float64: return message.doubleData.count * 8
            case .int64: return message.int64Data.count * 8
            case .uint64, .uint32: return message.uint64Data.count * type.byteCount
            default: return message.int32Data.count * type.byteCount
            }
        }

        private static func bytes(_ message: ONNXTensor, _ type: ElementType) -> [UInt8] {
            if message.hasRawData { return [UInt8](message.rawData) }
            var bytes: [UInt8] = []
            func append(_ word: UInt64) {
                for byte in 0..<type.byteCount { bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(8 * byte))) }
            }
            switch type {
            case .float32: for value in message.floatData { append(UInt64(value.bitPattern)) }
            case .float64: for value in message.doubleData { append(value.bitPattern) }
            case .int64: for value in message.int64Data { append(UInt64(bitPattern: value)) }
            case .uint64, .uint32: for value in message.uint64Data { append(value) }
            default: for value in message.int32Data { append(UInt64(bitPattern: Int64(value))) }
            }
            return bytes
        }

        static func external(
            _ message: ONNXTensor, needed: Int, folder: SourceFolder?
        ) throws(PithError) -> (SourceFile, Range<Int>) {
            var fields: [String: String] = [:]
            for entry in message.externalData { fields[entry.key] = entry.value }
            guard let folder, let name = fields["location"] else {
                throw PithError(.malformed, "external data without a place", at: .tensor(message.name))
            }
            let file = try folder.open(name)
            guard let offset = Int(fields["offset"] ?? "0"), offset >= 0, offset <= file.count,
                let length = fields["length"].map({ Int($0) }) ?? needed
            else {
                throw PithError(.malformed, "external data at a place that is no number", at: .tensor(message.name))
            }
            guard length == needed, needed <= file.count - offset else {
                throw PithError(
                    .truncated, "\(needed) bytes are needed at \(offset) of '\(name)', which has \(file.count)",
                    at: .tensor(message.name))
            }
            return (file, offset..<(offset + needed))
        }
    }
#endif
