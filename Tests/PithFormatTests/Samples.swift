import PithFormat
import PithGraph
import Testing

/// CRC-32 bit by bit, so that no checksum in a test comes from the code under test.
func crc(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    var value: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
        value ^= UInt32(byte)
        for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    }
    return le32(~value)
}

func le32(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
func le64(_ value: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }

func leb(_ value: UInt64) -> [UInt8] {
    value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7F) | 0x80] + leb(value >> 7)
}

/// A file written by hand from `spec/FORMAT.md`: sections in order, everything else worked out, so that each lie in it
/// is the test's own.
struct HandFile {
    var major: UInt8 = 1
    var minor: UInt8 = 0
    var headerLength: Int?
    var role: UInt8 = 2
    var features: UInt64 = 0
    var fileLength: UInt64?
    var decodedBytes: UInt64 = 0
    var workingBytes: UInt64 = 0
    var operators: [UInt8] = []
    var sections: [(kind: String, bytes: [UInt8])] = []

    /// What the directory says of a section's length, where that is a lie.
    var lengths: [Int: UInt64] = [:]

    /// What the directory says of a section's checksum, where that is a lie.
    var checksums: [Int: [UInt8]] = [:]

    /// Bytes between the directory and the header's checksum.
    var extra: [UInt8] = []

    var bytes: [UInt8] {
        let body = sections.flatMap { $0.bytes }
        var length = fileLength ?? 0
        while true {
            let header = header(length)
            guard fileLength == nil, length != UInt64(header.count + body.count) else { return header + body }
            length = UInt64(header.count + body.count)
        }
    }

    private func header(_ length: UInt64) -> [UInt8] {
        var fields: [UInt8] = [role] + leb(features) + leb(length) + leb(decodedBytes) + leb(workingBytes)
        fields += leb(UInt64(operators.count)) + operators + leb(UInt64(sections.count))
        for (number, section) in sections.enumerated() {
            fields += Array(section.kind.utf8) + leb(lengths[number] ?? UInt64(section.bytes.count))
            if section.kind != "DATA" { fields += checksums[number] ?? crc(section.bytes) }
        }
        fields += extra
        let count = headerLength ?? 12 + fields.count + 4
        let start: [UInt8] = [0x89, 0x50, 0x54, 0x48, 0x0D, 0x0A, 0x1A, 0x0A, major, minor]
        let header = start + [UInt8(count & 0xFF), UInt8(count >> 8)] + fields
        return header + crc(header)
    }

    /// The example of the specification: weights with one `uint8` tensor `a`.
    static var weights: HandFile {
        HandFile(
            decodedBytes: 3,
            sections: [
                ("TNSR", [18, 1, 1, 0x61, 14, 0, 1, 3, 0, 3] + crc([1, 2, 3])),
                ("DATA", [1, 2, 3]),
            ])
    }

    /// `y = x + w` with `x` and `w` of one float; `w` is 1.
    static var model: HandFile {
        let one: [UInt8] = [0, 0, 0x80, 0x3F]
        return HandFile(
            role: 1, decodedBytes: 4, workingBytes: 4, operators: [16],
            sections: [
                (
                    "GRPH",
                    [1, 0x67, 21] + [1, 1, 0x78, 1, 1, 3]  // graph g, one input: x, float32, rank 1, extent 1
                        + [1, 0] + [1, 16, 2, 1, 2, 0]  // one initializer as stored; Add of values 0 and 1
                        + [1, 2, 1, 0x79]  // output: value 2, y
                ),
                ("TNSR", [18, 1, 1, 0x77, 1, 0, 1, 1, 0, 4] + crc(one)),
                ("DATA", one),
            ])
    }

