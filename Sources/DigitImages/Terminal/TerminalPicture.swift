/// A digit drawn with text, two rows of pixels to a line.
public enum TerminalPicture {
    private static let shades: [Character] = Array(" .:-=+*#%@")

    /// Draws with half blocks in 24-bit greys, for a terminal, or with shades of text elsewhere.
    ///
    /// - Parameters:
    ///   - image: The digit.
    ///   - colours: Whether the reader understands ANSI colours.
    /// - Returns: 14 lines.
    public static func lines(_ image: DigitImage, colours: Bool) -> [String] {
        let side = DigitImage.side
        return stride(from: 0, to: side, by: 2).map { row in
            var line = ""
            for column in 0..<side {
                let upper = image.pixels[row * side + column]
                let lower = image.pixels[(row + 1) * side + column]
                line += colours ? block(upper, lower) : String(shade((upper + lower) / 2))
            }
            return colours ? line + "\u{1B}[0m" : line
        }
    }

    private static func block(_ upper: Float, _ lower: Float) -> String {
        let (a, b) = (Int(upper * 255), Int(lower * 255))
        return "\u{1B}[38;2;\(a);\(a);\(a)m\u{1B}[48;2;\(b);\(b);\(b)m▀"
    }

    private static func shade(_ value: Float) -> Character {
        shades[min(Int(value * Float(shades.count)), shades.count - 1)]
    }
}
