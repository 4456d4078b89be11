public import PithGraph
public import PithMath

/// One NumPy array (`.npy`, numpy/lib/format.py).
public enum NpyFile {
    /// Headers are padded so that elements begin at a multiple of this.
    private static let alignment = 64

    /// Writes version 1.0, little-endian, row-major.
    ///
    /// - Throws: `unsupportedOperation` for a type that NumPy does not have.
    public static func encode(_ tensor: Tensor) throws(PithError) -> [UInt8] {
        try header(tensor.elementType, tensor.shape) + tensor.bytes
    }

    /// What `encode` writes before the elements.
    ///
    /// - Throws: `unsupportedOperation` for a type that NumPy does not have.
    public static func header(_ elementType: ElementType, _ shape: Shape) throws(PithError) -> [UInt8] {
        guard let type = NpyHeader.types.first(where: { $0.type == elementType })?.name else {
            throw PithError(.unsupportedOperation, "NumPy has no type \(elementType.shortName)")
        }
        var extents = ""
        for extent in shape.dimensions { extents += "\(extent), " }
        let order = elementType.byteCount == 1 ? "|" : "<"
        var text = "{'descr': '\(order)\(type)', 'fortran_order': False, 'shape': (\(extents)), }"
        while (NpyHeader.magic.count + 4 + text.utf8.count + 1) % alignment != 0 { text += " " }
        text += "\n"
        let length = text.utf8.count
        return NpyHeader.magic + [1, 0, UInt8(length & 255), UInt8(length >> 8)] + Array(text.utf8)
    }

    /// Reads versions 1 to 3 of either byte order, row-major or Fortran order.
    ///
    /// - Throws: `wrongKind`, `malformed`, `truncated`, `trailingBytes`, `unsupportedFeature` (objects, structures).
    public static func decode(_ bytes: [UInt8]) throws(PithError) -> Tensor {
        let header = try NpyHeader(bytes)
        try header.checkLength(of: bytes.count)
        return try Tensor(
            bytes: header.rowMajor(Array(bytes[header.byteCount...])), elementType: header.elementType,
            shape: header.shape)
    }
}
