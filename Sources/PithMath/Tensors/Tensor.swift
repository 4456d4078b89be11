public import PithGraph

/// An array of numbers of one element type, in row-major order, with value semantics.
///
///     let pixels = Tensor(floats, shape: [1, 784])
///
/// Copies share memory until one of them is written to.
public struct Tensor: Sendable {
    /// The extents.
    public private(set) var shape: Shape

    /// The type of the elements.
    public let elementType: ElementType

    var storage: TensorStorage

    init(_ elementType: ElementType, _ shape: Shape) {
        self.shape = shape
        self.elementType = elementType
        storage = TensorStorage(byteCount: shape.elementCount * elementType.byteCount)
    }

    /// A tensor whose every element is written before one is read.
    ///
    /// - Parameter memory: Where its elements lie if there is room.
    package init(uninitialized elementType: ElementType, _ shape: Shape, in memory: WeightMemory? = nil) {
        self.shape = shape
        self.elementType = elementType
        storage = TensorStorage(
            byteCount: shape.elementCount * elementType.byteCount, zeroed: false, in: memory)
    }

    /// A tensor whose elements lie in memory that someone else keeps and nobody writes to.
    ///
    /// - Parameters:
    ///   - bytes: As many as type and shape need, little-endian, row-major, at a boundary that suits the type.
    ///   - owner: Keeps them; the tensor and its copies hold it.
    package init(
        borrowing bytes: UnsafeRawBufferPointer, from owner: TensorStorage.Owner, _ elementType: ElementType,
        _ shape: Shape
    ) {
        precondition(bytes.count == shape.elementCount * elementType.byteCount, "the bytes are not those of the shape")
        self.shape = shape
        self.elementType = elementType
        storage = unsafe TensorStorage(borrowing: bytes, from: owner)
    }

    /// A float32 tensor of zeros.
    public init(zeros shape: Shape) { self.init(.float32, shape) }

    /// A float32 tensor.
    ///
    /// - Precondition: There are as many floats as the shape has elements.
    /// - Complexity: O(n).
    public init(_ floats: [Float], shape: Shape) {
        precondition(floats.count == shape.elementCount, "the count of elements is not that of the shape")
        self.init(.float32, shape)
        unsafe withMutableFloatPointer { destination in
            for index in floats.indices { unsafe destination[index] = floats[index] }
        }
    }

    /// An int64 tensor.
    ///
    /// - Precondition: There are as many integers as the shape has elements.
    public init(integers: [Int64], shape: Shape) {
        precondition(integers.count == shape.elementCount, "the count of elements is not that of the shape")
        self.init(.int64, shape)
        let destination = unsafe storage.pointer.assumingMemoryBound(to: Int64.self)
        for index in integers.indices { unsafe destination[index] = integers[index] }
    }

    /// A tensor of little-endian, row-major bytes.
    ///
    /// - Throws: `shapeMismatch` when there are more or fewer bytes than type and shape need.
    public init(bytes: [UInt8], elementType: ElementType, shape: Shape) throws(PithError) {
        let expected = shape.elementCount * elementType.byteCount
        guard bytes.count == expected else {
            throw PithError(
                .shapeMismatch, "\(elementType.shortName) \(shape) needs \(expected) bytes, given \(bytes.count)")
        }
        self.init(elementType, shape)
        unsafe bytes.withUnsafeBytes { source in
            if let base = source.baseAddress {
                unsafe storage.pointer.copyMemory(from: base, byteCount: source.count)
            }
        }
    }
}

extension Tensor {
    /// The number of elements.
    public var count: Int { shape.elementCount }

    /// The bytes of all elements.
    public var byteCount: Int { storage.byteCount }

    /// The elements as little-endian bytes in row-major order.
    ///
    /// - Complexity: O(n).
    public var bytes: [UInt8] {
        unsafe [UInt8](UnsafeRawBufferPointer(start: storage.pointer, count: storage.byteCount))
    }

    /// The elements as floats: float32 as they are, float16 and bfloat16 widened exactly.
    ///
    /// - Precondition: The element type is one of those three.
    /// - Complexity: O(n).
    public var floats: [Float] {
        switch elementType {
        case .float32:
            return unsafe withFloatPointer { source in
                unsafe [Float](UnsafeBufferPointer(start: source, count: count))
            }
        case .float16: return halves.map { HalfPrecision.decode($0) }
        case .bfloat16: return halves.map { BrainFloat.decode($0) }
        default: preconditionFailure("only floats can be read as floats")
        }
    }

