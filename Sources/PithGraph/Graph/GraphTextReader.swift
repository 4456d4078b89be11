#if !hasFeature(Embedded)
    /// Reads the tokens of a graph's text, never past its end; errors tell line and column.
    struct GraphTextReader {
        private let bytes: [UInt8]
        private var position = 0

        init(_ text: String) { bytes = Array(text.utf8) }

        /// An error at a place, or at the current one.
        func error(_ reason: String, code: PithError.Code = .malformed, at place: Int? = nil) -> PithError {
            let position = place ?? position
            let before = bytes[..<position]
            let line = before.count { $0 == 0x0A } + 1
            let column = position - (before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0) + 1
            return PithError(code, "line \(line), column \(column): " + reason)
        }

        /// Passes over white space and comments, which begin with `#`.
        private mutating func skipSpace() {
            while position < bytes.count {
                switch bytes[position] {
                case 0x20, 0x09, 0x0A, 0x0D: position += 1
                case 0x23: while position < bytes.count, bytes[position] != 0x0A { position += 1 }
                default: return
                }
            }
        }

        /// Where the next token begins.
        var place: Int {
            mutating get {
                skipSpace()
                return position
            }
        }

        var isAtEnd: Bool {
            mutating get {
                skipSpace()
                return position == bytes.count
            }
        }

        /// Whether a text is next; takes it if so.
        mutating func take(_ text: String) -> Bool {
            skipSpace()
            guard bytes[position...].starts(with: text.utf8) else { return false }
            position += text.utf8.count
            return true
        }

        /// Whether a text is next.
        mutating func sees(_ text: String) -> Bool {
            skipSpace()
            return bytes[position...].starts(with: text.utf8)
        }

        mutating func expect(_ text: String) throws(PithError) {
            guard take(text) else { throw error("expected '\(text)'") }
        }

        /// A name, plain or in quotes.
        mutating func name(_ what: String) throws(PithError) -> String {
            skipSpace()
            guard position < bytes.count else { throw error("expected \(what), and the text ends") }
            if bytes[position] == 0x22 { return try string() }
            guard GraphText.isLetter(bytes[position]) else { throw error("expected \(what)") }
            let start = position
            while position < bytes.count, GraphText.isNamePart(bytes[position]) { position += 1 }
            return String(decoding: bytes[start..<position], as: UTF8.self)
        }

        /// A text in quotes.
        mutating func string() throws(PithError) -> String {
            try expect("\"")
            var content: [UInt8] = []
            while position < bytes.count, bytes[position] != 0x22 {
                if bytes[position] == 0x5C { position += 1 }
                guard position < bytes.count else { break }
                content.append(bytes[position])
                position += 1
            }
            try expect("\"")
            return String(decoding: content, as: UTF8.self)
        }

        /// The letters of a number: digits, signs, points, and what `inf`, `nan` and hexadecimal have.
        mutating func number() throws(PithError) -> String {
            skipSpace()
            let start = position
            while position < bytes.count,
                GraphText.isNamePart(bytes[position]) || bytes[position] == 0x2D
                    || bytes[position] == 0x2B
            { position += 1 }
            guard start < position else { throw error("expected a number") }
            return String(decoding: bytes[start..<position], as: UTF8.self)
        }

        mutating func integer() throws(PithError) -> Int64 {
            let start = position
            guard let value = Int64(try number()) else {
                position = start
                throw error("expected an integer of 64 bits")
            }
            return value
        }

        mutating func float() throws(PithError) -> Float {
            let start = position
            guard let value = Float(try number()) else {
                position = start
                throw error("expected a number")
            }
            return value
        }
    }
#endif
