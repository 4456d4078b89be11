import DigitImages
import PithGraph
import Testing

@Suite("Preparation") struct PreparationTests {
    private func bar(ground: UInt8, ink: UInt8) throws -> GreyPicture {
        var pixels = [UInt8](repeating: ground, count: 90 * 60)
        for y in 5..<45 { for x in 60..<70 { pixels[y * 90 + x] = ink } }
        return try GreyPicture(width: 90, height: 60, pixels: pixels)
    }

    @Test("strokes are bright, 20 high and centred, on any ground", arguments: [(255, 0), (0, 255), (200, 40)])
    func barIsCentred(ground: Int, ink: Int) throws {
        let image = try DigitImage(preparing: bar(ground: UInt8(ground), ink: UInt8(ink)))
        let lit = image.pixels.indices.filter { image.pixels[$0] > 0.5 }
        #expect(Set(lit.map { $0 / 28 }) == Set(4..<24))
        #expect(Set(lit.map { $0 % 28 }).count == 5)
        #expect(lit.allSatisfy { (11...16).contains($0 % 28) })
    }

    @Test func badPicturesHaveTheirCodes() throws {
        let blank = try GreyPicture(width: 30, height: 30, pixels: [UInt8](repeating: 9, count: 900))
        let empty = #expect(throws: PithError.self) { try DigitImage(preparing: blank) }
        #expect(empty?.code == .invalidArgument)
        let jpeg = #expect(throws: PithError.self) { try GreyPicture(decoding: [0xFF, 0xD8, 0xFF]) }
        #expect(jpeg?.advice.contains("PNG") == true)
        let png = #expect(throws: PithError.self) {
            try GreyPicture(decoding: [0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10, 0])
        }
        #expect(png?.code == .malformed)
    }

    @Test func pgmOfTextAndBytesAgree() throws {
        let text = try GreyPicture(decoding: Array("P2 # grey\n2 1\n255\n0 128\n".utf8))
        let bytes = try GreyPicture(decoding: Array("P5\n2 1\n255\n".utf8) + [0, 128])
        #expect(text == bytes)
    }
}