    private var halves: [UInt16] {
        let source = unsafe storage.pointer.assumingMemoryBound(to: UInt16.self)
        return unsafe [UInt16](UnsafeBufferPointer(start: source, count: count))
    }

    /// The same elements in another shape.
    ///
    /// - Throws: `shapeMismatch` when the element counts differ.
    /// - Complexity: O(1).
    public func reshaped(to shape: Shape) throws(PithError) -> Tensor {
        guard shape.elementCount == self.shape.elementCount else {
            throw PithError(.shapeMismatch, "cannot reshape \(self.shape) to \(shape): the element counts differ")
        }
        var tensor = self
        tensor.shape = shape
        return tensor
    }

    /// The tensor in another of float32, float16 and bfloat16: to nearest, ties to even, or exactly
    /// (`spec/ARITHMETIC.md`).
    ///
    /// - Throws: `unsupportedOperation` for other types.
    public func converted(to type: ElementType) throws(PithError) -> Tensor {
        guard type != elementType else { return self }
        let convertible: [ElementType] = [.float32, .float16, .bfloat16]
        guard convertible.contains(type), convertible.contains(elementType) else {
            throw PithError(
                .unsupportedOperation, "cannot convert \(elementType.shortName) to \(type.shortName)")
        }
        let floats = self.floats
        guard type != .float32 else { return Tensor(floats, shape: shape) }
        let result = Tensor(type, shape)
        let destination = unsafe result.storage.pointer.assumingMemoryBound(to: UInt16.self)
        for index in floats.indices {
            unsafe destination[index] =
                type == .float16 ? HalfPrecision.encode(floats[index]) : BrainFloat.encode(floats[index])
        }
        return result
    }

    /// Whether the elements lie in memory that someone else keeps.
    package var isBorrowed: Bool { storage.isBorrowed }

    /// Whether the elements are those of another tensor, in the same memory.
    package func sharesMemory(with other: Tensor) -> Bool { storage === other.storage }

    /// The memory of a float32 tensor, to read.
    package func withFloatPointer<R>(_ body: (UnsafePointer<Float>) -> R) -> R {
        precondition(elementType == .float32, "the elements are not float32")
        return unsafe body(UnsafePointer(storage.pointer.assumingMemoryBound(to: Float.self)))
    }

    /// The memory of the elements, to read.
    package func withBytePointer<R>(_ body: (UnsafeRawPointer) -> R) -> R {
        unsafe body(UnsafeRawPointer(storage.pointer))
    }

    /// The memory of the elements, to write; copied first if another tensor shares it.
    package mutating func withMutableBytePointer<R>(_ body: (UnsafeMutableRawPointer) -> R) -> R {
        makeStorageUnique()
        return unsafe body(storage.pointer)
    }

    /// The memory of the elements, to write; copied first if another tensor shares it.
    package mutating func withMutableBytes<R, Failure: Error>(
        _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> R
    ) throws(Failure) -> R {
        makeStorageUnique()
        return try unsafe body(UnsafeMutableRawBufferPointer(start: storage.pointer, count: storage.byteCount))
    }

    /// The memory of a float32 tensor, to write; copied first if another tensor shares it.
    package mutating func withMutableFloatPointer<R>(_ body: (UnsafeMutablePointer<Float>) -> R) -> R {
        precondition(elementType == .float32, "the elements are not float32")
        makeStorageUnique()
        return unsafe body(storage.pointer.assumingMemoryBound(to: Float.self))
    }

    private mutating func makeStorageUnique() {
        if !isKnownUniquelyReferenced(&storage) || storage.isBorrowed { storage = storage.copy() }
    }
}

extension Tensor: Equatable {
    /// Same type, shape and bits.
    public static func == (left: Tensor, right: Tensor) -> Bool {
        left.elementType == right.elementType && left.shape == right.shape && left.bytes == right.bytes
    }
}

extension Tensor: CustomStringConvertible {
    /// Type and shape, for example `f32 [1, 784]`.
    public var description: String { elementType.shortName + " \(shape)" }
}
