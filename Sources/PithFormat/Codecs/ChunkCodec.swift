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

    /// How many symbols need room: some are decoded all at once, others part by part, and stored ones stay in the chunk.
    func room(forAll all: Int, forPart part: Int) -> Int {
        switch self {
        case .stored: 0
        case .huffman, .constant: part
        case .deflate, .arithmetic: all
        }
    }

    func isAllowed(in codec: ChunkCodec) -> Bool {
        switch self {
        case .deflate: codec == .deflatedPlanes
        case .arithmetic: codec == .arithmeticPlanes
        case .stored, .huffman, .constant: true
        }
    }
}
