import PithFormat
import PithGraph

/// A safetensors file: eight bytes with the length of a JSON header, the header, and the tensors' bytes without a gap.
enum SafetensorsFile {
    /// Bytes of a header, as in the reference reader.
    static let headerLimit = 100_000_000

    /// The tensors of a file, in the order of their bytes.
    ///
    /// - Throws: `truncated`, `malformed`, `limitExceeded`, `duplicateName`, `invalidName`, `trailingBytes`: a header
    ///   that does not describe exactly the bytes of the file.
    static func read(_ file: SourceFile) throws(PithError) -> SourceWeights {
        do throws(PithError) {
            return try checkedRead(file)
        } catch {
            throw error.located(in: file.location(8))
        }
    }

    private static func checkedRead(_ file: SourceFile) throws(PithError) -> SourceWeights {
        var reader = SourceReader(file)
        let length = try reader.number(bytes: 8)
        guard length <= UInt64(headerLimit) else {
            throw PithError(
                .limitExceeded, "a header of \(length) bytes, where \(headerLimit) are allowed", at: .byte(0))
        }
        let header = try StrictJSON.object(reader.take(Int(length)))
        let start = reader.position
        var weights = SourceWeights([])
        var entries: [Entry] = []
        for (name, value) in header {
            if name == "__metadata__" {
                guard let notes = value as? [String: String] else {
                    throw PithError(.malformed, "the metadata are not texts under keys")
                }
                weights.notes = notes
                continue
            }
            do throws(PithError) {
                entries.append(try entry(name, value, file, start))
            } catch {
                throw error.located(in: .tensor(name))
            }
        }
        entries.sort {
            ($0.range.lowerBound, $0.range.upperBound, $0.name) < ($1.range.lowerBound, $1.range.upperBound, $1.name)
        }
        var position = 0
        for entry in entries {
            guard entry.range.lowerBound == position else {
                throw PithError(
                    .malformed,
                    "the bytes begin at \(entry.range.lowerBound), where the tensor before ends at "
                        + "\(position): tensors overlap or leave a gap", at: .tensor(entry.name))
            }
            position = entry.range.upperBound
            weights.tensors.append(entry.tensor)
        }
        guard start + position == file.count else {
            throw PithError(
                start + position > file.count ? .truncated : .trailingBytes,
                "the tensors end at byte \(start + position), the file at \(file.count)",
                at: .byte(UInt64(start + position)))
        }
        return try weights.checked(sourceBytes: file.count)
    }

    /// A tensor's row of the header.
    private struct Entry {
        let name: String
        let range: Range<Int>
        let tensor: SourceTensor
    }

    private static func entry(
        _ name: String, _ value: Any, _ file: SourceFile, _ start: Int
    ) throws(PithError) -> Entry {
        guard let fields = value as? [String: Any], fields.count == 3, let type = fields["dtype"] as? String,
            let extents = fields["shape"] as? [Any], let offsets = fields["data_offsets"] as? [Any], offsets.count == 2
        else { throw PithError(.malformed, "an entry needs dtype, shape and data_offsets, and nothing else") }
        let dimensions = extents.compactMap { StrictJSON.count($0) }
        guard dimensions.count == extents.count, let begin = StrictJSON.count(offsets[0]),
            let end = StrictJSON.count(offsets[1]), begin <= end, end <= file.count - start
        else { throw PithError(.malformed, "an extent or offset is negative, not whole, or leaves the file") }
        let shape = try Shape(checking: dimensions)
        guard let elementType = types[type] else {
            guard let bits = carried[type] else { throw PithError(.malformed, "the type '\(type)' is not known") }
            guard (end - begin).multipliedReportingOverflow(by: 8) == (shape.elementCount * bits, false) else {
                throw PithError(.shapeMismatch, "\(end - begin) bytes are declared for \(type) \(shape)")
            }
            let tensor = try SourceTensor(
                name: name, foreign: ForeignElements(typeName: customaryNames[type] ?? type, shape: shape),
                byteCount: end - begin,
                .bytes((start + begin)..<(start + end), of: file))
            return Entry(name: name, range: begin..<end, tensor: tensor)
        }
        guard shape.elementCount * elementType.byteCount == end - begin else {
            throw PithError(
                .shapeMismatch,
                "\(type) \(shape) needs \(shape.elementCount * elementType.byteCount) bytes, "
                    + "\(end - begin) are declared")
        }
        let tensor = SourceTensor(
            name: name, elementType: elementType, shape: shape, .bytes((start + begin)..<(start + end), of: file))
        return Entry(name: name, range: begin..<end, tensor: tensor)
    }

    /// The format's names of element types.
    static let types: [String: ElementType] = [
        "F64": .float64, "F32": .float32, "F16": .float16, "BF16": .bfloat16, "F8_E4M3": .float8e4m3fn,
        "F8_E5M2": .float8e5m2, "I64": .int64, "I32": .int32, "I16": .int16, "I8": .int8, "U64": .uint64,
        "U32": .uint32, "U16": .uint16, "U8": .uint8, "BOOL": .bool,
    ]

    /// Types that Pith carries as bytes, with the bits of an element.
    static let carried: [String: Int] = [
        "C64": 64, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "F8_E8M0": 8, "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8,
    ]

    /// What those of them are called that other kinds of files have too (`spec/FORMAT.md`, "Encodings").
    static let customaryNames = [
        "C64": "complex64", "F8_E8M0": "float8_e8m0fnu", "F8_E4M3FNUZ": "float8_e4m3fnuz",
        "F8_E5M2FNUZ": "float8_e5m2fnuz",
    ]
}
