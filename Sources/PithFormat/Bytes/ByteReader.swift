import PithGraph

/// Reads the fields of one stretch of bytes, never past its end; positions in errors are from the start of the file.
struct ByteReader {
    let bytes: [UInt8]
    private(set) var position: Int
    let end: Int
    let section: String

    /// How many items of an array are made room for on the word of a file.
    static let mostReserved = 256

    /// Where in the file `bytes` begins.
    private let base: Int

    /// Reads the whole of a section's bytes, which stand at `base` in the file.
    init(_ bytes: [UInt8], at base: Int, section: String) {
        self.init(bytes, 0..<bytes.count, at: base, section: section)
    }

    init(_ bytes: [UInt8], _ range: Range<Int>, at base: Int = 0, section: String) {
        self.bytes = bytes
        self.base = base
        position = range.lowerBound
        end = range.upperBound
        self.section = section
    }

    /// The position in the file.
    var offset: Int { base + position }

    var isAtEnd: Bool { position == end }

    func error(_ code: PithError.Code, _ reason: String, advice: String = "") -> PithError {
        PithError(
            code, reason, at: PithError.Location(offset: UInt64(offset), section: section), advice: advice)
    }

    mutating func byte() throws(PithError) -> UInt8 {
        guard position < end else { throw error(.truncated, "the section ends early") }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func take(_ count: Int) throws(PithError) -> ArraySlice<UInt8> {
        guard count <= end - position else { throw error(.truncated, "the section ends early") }
        defer { position += count }
        return bytes[position..<(position + count)]
    }

    mutating func uint32() throws(PithError) -> UInt32 {
        try take(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    mutating func uint64() throws(PithError) -> UInt64 {
        try take(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// An unsigned LEB128 number in its shortest form.
    mutating func varint() throws(PithError) -> UInt64 {
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
        guard Int(value) <= (end - position) / max(itemBytes, 1) || itemBytes == 0 else {
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
        let slice = try take(length)
        guard let text = String(validating: slice, as: UTF8.self) else {
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