    /// A valid file taken apart, so that it can be put together otherwise.
    init(reading bytes: [UInt8]) {
        var place = 12
        func number() -> UInt64 {
            var value: UInt64 = 0
            var shift: UInt64 = 0
            while true {
                let byte = bytes[place]
                place += 1
                value |= UInt64(byte & 0x7F) << shift
                shift += 7
                if byte < 0x80 { return value }
            }
        }
        (major, minor) = (bytes[8], bytes[9])
        role = bytes[place]
        place += 1
        features = number()
        _ = number()
        decodedBytes = number()
        workingBytes = number()
        let operatorCount = Int(number())
        operators = Array(bytes[place..<(place + operatorCount)])
        place += operatorCount
        var directory: [(String, Int)] = []
        for _ in 0..<number() {
            let kind = String(decoding: bytes[place..<(place + 4)], as: UTF8.self)
            place += 4
            directory.append((kind, Int(number())))
            place += kind == "DATA" ? 0 : 4
        }
        var start = Int(bytes[10]) | Int(bytes[11]) << 8
        for (kind, length) in directory {
            sections.append((kind, Array(bytes[start..<(start + length)])))
            start += length
        }
    }

    init(
        role: UInt8 = 2, features: UInt64 = 0, decodedBytes: UInt64 = 0, workingBytes: UInt64 = 0,
        operators: [UInt8] = [], sections: [(kind: String, bytes: [UInt8])] = []
    ) {
        self.role = role
        self.features = features
        self.decodedBytes = decodedBytes
        self.workingBytes = workingBytes
        self.operators = operators
        self.sections = sections
    }
}

func tensor(_ name: String, _ type: ElementType, _ shape: Shape, _ fill: (Int) -> UInt8 = { _ in 0 }) throws
    -> StoredTensor
{
    try StoredTensor(
        name: name, elementType: type, shape: shape,
        bytes: (0..<(shape.elementCount * type.byteCount)).map { fill($0) })
}

/// Floats of a normal-like distribution: what trained weights look like to a codec.
func weights(_ name: String, _ shape: Shape) throws -> StoredTensor {
    var state: UInt64 = 42
    func next() -> Float {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Float(state >> 40) / Float(1 << 24) - 0.5
    }
    var bytes: [UInt8] = []
    for _ in 0..<shape.elementCount { bytes += le32(((next() + next() + next()) * 0.05).bitPattern) }
    return try StoredTensor(name: name, elementType: .float32, shape: shape, bytes: bytes)
}

/// A model that uses every part of the format, in under 4 KiB.
func smallModel() throws -> ModelFile {
    var graph = Graph(name: "small")
    let x = try graph.addInput("x", ValueType(.float32, ["batch", 4]))
    let w = try graph.addInitializer("w", .float32, [3, 4])
    let b = try graph.addInitializer("b", .float32, [3])
    let y = try graph.add(.gemm, [x, w, b], [.transB: 1])
    let z = try graph.add(.leakyRelu, [y], [.alpha: 0.25])
    let shape = try graph.add(.constant, [], [.valueInts: [-1, 3]])
    try graph.addOutput(graph.add(.softmax, [graph.add(.reshape, [z, shape])]), name: "p")
    return ModelFile(
        role: .model, graph: graph,
        tensors: [try tensor("b", .float32, [3]), try tensor("w", .bfloat16, [3, 4]) { UInt8($0 * 7) }],
        metadata: [
            "labels": .strings(["a", "ä", ""]), Metadata.inputMean: 0.0, "i": .int(-5), "f": .floats([1, -0.5]),
            "licence": "MIT",
        ],
        testVectors: [
            TestVector(inputs: [try tensor("", .float32, [2, 4])], outputs: [try tensor("", .float32, [2, 3])])
        ])
}

/// The code of the error that decoding gives, nil when it gives none.
func refusal(
    _ bytes: [UInt8], _ limits: ReadingLimits = ReadingLimits(), expecting role: FileRole? = nil
) -> PithError.Code? {
    do throws(PithError) {
        _ = try ModelFile.decode(bytes, expecting: role, limits: limits)
        return nil
    } catch {
        return error.code
    }
}
