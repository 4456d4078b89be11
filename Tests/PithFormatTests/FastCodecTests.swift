import CPithKernels
import PithFormat
import PithGraph
import Testing

@Suite("Fast codecs") struct FastCodecTests {
    private let bytes: [UInt8] = {
        var random = SplitMix(state: 1)
        return (0..<8192).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }()

    @Test("CRC-32 is that of the bitwise definition, for every length and alignment, in one piece or two")
    func checksum() {
        unsafe bytes.withUnsafeBufferPointer { buffer in
            let start = unsafe buffer.baseAddress.unsafelyUnwrapped
            #expect(unsafe pith_crc32(0, start, 0) == 0)
            for length in Array(0...700) + [1023, 1024, 4096, 8180] {
                let offset = length % 9
                let expected = crc(bytes[offset..<(offset + length)])
                let whole = unsafe pith_crc32(0, start + offset, length)
                #expect(le32(whole) == expected, "\(length) bytes")
                let half = length / 3
                let first = unsafe pith_crc32(0, start + offset, half)
                #expect(unsafe pith_crc32(first, start + offset + half, length - half) == whole)
            }
        }
        unsafe Array("123456789".utf8).withUnsafeBufferPointer {
            #expect(unsafe pith_crc32(0, $0.baseAddress, 9) == 0xCBF4_3926)
        }
    }

    @Test("bytes without a pattern are stored, but deflated where they come again", arguments: [1500, 8192])
    func repeatedNoise(period: Int) throws {
        let elements = (0..<8192).map { bytes[$0 % period] }
        let tensor = try StoredTensor(name: "a", elementType: .uint8, shape: [8192], bytes: elements)
        let file = ModelFile(role: .weights, tensors: [tensor])
        let encoded = try file.encoded()
        #expect(period < 8192 ? encoded.count < 2000 : (8192...8400).contains(encoded.count))
        #expect(try ModelFile.decode(encoded).tensors == [tensor])
    }

    @Test("planes are split and merged as defined, on every instruction set", arguments: [1, 2, 4, 8], [false, true])
    func planes(width: Int, rotates: Bool) {
        for isa in Int32(0)...4 where pith_isa_supported(isa) == 1 {
            for count in [0, 1, 2, 15, 16, 17, 63, 64, 65, 100, 1000] {
                let elements = Array(bytes[..<(count * width)])
                let expected = BytePlanes.split(elements, width: width, rotates: rotates)
                #expect(BytePlanes.merge(expected, rotates: rotates) == elements)
                var planes = [UInt8](repeating: 0, count: elements.count)
                var merged = [UInt8](repeating: 0, count: elements.count + 1)
                unsafe planes.withUnsafeMutableBufferPointer { planes in
                    unsafe elements.withUnsafeBufferPointer {
                        unsafe pith_split_planes(isa, planes.baseAddress, $0.baseAddress, width, count, rotates ? 1 : 0)
                    }
                    let places = unsafe (0..<width).map { plane in
                        unsafe planes.baseAddress.map { unsafe UnsafePointer($0 + plane * count) }
                    }
                    unsafe places.withUnsafeBufferPointer { places in
                        unsafe merged.withUnsafeMutableBufferPointer {
                            unsafe pith_merge_planes(
                                isa, $0.baseAddress, places.baseAddress, width, count, rotates ? 1 : 0)
                        }
                    }
                }
                #expect(planes == expected.flatMap { $0 })
                #expect(merged == elements + [0])
            }
        }
    }
}
