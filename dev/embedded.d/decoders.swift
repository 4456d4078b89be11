import PithFormat

/// The decoders by themselves, to see how much code each is: of a whole chunk, and of Huffman and arithmetic planes.
@_cdecl("pith_decode_chunk")
public func decodeChunk(
    _ codec: UInt8, _ stored: UnsafePointer<UInt8>, _ storedCount: Int, _ output: UnsafeMutablePointer<UInt8>,
    _ count: Int, _ width: Int, _ rotates: Bool
) -> Bool {
    guard let codec = ChunkCodec(rawValue: codec) else { return false }
    do throws(ChunkFault) {
        try unsafe ChunkDecoder().decode(
            codec, UnsafeBufferPointer(start: stored, count: storedCount),
            into: UnsafeMutableBufferPointer(start: output, count: count), width: width, rotates: rotates)
        return true
    } catch {
        return false
    }
}

/// A block of a Huffman plane.
@_cdecl("pith_decode_huffman")
public func decodeHuffman(
    _ stored: UnsafePointer<UInt8>, _ storedCount: Int, _ output: UnsafeMutablePointer<UInt8>, _ count: Int
) -> Int {
    unsafe HuffmanPlane.decodeBlock(
        UnsafeBufferPointer(start: stored, count: storedCount),
        into: UnsafeMutableBufferPointer(start: output, count: count))
}

/// An arithmetic plane.
@_cdecl("pith_decode_arithmetic")
public func decodeArithmetic(
    _ stored: UnsafePointer<UInt8>, _ storedCount: Int, _ output: UnsafeMutablePointer<UInt8>, _ count: Int
) -> Bool {
    unsafe ArithmeticPlane.decode(
        UnsafeBufferPointer(start: stored, count: storedCount),
        into: UnsafeMutableBufferPointer(start: output, count: count))
}
