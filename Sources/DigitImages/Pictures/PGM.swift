import PithGraph

/// PGM pictures (netpbm), of bytes or text, with at most 255 greys.
enum PGM {
    static func decode(_ bytes: [UInt8]) throws(PithError) -> GreyPicture {
        var position = 2
        let width = try number(bytes, &position)
        let height = try number(bytes, &position)
        let greatest = try number(bytes, &position)
        try GreyPicture.check(width: width, height: height)
        guard greatest >= 1, greatest <= 255 else {
            throw PithError(.unsupportedFeature, "\(greatest + 1) greys in a PGM", advice: "save it with 256")
        }
        var pixels: [UInt8] = []
        if bytes[1] == UInt8(ascii: "5") {
            position += 1
            guard bytes.count - position >= width * height else {
                throw PithError(.truncated, "the picture ends early", at: .byte(UInt64(bytes.count)))
            }
            pixels = Array(bytes[position..<(position + width * height)])
        } else {
            guard bytes.count - position >= width * height else {
                throw PithError(.truncated, "the picture ends early", at: .byte(UInt64(bytes.count)))
            }
            for _ in 0..<(width * height) { pixels.append(UInt8(min(try number(bytes, &position), 255))) }
        }
        pixels = pixels.map { UInt8(min(Int($0), greatest) * 255 / greatest) }
        return try GreyPicture(width: width, height: height, pixels: pixels)
    }

    private static func number(_ bytes: [UInt8], _ position: inout Int) throws(PithError) -> Int {
        var isComment = false
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "#") { isComment = true }
            if isComment { isComment = byte != 10 } else if !isSpace(byte) { break }
            position += 1
        }
        var value = 0
        let start = position
        while position < bytes.count, (48...57).contains(bytes[position]), position - start < 9 {
            value = value * 10 + Int(bytes[position] - 48)
            position += 1
        }
        guard position > start else {
            throw PithError(.malformed, "a number is missing in the PGM", at: .byte(UInt64(position)))
        }
        return value
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }
}
