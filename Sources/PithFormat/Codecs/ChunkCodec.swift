/// How the bytes of a chunk are stored. The raw value is the code in a file.
package enum ChunkCodec: UInt8 {
    /// As they are.
    case stored = 0
    /// Byte planes, none of them deflated.
    case planes = 1
    /// Byte planes, each by any method.
    case deflatedPlanes = 2
    /// Byte planes, none of them deflated, at least one coded bit by bit.
    case arithmeticPlanes = 3

    /// The name that tools print.
    var name: String {
        switch self {
        case .stored: "stored"
        case .planes: "planes"
        case .deflatedPlanes: "planes+deflate"
        case .arithmeticPlanes: "planes+arithmetic"
        }
    }
}

/// How a plane is stored. The raw value is the code in a chunk.
enum PlaneMethod: UInt8 {
    /// As it is.
    case stored = 0
    /// A raw deflate stream.
    case deflate = 1
    /// Huffman codes, in blocks.
    case huffman = 2
    /// One byte, which all are.
    case constant = 3
    /// Bits with adaptive probabilities.
    case arithmetic = 4

    /// Whether all symbols are decoded at once, not block by block.
    var isWhole: Bool { self == .deflate || self == .arithmetic }

    func isAllowed(in codec: ChunkCodec) -> Bool {
        switch self {
        case .deflate: codec == .deflatedPlanes
        case .arithmetic: codec == .arithmeticPlanes
        case .stored, .huffman, .constant: true
        }
    }
}
