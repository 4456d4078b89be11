import PithGraph

/// A tensor's shape, encoding and layout in the index (`spec/FORMAT.md`, "TNSR").
enum EncodingFields {
    private enum Code {
        static let plain: UInt8 = 0
        static let affine: UInt8 = 1
        static let palette: UInt8 = 2
        static let sparse: UInt8 = 3
        static let foreign: UInt8 = 4
    }

    private enum GroupCode {
        static let tensor: UInt8 = 0
        static let slices: UInt8 = 1
        static let blocks: UInt8 = 2
    }

    /// Says in the byte of groups that there are zero points.
    private static let zeroPoints: UInt8 = 0x10

    static func encode(_ entry: TensorIndex.Entry, _ writer: inout ByteWriter) {
        let form = entry.form
        if let foreign = entry.foreign {
            writer.byte(Code.foreign)
            encode(form.shape, &writer)
            writer.text(foreign.typeName)
            encode(foreign.shape, &writer)
            return
        }
        writer.byte(code(form.encoding) | form.layout.rawValue << 4)
        encode(form.shape, &writer)
        guard case .sparse(let sparse) = form.encoding else { return encode(form.encoding, &writer) }
        writer.count(sparse.count)
        writer.byte(sparse.scan.rawValue)
        writer.count(sparse.extraByteCount)
        writer.byte(code(sparse.values.encoding))
        encode(sparse.values.encoding, &writer)
    }

    static func encode(_ shape: Shape, _ writer: inout ByteWriter) {
        writer.count(shape.rank)
        for extent in shape.dimensions { writer.count(extent) }
    }

    private static func code(_ encoding: TensorEncoding) -> UInt8 {
        switch encoding {
        case .plain: Code.plain
        case .affine: Code.affine
        case .palette: Code.palette
        case .sparse: Code.sparse
        }
    }

    private static func encode(_ encoding: TensorEncoding, _ writer: inout ByteWriter) {
        switch encoding {
        case .plain, .sparse: return
        case .affine(let affine):
            writer.byte(affine.codeType.rawValue)
            writer.byte(affine.scaleType.rawValue)
            encode(affine.grouping, affine.hasZeroPoints ? zeroPoints : 0, &writer)
        case .palette(let palette):
            writer.byte(palette.entryType.rawValue)
            writer.count(palette.entryCount)
            encode(palette.grouping, 0, &writer)
        }
    }

    private static func encode(_ groups: EncodingGroups, _ flags: UInt8, _ writer: inout ByteWriter) {
        switch groups {
        case .tensor: writer.byte(GroupCode.tensor | flags)
        case .slices(let axis, let size):
            writer.byte(GroupCode.slices | flags)
            writer.count(axis)
            writer.count(size)
        case .blocks(let axis, let size):
            writer.byte(GroupCode.blocks | flags)
            writer.count(axis)
            writer.count(size)
        }
    }

    static func decode(
        _ name: String, _ type: ElementType, _ reader: inout ByteReader
    ) throws(PithError) -> TensorIndex.Entry {
        let byte = try reader.byte()
        guard let layout = TensorLayout(rawValue: byte >> 4) else {
            throw reader.error(.unsupportedFeature, "layout \(byte >> 4) is not known")
        }
        let shape = try shape(&reader)
        if byte == Code.foreign {
            let foreign = ForeignElements(typeName: try reader.name(), shape: try self.shape(&reader))
            guard type == .uint8, shape.rank == 1 else {
                throw reader.error(.malformed, "elements of a foreign type are not bytes")
            }
            return TensorIndex.Entry(name: name, form: try TensorForm(type, shape), foreign: foreign)
        }
        let encoding: TensorEncoding
        if byte & 15 == Code.sparse {
            encoding = .sparse(try sparse(&reader))
        } else {
            encoding = try values(byte & 15, &reader)
        }
        return TensorIndex.Entry(name: name, form: try TensorForm(type, shape, encoding, layout), foreign: nil)
    }

    private static func shape(_ reader: inout ByteReader) throws(PithError) -> Shape {
        var extents: [Int] = []
        let rank = try reader.count(limit: Limits.rank, of: "dimensions")
        extents.reserveCapacity(rank)
        for _ in 0..<rank {
            extents.append(try reader.count(limit: Limits.elementCount, of: "elements", itemBytes: 0))
        }
        return try Shape(checking: extents)
    }

    private static func values(_ code: UInt8, _ reader: inout ByteReader) throws(PithError) -> TensorEncoding {
        switch code {
        case Code.plain: return .plain
        case Code.affine:
            let typeCode = try reader.byte()
            guard let codeType = AffineEncoding.CodeType(rawValue: typeCode) else {
                throw reader.error(.unsupportedFeature, "codes of type \(typeCode) are not known")
            }
            let scaleType = try GraphSection.elementType(try reader.byte(), reader)
            let flags = try reader.byte()
            return .affine(
                AffineEncoding(
                    codeType, scaleType: scaleType, grouping: try groups(flags & ~zeroPoints, &reader),
                    hasZeroPoints: flags & zeroPoints != 0))
        case Code.palette:
            let entryType = try GraphSection.elementType(try reader.byte(), reader)
            let count = try reader.count(limit: 256, of: "entries of a palette", itemBytes: 0)
            return .palette(
                PaletteEncoding(entryType, entryCount: count, grouping: try groups(try reader.byte(), &reader)))
        default: throw reader.error(.unsupportedFeature, "encoding \(code) is not known")
        }
    }

    private static func sparse(_ reader: inout ByteReader) throws(PithError) -> SparseEncoding {
        let count = try reader.count(limit: Limits.elementCount, of: "elements", itemBytes: 0)
        let scanCode = try reader.byte()
        guard let scan = SparseEncoding.Scan(rawValue: scanCode) else {
            throw reader.error(.unsupportedFeature, "scan \(scanCode) is not known")
        }
        let extra = try reader.count(limit: .max >> 1, of: "bytes", itemBytes: 0)
        let values: SparseEncoding.Values
        switch try self.values(try reader.byte(), &reader) {
        case .affine(let affine): values = .affine(affine)
        case .palette(let palette): values = .palette(palette)
        case .plain, .sparse: values = .plain
        }
        return SparseEncoding(count: count, scan: scan, values: values, extraByteCount: extra)
    }

    private static func groups(_ code: UInt8, _ reader: inout ByteReader) throws(PithError) -> EncodingGroups {
        guard code != GroupCode.tensor else { return .tensor }
        guard code == GroupCode.slices || code == GroupCode.blocks else {
            throw reader.error(.unsupportedFeature, "groups of kind \(code) are not known")
        }
        let axis = try reader.count(limit: Limits.rank, of: "axes", itemBytes: 0)
        let size = try reader.count(limit: Limits.elementCount, of: "elements of a group", itemBytes: 0)
        return code == GroupCode.slices ? .slices(axis: axis, size: size) : .blocks(axis: axis, size: size)
    }
}
