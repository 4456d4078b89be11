public import PithFormat
public import PithGraph

/// A tensor of a file to convert; its elements are read when they are asked for.
public struct SourceTensor: Sendable {
    /// The name.
    public var name: String
    /// The type of the elements.
    public let elementType: ElementType
    /// The extents.
    public let shape: Shape

    /// What the elements are, where Pith has no type for them and carries them as bytes.
    public let foreign: ForeignElements?

    private let load: @Sendable () throws(PithError) -> [UInt8]

    /// Elements that are carried as bytes.
    init(
        name: String, foreign: ForeignElements, byteCount: Int,
        load: @escaping @Sendable () throws(PithError) -> [UInt8]
    ) throws(PithError) {
        self.name = name
        elementType = .uint8
        shape = try Shape(checking: [byteCount])
        self.foreign = foreign
        self.load = load
    }

    init(
        name: String, elementType: ElementType, shape: Shape,
        load: @escaping @Sendable () throws(PithError) -> [UInt8]
    ) {
        self.name = name
        self.elementType = elementType
        self.shape = shape
        foreign = nil
        self.load = load
    }

    /// The bytes of the elements.
    public var byteCount: Int { shape.elementCount * elementType.byteCount }

    /// Reads the elements.
    ///
    /// - Throws: Errors of reading, located at the tensor.
    public func stored() throws(PithError) -> StoredTensor {
        do throws(PithError) {
            if let foreign { return try StoredTensor(name: name, foreign: foreign, bytes: load()) }
            return try StoredTensor(name: name, elementType: elementType, shape: shape, bytes: load())
        } catch {
            throw error.located(in: .tensor(name))
        }
    }
}
