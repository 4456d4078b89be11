import Foundation
import PithGraph
import PithMath
import PithTraining
import Testing

/// Augmentation against its definition in `spec/arithmetic-training.md`, worked out here in float64.
@Suite struct AugmentationTests {
    private static let (height, width) = (28, 28)

    private static func picture() -> [UInt8] {
        var random = RandomStream(seed: 4, name: "picture")
        return (0..<(height * width)).map { _ in UInt8(random.next(below: 256)) }
    }

    private static func written(_ augmentation: Augmentation, number: UInt64) -> [Float] {
        let augmenter = PictureAugmenter(augmentation, seed: 9, height: height, width: width)
        var (scratch, result) = (augmenter.makeScratch(), [Float](repeating: -1, count: height * width))
        let pixels = picture()
        unsafe pixels.withUnsafeBufferPointer { source in
            unsafe result.withUnsafeMutableBufferPointer { target in
                guard let source = source.baseAddress, let target = target.baseAddress else { return }
                unsafe augmenter.write(number: number, from: source, to: target, scratch: &scratch)
            }
        }
        return result
    }

    private static func stream(_ name: String, _ position: UInt64) -> RandomStream {
        RandomStream(seed: 9, stream: RandomStream.identifier(of: "augment/" + name), position: position)
    }

    /// The cubic B-spline, from its definition as a piecewise polynomial of the distance.
    private static func spline(_ distance: Double) -> Double {
        let d = abs(distance)
        if d >= 2 { return 0 }
        return d >= 1 ? (2 - d) * (2 - d) * (2 - d) / 6 : (4 - 6 * d * d + 3 * d * d * d) / 6
    }

    private static func expected(_ augmentation: Augmentation, number: UInt64) -> [Double] {
        func signed(_ stream: inout RandomStream) -> Double { 2 * Double(stream.uniform()) - 1 }
        var (rotate, scale, shift) = (
            stream("rotate", number), stream("scale", 2 * number), stream("shift", 2 * number)
        )
        let angle = signed(&rotate) * Double(augmentation.rotate) * Double.pi / 180
        let (kx, ky) = (
            1 + signed(&scale) * Double(augmentation.scale), 1 + signed(&scale) * Double(augmentation.scale)
        )
        let (dx, dy) = (signed(&shift) * Double(augmentation.shift), signed(&shift) * Double(augmentation.shift))
        var elastic = stream("elastic", number * 98)
        let points = (0..<98).map { _ in signed(&elastic) * Double(augmentation.elastic) }
        let pixels = picture()
        func pixel(_ x: Int, _ y: Int) -> Double {
            (0..<28).contains(x) && (0..<28).contains(y) ? Double(pixels[y * 28 + x]) / 255 : 0
        }
        var result: [Double] = []
        for row in 0..<28 {
            for column in 0..<28 {
                var field = [0.0, 0.0]
                for axis in 0..<2 {
                    for i in 0..<7 {
                        for j in 0..<7 {
                            // Control point 1 lies on pixel 0.
                            let weight =
                                spline(Double(row) / 7 - Double(i - 1)) * spline(Double(column) / 7 - Double(j - 1))
                            field[axis] += weight * points[axis * 49 + i * 7 + j]
                        }
                    }
                }
                let (u, v) = (Double(column) - 13.5, Double(row) - 13.5)
                let x = (cos(angle) * u + sin(angle) * v) / kx + 13.5 - dx + field[0]
                let y = (-sin(angle) * u + cos(angle) * v) / ky + 13.5 - dy + field[1]
                let (left, top) = (Int(x.rounded(.down)), Int(y.rounded(.down)))
                let (a, b) = (x - Double(left), y - Double(top))
                let upper = (1 - a) * pixel(left, top) + a * pixel(left + 1, top)
                let lower = (1 - a) * pixel(left, top + 1) + a * pixel(left + 1, top + 1)
                result.append((1 - b) * upper + b * lower)
            }
        }
        return result
    }

    @Test(arguments: [
        "shift=3", "rotate=25", "scale=0.3", "elastic=5", "shift=2,rotate=10,scale=0.1,elastic=4",
        "shift=40,rotate=180,scale=0.9,elastic=40",
    ])
    func equalsTheDefinition(_ text: String) throws {
        let augmentation = try Augmentation(text: text)
        for number: UInt64 in [0, 1, 59_999, 1 << 40] {
            let (ours, definition) = (
                Self.written(augmentation, number: number), Self.expected(augmentation, number: number)
            )
            #expect(zip(ours, definition).allSatisfy { abs(Double($0) - $1) < 2e-4 })
        }
    }

    @Test func nothingChangesNothing() {
        #expect(Self.written(.none, number: 7) == Self.picture().map { Float($0) / 255 })
    }

    @Test func eachKindHasNumbersOfItsOwn() throws {
        // A field of zero strength beside a turn: the turn's numbers do not move.
        let alone = Self.written(Augmentation(rotate: 10), number: 3)
        let beside = Self.written(Augmentation(rotate: 10, elastic: .leastNormalMagnitude), number: 3)
        #expect(alone == beside)
        #expect(alone != Self.written(Augmentation(rotate: 10), number: 4))
    }

    @Test func textComesBack() throws {
        for text in ["none", "shift=2.0", "rotate=10.0,scale=0.1", "shift=1.0,rotate=2.0,scale=0.3,elastic=4.0"] {
            #expect(try Augmentation(text: text).text == text)
        }
        for text in ["shift", "shift=-1", "shift=nan", "twist=3", "shift=1,shift=2", "scale=1", "rotate=,"] {
            #expect(throws: PithError(.invalidArgument, "")) { try Augmentation(text: text) }
        }
    }
}
