import PithData
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

    private let contents: Contents

    /// Where the elements come from.
    enum Contents: Sendable {
        /// They are unpacked, put in order or worked out all at once.
        case whole(@Sendable () throws(PithError) -> [UInt8])
        /// Any part of their bytes can be read alone.
        case parts(@Sendable (Range<Int>) throws(PithError) -> [UInt8])

        /// All of them.
        func bytes(count: Int) throws(PithError) -> [UInt8] {
            switch self {
            case .whole(let load): try load()
            case .parts(let read): try read(0..<count)
            }
        }

        /// Bytes of a file as they lie there.
        static func bytes(_ range: Range<Int>, of file: SourceFile) -> Contents {
            .parts { part throws(PithError) in
                try file.bytes((range.lowerBound + part.lowerBound)..<(range.lowerBound + part.upperBound))
            }
        }
    }

    /// Elements that are carried as bytes.
    init(name: String, foreign: ForeignElements, byteCount: Int, _ contents: Contents) throws(PithError) {
        self.name = name
        elementType = .uint8
        shape = try Shape(checking: [byteCount])
        self.foreign = foreign
        self.contents = contents
    }

    /// An array of NumPy, whose elements the contents give as the header's `rowMajor` does.
    ///
    /// - Throws: `limitExceeded`.
    init(name: String, _ header: NpyHeader, _ contents: Contents) throws(PithError) {
        guard let type = header.carriedType else {
            self.init(name: name, elementType: header.elementType, shape: header.shape, contents)
            return
        }
        try self.init(
            name: name, foreign: ForeignElements(typeName: type, shape: header.shape),
            byteCount: header.shape.elementCount * header.elementByteCount, contents)
    }

    init(name: String, elementType: ElementType, shape: Shape, _ contents: Contents) {
        self.name = name
        self.elementType = elementType
        self.shape = shape
        foreign = nil
        self.contents = contents
    }

    /// The bytes of the elements.
    public var byteCount: Int { shape.elementCount * elementType.byteCount }

    /// Reads the elements.
    ///
    /// - Throws: Errors of reading, located at the tensor.
    public func stored() throws(PithError) -> StoredTensor {
        do throws(PithError) {
            if let foreign { return try StoredTensor(name: name, foreign: foreign, bytes: bytes()) }
            return try StoredTensor(name: name, elementType: elementType, shape: shape, bytes: bytes())
        } catch {
            throw error.located(in: .tensor(name))
        }
    }

    /// The bytes of the elements.
    func bytes() throws(PithError) -> [UInt8] { try contents.bytes(count: byteCount) }

    /// Some of the bytes; where only all can be had they are kept for the next part.
    func bytes(_ range: Range<Int>, keeping kept: KeptTensor) throws(PithError) -> ArraySlice<UInt8> {
        switch contents {
        case .parts(let read): return try read(range)[...]
        case .whole(let load):
            let bytes = try kept.bytes(of: name, load)
            guard range.upperBound <= bytes.count else {
                throw PithError(.shapeMismatch, "\(byteCount) bytes are declared, there are \(bytes.count)")
            }
            return bytes[range]
        }
    }
}

/// The tensor that was unpacked last, one at a time.
final class KeptTensor {
    private var name: String?
    private var bytes: [UInt8] = []

    func bytes(of name: String, _ load: () throws(PithError) -> [UInt8]) throws(PithError) -> [UInt8] {
        if self.name != name {
            (self.name, bytes) = (nil, [])
            bytes = try load()
            self.name = name
        }
        return bytes
    }
}
