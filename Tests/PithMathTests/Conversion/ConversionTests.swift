import PithMath
import Testing

@Suite("Element conversions")
struct ConversionTests {
    /// numpy's float16 and exact rational comparison are the reference; ties of every exponent are among the values.
    @Test func narrowingAgreesWithNumpy() throws {
        let bytes = try FixtureFile.bytes("conversions.bin")
        #expect(bytes.count > 4000 * 8)
        for offset in stride(from: 0, to: bytes.count, by: 8) {
            let value = Float(bitPattern: FixtureFile.load(bytes, at: offset, as: UInt32.self))
            #expect(HalfPrecision.encode(value) == FixtureFile.load(bytes, at: offset + 4, as: UInt16.self), "\(value)")
            #expect(BrainFloat.encode(value) == FixtureFile.load(bytes, at: offset + 6, as: UInt16.self), "\(value)")
        }
    }

    @Test func everyFloat16WidensToItsValueAndBack() {
        for bits in UInt16.min...UInt16.max {
            let (exponent, fraction) = (Int(bits >> 10 & 31), Double(bits & 1023))
            let value = HalfPrecision.decode(bits)
            if exponent == 31 && fraction != 0 {
                #expect(value.bitPattern == 0x7FC0_0000)
                continue
            }
            var exact = Double(sign: .plus, exponent: max(exponent, 1) - 25, significand: 1)
            exact *= exponent == 0 ? fraction : fraction + 1024
            if exponent == 31 { exact = .infinity }
            #expect(Double(value) == (bits >= 0x8000 ? -exact : exact))
            #expect(HalfPrecision.encode(value) == bits)
        }
    }

    @Test func everyBFloat16WidensToItsValueAndBack() {
        for bits in UInt16.min...UInt16.max {
            let (exponent, fraction) = (Int(bits >> 7 & 255), Double(bits & 127))
            let value = BrainFloat.decode(bits)
            if exponent == 255 && fraction != 0 {
                #expect(value.bitPattern == 0x7FC0_0000)
                continue
            }
            var exact = Double(sign: .plus, exponent: max(exponent, 1) - 134, significand: 1)
            exact *= exponent == 0 ? fraction : fraction + 128
            if exponent == 255 { exact = .infinity }
            #expect(Double(value) == (bits >= 0x8000 ? -exact : exact))
            #expect(BrainFloat.encode(value) == bits)
        }
    }

    @Test func narrowedNaNsAreCanonical() {
        for pattern: UInt32 in [0x7FC0_0000, 0xFFC0_0000, 0x7F80_0001, 0xFFFF_FFFF] {
            #expect(HalfPrecision.encode(Float(bitPattern: pattern)) == 0x7E00)
            #expect(BrainFloat.encode(Float(bitPattern: pattern)) == 0x7FC0)
        }
    }

    @Test func integersSaturate() {
        let cases: [(Float, Int64, Int32, Int8, UInt8)] = [
            (.nan, 0, 0, 0, 0),
            (.infinity, .max, .max, .max, .max),
            (-.infinity, .min, .min, .min, 0),
            (-0.0, 0, 0, 0, 0),
            (0.99, 0, 0, 0, 0),
            (-0.99, 0, 0, 0, 0),
            (-1.5, -1, -1, -1, 0),
            (127.9, 127, 127, 127, 127),
            (128, 128, 128, 127, 128),
            (-128.9, -128, -128, -128, 0),
            (-129, -129, -129, -128, 0),
            (255.9, 255, 255, 127, 255),
            (256, 256, 256, 127, 255),
            (2_147_483_520, 2_147_483_520, 2_147_483_520, 127, 255),
            (2_147_483_648, 2_147_483_648, .max, 127, 255),
            (-2_147_483_648, -2_147_483_648, .min, -128, 0),
            (-2_147_483_904, -2_147_483_904, .min, -128, 0),
            (0x1.fffffep+62, 9_223_371_487_098_961_920, .max, 127, 255),
            (0x1p+63, .max, .max, 127, 255),
            (-0x1p+63, .min, .min, -128, 0),
            (-0x1.000002p+63, .min, .min, -128, 0),
        ]
        for (value, int64, int32, int8, uint8) in cases {
            #expect(SaturatingInteger.int64(value) == int64, "\(value)")
            #expect(SaturatingInteger.int32(value) == int32, "\(value)")
            #expect(SaturatingInteger.int8(value) == int8, "\(value)")
            #expect(SaturatingInteger.uint8(value) == uint8, "\(value)")
        }
    }

    @Test func arraysConvertElementByElement() {
        let values: [Float] = [1, -2.5, 65504, .infinity, 300]
        var halves = [UInt16](repeating: 0, count: 5)
        var brains = halves
        var back = [Float](repeating: 0, count: 5)
        var wide = [Int64](repeating: 0, count: 5)
        var small = [UInt8](repeating: 0, count: 5)
        fill(&halves) { HalfPrecision.encode(values.span, into: &$0) }
        #expect(halves == [0x3C00, 0xC100, 0x7BFF, 0x7C00, 0x5CB0])
        fill(&back) { HalfPrecision.decode(halves.span, into: &$0) }
        #expect(back == values)
        fill(&brains) { BrainFloat.encode(values.span, into: &$0) }
        #expect(brains == [0x3F80, 0xC020, 0x4780, 0x7F80, 0x4396])
        fill(&back) { BrainFloat.decode(brains.span, into: &$0) }
        #expect(back == [1, -2.5, 65536, .infinity, 300])
        fill(&wide) { SaturatingInteger.int64(values.span, into: &$0) }
        #expect(wide == [1, -2, 65504, .max, 300])
        fill(&small) { SaturatingInteger.uint8(values.span, into: &$0) }
        #expect(small == [1, 0, 255, 255, 255])
    }

    private func fill<Element>(_ array: inout [Element], _ body: (inout MutableSpan<Element>) -> Void) {
        var span = array.mutableSpan
        body(&span)
    }
}
