#if Conversion
    import PithFormat
    import PithGraph

    /// A tensor of a PyTorch file: a view of a storage.
    struct TorchTensor: Sendable, Hashable {
        /// The storage's name in the file.
        let storage: String
        /// The elements that the file declares for the storage.
        let storageCount: Int
        let elementType: ElementType
        /// The first element's position in the storage.
        let offset: Int
        let shape: Shape
        /// Elements between neighbours along each dimension.
        let strides: [Int]
        /// What the elements are, where they are carried as bytes.
        var foreign: ForeignElements?

        /// Checks that every element lies in the storage.
        ///
        /// - Throws: `malformed`, and what `Shape.init(checking:)` throws.
        init(
            storage: String, storageCount: Int, elementType: ElementType, offset: Int, size: [Int], strides: [Int]
        ) throws(PithError) {
            guard size.count == strides.count, offset >= 0, storageCount >= 0, strides.allSatisfy({ $0 >= 0 }) else {
                throw PithError(.malformed, "a view with a negative offset or stride")
            }
            shape = try Shape(checking: size)
            var last = offset
            for (extent, stride) in zip(size, strides) where shape.elementCount > 0 {
                let (distance, overflow) = (extent - 1).multipliedReportingOverflow(by: stride)
                let (sum, sumOverflow) = last.addingReportingOverflow(distance)
                guard !overflow, !sumOverflow else { throw PithError(.malformed, "a view leaves its storage") }
                last = sum
            }
            guard !storageCount.multipliedReportingOverflow(by: elementType.byteCount).overflow else {
                throw PithError(.malformed, "a storage of \(storageCount) elements")
            }
            guard shape.elementCount == 0 || last < storageCount else {
                throw PithError(.malformed, "a view reaches element \(last) of a storage of \(storageCount)")
            }
            self.storage = storage
            self.storageCount = storageCount
            self.elementType = elementType
            // What no element depends on may be any number.
            self.offset = shape.elementCount == 0 ? 0 : offset
            self.strides = zip(size, strides).map { extent, stride in extent > 1 ? stride : 0 }
        }

        /// A tensor of elements that are carried as bytes: a view of the bytes, those of an element innermost.
        ///
        /// - Throws: As the other initializer.
        init(
            storage: String, storageCount: Int, foreign: String, width: Int, offset: Int, size: [Int], strides: [Int]
        ) throws(PithError) {
            func bytes(_ count: Int) throws(PithError) -> Int {
                let (product, overflow) = count.multipliedReportingOverflow(by: width)
                guard !overflow else { throw PithError(.malformed, "a view leaves its storage") }
                return product
            }
            var byteStrides: [Int] = []
            for stride in strides { byteStrides.append(try bytes(stride)) }
            try self.init(
                storage: storage, storageCount: bytes(storageCount), elementType: .uint8, offset: bytes(offset),
                size: size + [width], strides: byteStrides + [1])
            self.foreign = ForeignElements(typeName: foreign, shape: try Shape(checking: size))
        }

        /// Whether the elements lie in the storage as they are wanted, one after another.
        var isContiguous: Bool {
            zip(zip(shape.dimensions, strides), shape.strides).allSatisfy { $0.0 <= 1 || $0.1 == $1 }
        }

        /// The elements row by row, out of the bytes of the storage.
        ///
        /// - Precondition: The storage has the bytes that it declares.
        func elements(of storage: [UInt8]) -> [UInt8] {
            let width = elementType.byteCount
            let count = shape.elementCount
            guard count > 0 else { return [] }
            if isContiguous {
                let start = offset * width
                return start == 0 && storage.count == count * width
                    ? storage : Array(storage[start..<(start + count * width)])
            }
            var result: [UInt8] = []
            result.reserveCapacity(count * width)
            var place = [Int](repeating: 0, count: shape.rank)
            var source = offset
            for _ in 0..<count {
                result += storage[(source * width)..<((source + 1) * width)]
                for axis in (0..<shape.rank).reversed() {
                    place[axis] += 1
                    source += strides[axis]
                    if place[axis] < shape[axis] { break }
                    source -= strides[axis] * shape[axis]
                    place[axis] = 0
                }
            }
            return result
        }
    }

    /// The names of PyTorch's element types.
    enum TorchType {
        static let byDtype: [String: ElementType] = [
            "float64": .float64, "double": .float64, "float32": .float32, "float": .float32, "float16": .float16,
            "half": .float16, "bfloat16": .bfloat16, "float8_e4m3fn": .float8e4m3fn, "float8_e5m2": .float8e5m2,
            "int64": .int64, "long": .int64, "int32": .int32, "int": .int32, "int16": .int16, "short": .int16,
            "int8": .int8, "uint64": .uint64, "uint32": .uint32, "uint16": .uint16, "uint8": .uint8, "bool": .bool,
        ]

        static let byStorage: [String: ElementType] = [
            "DoubleStorage": .float64, "FloatStorage": .float32, "HalfStorage": .float16, "BFloat16Storage": .bfloat16,
            "LongStorage": .int64, "IntStorage": .int32, "ShortStorage": .int16, "CharStorage": .int8,
            "ByteStorage": .uint8, "BoolStorage": .bool, "UntypedStorage": .uint8,
        ]

        /// Types that are carried as bytes, by the name of a storage or of a type: what they are called, and the bytes of
        /// an element.
        static let foreign: [String: (name: String, byteCount: Int)] = {
            var types: [String: (name: String, byteCount: Int)] = [
                "ComplexDoubleStorage": ("complex128", 16), "ComplexFloatStorage": ("complex64", 8),
                "QInt32Storage": ("qint32", 4), "QInt8Storage": ("qint8", 1), "QUInt8Storage": ("quint8", 1),
                "QUInt4x2Storage": ("quint4x2", 1), "QUInt2x4Storage": ("quint2x4", 1),
                "complex128": ("complex128", 16), "complex64": ("complex64", 8), "complex32": ("complex32", 4),
                "cdouble": ("complex128", 16), "cfloat": ("complex64", 8), "chalf": ("complex32", 4),
            ]
            let narrow = ["float8_e4m3fnuz", "float8_e5m2fnuz", "float8_e8m0fnu", "float4_e2m1fn_x2"]
            for name in narrow + (1...7).flatMap({ ["uint\($0)", "int\($0)"] }) { types[name] = (name, 1) }
            return types
        }()

        /// Bytes of one element of a storage, also of types that Pith has not.
        static func storageWidth(_ name: String) -> Int? { byStorage[name]?.byteCount ?? foreign[name]?.byteCount }
    }
#endif
