public import PithGraph

/// What a file is made of and what each part takes, for tools that show it.
public struct FileSummary: Sendable {
    /// The format's version, for example `1.0`.
    public let version: String
    /// What the file is for.
    public let role: FileRole
    /// The bytes of the file.
    public let fileLength: UInt64
    /// The bytes of all tensors decoded.
    public let decodedBytes: UInt64
    /// The greatest sum of live intermediate tensors at batch 1, in bytes.
    public let peakWorkingBytes: UInt64
    /// The operators that the graph needs.
    public let operators: [Operator]
    /// Decoded bytes of a chunk.
    public let chunkBytes: UInt64
    /// The sections in order.
    public let sections: [Section]
    /// The tensors in order, those of test vectors with empty names.
    public let tensors: [Tensor]

    /// A section.
    public struct Section: Sendable {
        /// The four letters.
        public let name: String
        /// Bytes from the start of the file.
        public let offset: UInt64
        /// Its bytes.
        public let length: UInt64
    }

    /// A tensor.
    public struct Tensor: Sendable {
        /// The name; empty for a tensor of a test vector.
        public let name: String
        /// The type of the elements, decoded.
        public let elementType: ElementType
        /// The extents.
        public let shape: Shape
        /// How the elements are represented.
        public let encoding: TensorEncoding
        /// The order of plain elements.
        public let layout: TensorLayout
        /// What elements are that Pith carries as bytes.
        public let foreign: ForeignElements?
        /// The name of each chunk's codec: `stored`, `planes`, `planes+deflate` or `planes+arithmetic`.
        public let codecs: [String]
        /// The bytes of its chunks in the file.
        public let storedBytes: UInt64
        /// The bytes of its elements.
        public let decodedBytes: UInt64
        /// The arrays that it is stored as, in the order of the file: for plain elements one.
        public let streams: [Stream]
    }

    /// One of the arrays that a tensor is stored as.
    public struct Stream: Sendable {
        /// What it is, for example `elements`, `codes` or `scales`.
        public let name: String
        /// The bytes of its chunks in the file.
        public let storedBytes: UInt64
    }
}
