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
        #expect(lit.allSatisfy { (11...17).contains($0 % 28) })
    }

    /// Twenty rows of strokes of every grey, as MNIST's are, at the place where mass puts them.
    private func prepared(_ seed: Int) throws -> [UInt8] {
        var (state, pixels) = (seed, [UInt8](repeating: 0, count: 784))
        for y in 0..<20 {
            let middle = 8 + (y * seed / 7) % 5
            for x in 0..<6 {
                state = (state * 1_103_515_245 + 12345) % (1 << 31)
                pixels[(y + 4) * 28 + middle + x] = UInt8(5 + (state >> 16) % 251)
            }
        }
        // Where MNIST would have put it: the least shift that brings the mass behind the middle.
        var (mass, mx, my) = (0, 0, 0)
        for index in pixels.indices {
            mass += Int(pixels[index])
            mx += Int(pixels[index]) * (2 * (index % 28) + 1)
            my += Int(pixels[index]) * (2 * (index / 28) + 1)
        }
        func shift(_ moment: Int) -> Int { Int((14 - Double(moment) / Double(2 * mass)).rounded(.up)) }
        var result = [UInt8](repeating: 0, count: 784)
        for index in pixels.indices where pixels[index] > 0 {
            result[(index / 28 + shift(my)) * 28 + index % 28 + shift(mx)] = pixels[index]
        }
        return result
    }

    @Test("a prepared digit stays as it is", arguments: 1...20) func preparingAgain(seed: Int) throws {
        var pixels = try prepared(seed)
        let brightest = try #require(pixels.indices.max { pixels[$0] < pixels[$1] })
        pixels[brightest] = 255
        let image = try DigitImage(preparing: GreyPicture(width: 28, height: 28, pixels: pixels))
        #expect(image.pixels == pixels.map { Float($0) / 255 })
    }

    @Test("shadow and noise on the paper are no ink") func shadow() throws {
        var (state, pixels) = (1, [UInt8](repeating: 0, count: 120 * 90))
        for y in 0..<90 {
            for x in 0..<120 {
                state = (state * 1_103_515_245 + 12345) % (1 << 31)
                let isStroke = (70..<80).contains(x) && (20..<60).contains(y)
                pixels[y * 120 + x] = UInt8(230 - x / 2 - y / 3 - (isStroke ? 90 : 0) + (state >> 16) % 9 - 4)
            }
        }
        let image = try DigitImage(preparing: GreyPicture(width: 120, height: 90, pixels: pixels))
        let lit = image.pixels.indices.filter { image.pixels[$0] > 0 }
        #expect(Set(lit.map { $0 / 28 }).count == 20)
        #expect(Set(lit.map { $0 % 28 }).count == 5)
        #expect(lit.allSatisfy { image.pixels[$0] > 0.8 })
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
