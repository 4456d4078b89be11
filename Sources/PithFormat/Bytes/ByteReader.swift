import PithGraph

/// Reads the fields of one stretch of bytes, never past its end; positions in errors are from the start of the file.
struct ByteReader {
    private let bytes: ArraySlice<UInt8>

    /// Where in `bytes` the next field begins.
    private var position: Int

    /// The section, nil for the header.
    private let kind: SectionKind?

    /// How many items of an array are made room for on the word of a file.
    static let mostReserved = 256

    /// The distance from a position in `bytes` to that in the file.
    private let base: Int

    /// Reads bytes that stand at a place in the file.
    init(_ bytes: ArraySlice<UInt8>, at start: Int, section: SectionKind?) {
        self.bytes = bytes
        base = start - bytes.startIndex
        position = bytes.startIndex
        kind = section
    }

    /// The position in the file.
    var offset: Int { base + position }

    /// How many bytes are left.
    var remaining: Int { bytes.endIndex - position }

    var isAtEnd: Bool { remaining == 0 }

    /// The section's name.
    var section: String { kind?.name ?? "header" }

    func error(_ code: PithError.Code, _ reason: String, advice: String = "") -> PithError {
        PithError(
            code, reason, at: PithError.Location(offset: UInt64(offset), section: section), advice: advice)
    }

    mutating func byte() throws(PithError) -> UInt8 {
        guard remaining > 0 else { throw error(.truncated, "the section ends early") }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func take(_ count: Int) throws(PithError) -> ArraySlice<UInt8> {
        guard count <= remaining else { throw error(.truncated, "the section ends early") }
        defer { position += count }
        return bytes[position..<(position + count)]
    }

    mutating func uint32() throws(PithError) -> UInt32 { UInt32(truncatingIfNeeded: try littleEndian(4)) }

    mutating func uint64() throws(PithError) -> UInt64 { try littleEndian(8) }

    private mutating func littleEndian(_ count: Int) throws(PithError) -> UInt64 {
        guard count <= remaining else { throw error(.truncated, "the section ends early") }
        var value: UInt64 = 0
        for place in 0..<count { value |= UInt64(bytes[position + place]) << UInt64(8 * place) }
        position += count
        return value
    }

    /// An unsigned LEB128 number in its shortest form.
    mutating func varint() throws(PithError) -> UInt64 {
        guard remaining > 0, bytes[position] < 0x80 else { return try longVarint() }
        position += 1
        return UInt64(bytes[position - 1])
    }

    /// Apart, so that the usual number of one byte is read in a few instructions.
    @inline(never)
    private mutating func longVarint() throws(PithError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: 0, to: 70, by: 7) {
            let next = try byte()
            let bits = UInt64(next & 0x7F)
            guard shift < 63 || bits <= 1 else { throw error(.malformed, "a number has over 64 bits") }
            value |= bits << UInt64(shift)
            guard next & 0x80 == 0 else { continue }
            guard shift == 0 || next != 0 else { throw error(.malformed, "a number is not in its shortest form") }
            return value
        }
        throw error(.malformed, "a number has over 64 bits")
    }

    /// A count that is at most `limit`, each of whose items takes at least `itemBytes` of what is left.
    mutating func count(limit: Int, of items: String, itemBytes: Int = 1) throws(PithError) -> Int {
        let value = try varint()
        guard value <= UInt64(limit) else {
            throw error(.limitExceeded, "\(value) \(items), where at most \(limit) are allowed")
        }
        guard itemBytes == 0 || Int(value) <= remaining / itemBytes else {
            throw error(.truncated, "\(value) \(items) do not fit in the rest of the section")
        }
        return Int(value)
    }

    mutating func signed() throws(PithError) -> Int64 {
        let value = try varint()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    mutating func text(limit: Int = Limits.nameBytes) throws(PithError) -> String {
        let length = try count(limit: limit, of: "bytes of text")
        let start = position
        position += length
        let slice = bytes[start..<position]
        // `String(validating:as:)` looks up the type of a generic view in each call, which takes longer than the rest.
        let text = String(decoding: slice, as: UTF8.self)
        guard slice.allSatisfy({ $0 < 0x80 }) || text.utf8.elementsEqual(slice) else {
            position = start
            throw error(.invalidName, "a text is not UTF-8")
        }
        return text
    }

    /// A text that is a name, or empty where that will do.
    mutating func name(mayBeEmpty: Bool = false) throws(PithError) -> String {
        let start = position
        let name = try text()
        do throws(PithError) {
            try Limits.check(name: name, mayBeEmpty: mayBeEmpty)
        } catch {
            position = start
            throw self.error(error.code, error.reason)
        }
        return name
    }

    func finish() throws(PithError) {
        guard isAtEnd else { throw error(.trailingBytes, "bytes are left over in the section") }
    }
}
