#if Conversion
    import PithGraph

    /// Numbers, texts and bytes.
    extension PickleMachine {
        mutating func number(_ opcode: PickleOpcode) throws(PithError) -> PickleValue {
            switch opcode {
            case .none: return .none
            case .newTrue: return .bool(true)
            case .newFalse: return .bool(false)
            case .binInt: return .int(Int64(Int32(truncatingIfNeeded: try reader.number(bytes: 4))))
            case .binInt1: return .int(Int64(try reader.byte()))
            case .binInt2: return .int(Int64(try reader.number(bytes: 2)))
            case .long1: return integer(try reader.take(Int(try reader.byte())))
            case .long4: return integer(try reader.take(Int(try reader.number(bytes: 4))))
            case .binFloat:
                return .float(Double(bitPattern: try reader.take(8).reduce(0) { $0 << 8 | UInt64($1) }))
            case .floatLine:
                guard let value = Double(try word()) else { throw PithError(.malformed, "a number is not one") }
                return .float(value)
            default: return try integerLine()
            }
        }

        private mutating func integerLine() throws(PithError) -> PickleValue {
            var word = try word()
            // Protocol 0 writes bools as 00 and 01.
            if word == "00" { return .bool(false) }
            if word == "01" { return .bool(true) }
            if word.hasSuffix("L") { word.removeLast() }
            if let value = Int64(word) { return .int(value) }
            let digits = word.hasPrefix("-") ? word.dropFirst() : word[...]
            guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }) else {
                throw PithError(.malformed, "a number of the pickle is not one")
            }
            return .longInt
        }

        private mutating func word() throws(PithError) -> String {
            String(decoding: try reader.line(limit: Self.lineLimit), as: UTF8.self)
        }

        /// Two's complement, little-endian.
        private func integer(_ bytes: [UInt8]) -> PickleValue {
            guard bytes.count <= 8 else {
                let sign: UInt8 = bytes[7] & 0x80 == 0 ? 0 : 0xFF
                return bytes[8...].allSatisfy { $0 == sign } ? integer(Array(bytes[..<8])) : .longInt
            }
            let isNegative = (bytes.last ?? 0) & 0x80 != 0
            return .int(bytes.reversed().reduce(isNegative ? -1 : 0) { $0 << 8 | Int64($1) })
        }

        mutating func text(_ opcode: PickleOpcode) throws(PithError) -> PickleValue {
            switch opcode {
            case .binUnicode: return .text(try unicode(reader.take(length(4))))
            case .shortBinUnicode: return .text(try unicode(reader.take(length(1))))
            case .binUnicode8: return .text(try unicode(reader.take(length(8))))
            case .binString: return .text(latin1(try reader.take(length(4))))
            case .shortBinString: return .text(latin1(try reader.take(length(1))))
            case .unicodeLine: return .text(try unicode(reader.line(limit: Self.lineLimit)))
            default:
                let line = try reader.line(limit: Self.lineLimit)
                guard line.count >= 2, let quote = line.first, quote == line.last, quote == 0x27 || quote == 0x22 else {
                    throw PithError(.malformed, "a text of the pickle has no quotes")
                }
                return .text(latin1(Array(line[1..<(line.count - 1)])))
            }
        }

        mutating func bytes(_ opcode: PickleOpcode) throws(PithError) -> [UInt8] {
            switch opcode {
            case .shortBinBytes: try reader.take(length(1))
            case .binBytes: try reader.take(length(4))
            default: try reader.take(length(8))
            }
        }

        private mutating func length(_ count: Int) throws(PithError) -> Int {
            let value = try reader.number(bytes: count)
            guard value <= UInt64(reader.remaining) else {
                throw PithError(.truncated, "\(value) bytes are declared, where \(reader.remaining) are left")
            }
            return Int(value)
        }

        private func unicode(_ bytes: [UInt8]) throws(PithError) -> String {
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw PithError(.malformed, "a text of the pickle is not UTF-8")
            }
            return text
        }

        /// The texts of Python 2, which had no encoding: each byte a code point, so that none is lost.
        private func latin1(_ bytes: [UInt8]) -> String {
            if bytes.allSatisfy({ $0 < 0x80 }) { return String(decoding: bytes, as: UTF8.self) }
            var text = String.UnicodeScalarView()
            for byte in bytes { text.append(Unicode.Scalar(byte)) }
            return String(text)
        }
    }
#endif
