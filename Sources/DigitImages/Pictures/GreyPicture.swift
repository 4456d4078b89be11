public import PithGraph

/// A picture in grey, 0 black to 255 white, rows from the top.
public struct GreyPicture: Sendable, Hashable {
    /// Pixels of a row.
    public let width: Int
    /// Rows.
    public let height: Int
    /// `width × height` pixels.
    public let pixels: [UInt8]

    /// Pixels that a picture may have: 64 million.
    public static let pixelLimit = 1 << 26

    /// Creates a picture.
    ///
    /// - Throws: `malformed` when there are more or fewer pixels than the sides say, `limitExceeded`.
    public init(width: Int, height: Int, pixels: [UInt8]) throws(PithError) {
        try Self.check(width: width, height: height)
        guard pixels.count == width * height else {
            throw PithError(.malformed, "\(width) × \(height) pixels are declared, the file has \(pixels.count)")
        }
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    /// Decodes a PNG or PGM file, told by its content.
    ///
    /// - Throws: `wrongKind` with advice for other kinds, `malformed`, `truncated`, `limitExceeded`.
    public init(decoding bytes: [UInt8]) throws(PithError) {
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) {
            self = try PNG.decode(bytes)
        } else if bytes.starts(with: Array("P5".utf8)) || bytes.starts(with: Array("P2".utf8)) {
            self = try PGM.decode(bytes)
        } else if bytes.starts(with: [0xFF, 0xD8]) {
            throw PithError(
                .wrongKind, "a JPEG picture, which is not read", at: .byte(0),
                advice: "save it as PNG, for example with 'magick picture.jpg picture.png'")
        } else if bytes.isEmpty {
            throw PithError(.truncated, "the file is empty", at: .byte(0))
        } else {
            throw PithError(.wrongKind, "not a PNG, PGM or IDX picture", at: .byte(0), advice: "save it as PNG")
        }
    }

    static func check(width: Int, height: Int) throws(PithError) {
        guard width >= 1, height >= 1, width <= pixelLimit, height <= pixelLimit / width else {
            throw PithError(.limitExceeded, "\(width) × \(height) pixels, where at most \(pixelLimit) are allowed")
        }
    }
}
