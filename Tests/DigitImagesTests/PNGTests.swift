import DigitImages
import Foundation
import PithGraph
import Testing

private let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")

@Suite("PNG") struct PNGTests {
    private let greys: [UInt8] = [0, 17, 34, 51, 68, 85, 170, 255]

    private func load(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appendingPathComponent(name + ".png")))
    }

    @Test("every opaque colour type", arguments: ["grey8", "grey16", "grey4", "rgb8", "rgb16", "palette8"])
    func opaque(name: String) throws {
        let picture = try GreyPicture(decoding: load(name))
        #expect(picture.width == 4)
        #expect(picture.height == 2)
        #expect(picture.pixels == greys)
    }

    @Test("transparency shows white", arguments: ["grey-alpha8", "rgb-alpha8"])
    func transparent(name: String) throws {
        #expect(try GreyPicture(decoding: load(name)).pixels == [204] + greys[1...])
    }

    @Test("a huge picture is refused by its header") func huge() throws {
        let bytes = try load("huge")
        let error = #expect(throws: PithError.self) { try GreyPicture(decoding: bytes) }
        #expect(error?.code == .limitExceeded)
    }

    @Test("no prefix of a picture is taken for one") func prefixes() throws {
        let bytes = try load("grey8")
        for count in 0..<(bytes.count - 16) {
            #expect(throws: PithError.self) { try GreyPicture(decoding: Array(bytes[..<count])) }
        }
    }

    @Test("the terminal picture has fourteen lines of twenty-eight marks") func terminal() throws {
        var pixels = [UInt8](repeating: 0, count: 784)
        for column in 0..<28 { pixels[column] = 255 }
        let image = try DigitImage(raw: GreyPicture(width: 28, height: 28, pixels: pixels))
        let plain = TerminalPicture.lines(image, colours: false)
        #expect(plain.count == 14)
        #expect(plain[0] == String(repeating: "+", count: 28))
        #expect(plain[1] == String(repeating: " ", count: 28))
        let coloured = TerminalPicture.lines(image, colours: true)
        #expect(coloured[0].hasPrefix("\u{1B}[38;2;255;255;255m\u{1B}[48;2;0;0;0m▀"))
        #expect(coloured.allSatisfy { $0.hasSuffix("\u{1B}[0m") })
    }
}
