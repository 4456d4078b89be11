import PithFormat

/// The scalar decoders of Huffman and arithmetic planes by themselves, to see how much code each is.
@_cdecl("pith_decode_huffman")
public func decodeHuffman(
    _ stored: UnsafePointer<UInt8>, _ storedCount: Int, _ output: UnsafeMutablePointer<UInt8>, _ count: Int
) -> Bool {
    let bytes = unsafe Array(UnsafeBufferPointer(start: stored, count: storedCount))
    guard let symbols = HuffmanPlane.decode(bytes[...], count: count) else { return false }
    for (index, symbol) in symbols.enumerated() { unsafe output[index] = symbol }
    return true
}

/// See `decodeHuffman`.
@_cdecl("pith_decode_arithmetic")
public func decodeArithmetic(
    _ stored: UnsafePointer<UInt8>, _ storedCount: Int, _ output: UnsafeMutablePointer<UInt8>, _ count: Int
) -> Bool {
    let bytes = unsafe Array(UnsafeBufferPointer(start: stored, count: storedCount))
    guard let symbols = ArithmeticPlane.decode(bytes[...], count: count) else { return false }
    for (index, symbol) in symbols.enumerated() { unsafe output[index] = symbol }
    return true
}
