public import PithGraph
public import PithMath

/// One NumPy array (`.npy`, numpy/lib/format.py).
public enum NpyFile {
    private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
    private static let headerLimit = 1 << 16

    /// Writes version 1.0, little-endian, row-major.
    ///
    /// - Throws: `unsupportedOperation` for a type that NumPy does not have.
    public static func encode(_ tensor: Tensor) throws(PithError) -> [UInt8] {
        guard let type = types.first(where: { $0.type == tensor.elementType })?.name else {
            throw PithError(.unsupportedOperation, "NumPy has no type \(tensor.elementType.shortName)")
        }
        var extents = ""
        for extent in tensor.shape.dimensions { extents += "\(extent), " }
        var header = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(extents)), }"
        while (magic.count + 4 + header.utf8.count + 1) % 64 != 0 { header += " " }
        header += "\n"
        let length = header.utf8.count
        return magic + [1, 0, UInt8(length & 255), UInt8(length >> 8)] + Array(header.utf8) + tensor.bytes
    }

    private static let types: [(name: String, type: ElementType)] = [
        ("<f4", .float32), ("<f8", .float64), ("<f2", .float16), ("<i8", .int64), ("<i4", .int32), ("<i2", .int16),
        ("|i1", .int8), ("<u8", .uint64), ("<u4", .uint32), ("<u2", .uint16), ("|u1", .uint8), ("|b1", .bool),
    ]

    /// Reads versions 1 to 3, little-endian or of one byte, row-major or Fortran order.
    ///
    /// - Throws: `wrongKind`, `malformed`, `truncated`, `trailingBytes`, `unsupportedFeature` (objects, big-endian).
    public static func decode(_ bytes: [UInt8]) throws(PithError) -> Tensor {
        guard bytes.starts(with: magic), bytes.count >= 10 else {
            throw PithError(.wrongKind, "not a NumPy array", at: .byte(0))
        }
        guard (1...3).contains(bytes[6]) else {
            throw PithError(.unsupportedVersion, "version \(bytes[6]) of the npy format", at: .byte(6))
        }
        let lengthBytes = bytes[6] == 1 ? 2 : 4
        guard bytes.count >= 8 + lengthBytes else {
            throw PithError(.truncated, "the file ends in its header", at: .byte(UInt64(bytes.count)))
        }
        let length = bytes[8..<(8 + lengthBytes)].reversed().reduce(0) { $0 << 8 | Int($1) }
        let start = 8 + lengthBytes + length
        guard length <= headerLimit, start <= bytes.count,
            let header = String(validating: bytes[(8 + lengthBytes)..<start], as: UTF8.self)
        else { throw PithError(.malformed, "the header is damaged", at: .byte(8)) }
        let (name, isFortran, shape) = try parse(header)
        guard let type = types.first(where: { $0.name == name || $0.name == "|" + name.dropFirst() })?.type else {
            throw PithError(
                .unsupportedFeature, "an array of type '\(name)'", at: .byte(8),
                advice: "save it as little-endian numbers; objects are never read")
        }
        let needed = shape.elementCount * type.byteCount
        guard bytes.count - start == needed else {
            throw PithError(
                bytes.count - start < needed ? .truncated : .trailingBytes,
                "\(needed) bytes are declared, the file has \(bytes.count - start)", at: .byte(UInt64(start)))
        }
        let elements = Array(bytes[start...])
        return try Tensor(
            bytes: isFortran ? rowMajor(elements, shape, width: type.byteCount) : elements, elementType: type,
            shape: shape)
    }

    private static func rowMajor(_ bytes: [UInt8], _ shape: Shape, width: Int) -> [UInt8] {
        var result = bytes
        for index in 0..<shape.elementCount {
            var (rest, source) = (index, 0)
            for axis in (0..<shape.rank).reversed() {
                source += rest % shape[axis] * shape.dimensions[..<axis].reduce(1, *)
                rest /= shape[axis]
            }
            for byte in 0..<width { result[index * width + byte] = bytes[source * width + byte] }
        }
        return result
    }

    /// Reads the three entries of the header without evaluating it as Python does.
    private static func parse(_ header: String) throws(PithError) -> (String, Bool, Shape) {
        let damaged = PithError(.malformed, "the header is not that of an array", at: .byte(8))
        func after(_ key: String) throws(PithError) -> Substring {
            for quote in ["'", "\""] {
                let pattern = quote + key + quote + ":"
                var rest = header[...]
                while !rest.isEmpty {
                    if rest.hasPrefix(pattern) { return rest.dropFirst(pattern.count).drop { $0 == " " } }
                    rest = rest.dropFirst()
                }
            }
            throw damaged
        }
        let description = try after("descr")
        guard let quote = description.first, quote == "'" || quote == "\"" else {
            throw PithError(.unsupportedFeature, "an array of structures", at: .byte(8))
        }
        let name = String(description.dropFirst().prefix { $0 != quote })
        let order = try after("fortran_order")
        guard order.hasPrefix("True") || order.hasPrefix("False") else { throw damaged }
        let tuple = try after("shape")
        guard tuple.first == "(", let end = tuple.firstIndex(of: ")") else { throw damaged }
        var extents: [Int] = []
        for part in tuple[..<end].dropFirst().split(separator: ",") {
            let digits = part.filter { $0 != " " && $0 != "L" }
            guard !digits.isEmpty else { continue }
            guard let extent = Int(digits), extent >= 0 else { throw damaged }
            extents.append(extent)
        }
        return (name, order.hasPrefix("True"), try Shape(checking: extents))
    }
}
