import CPithKernels
import Testing

@Suite struct MatmulPartsTests {
    /// How work is split between threads must not show, nor the position in a batch.
    @Test(arguments: InstructionSet.available)
    func partsEqualTheWhole(isa: InstructionSet) {
        var values = Values(seed: 4)
        let (m, n, k) = (53, 100, 77)
        let a = values.floats(m * k, .ordinary), b = values.floats(k * n, .ordinary)
        var packed = [Float](repeating: 0, count: pith_pack_size(k, n))
        unsafe pith_pack_f32(&packed, b, k, n, n, 1)
        var whole = [Float](repeating: untouched, count: m * n)
        unsafe pith_matmul_f32(isa.number, m, n, k, a, k, 1, packed, &whole, n, nil)

        for (rows, panels) in [(1, 7), (2, 1), (3, 2), (7, 3), (20, 5)] {
            var parts = [Float](repeating: untouched, count: m * n)
            unsafe parts.withUnsafeMutableBufferPointer { c in
                unsafe a.withUnsafeBufferPointer { a in
                    unsafe packed.withUnsafeBufferPointer { packed in
                        guard let c = c.baseAddress, let a = a.baseAddress, let packed = packed.baseAddress else {
                            return
                        }
                        for i in stride(from: 0, to: m, by: rows) {
                            for p in stride(from: 0, to: (n + 15) / 16, by: panels) {
                                unsafe pith_matmul_f32(
                                    isa.number, min(rows, m - i), min(panels * 16, n - p * 16), k, a + i * k, k, 1,
                                    packed + p * k * 16, c + i * n + p * 16, n, nil)
                            }
                        }
                    }
                }
            }
            #expect(difference(parts, whole) == nil, "\(rows) rows by \(panels) panels")
        }
    }

    @Test func packsAnyLayoutAndUnpacks() {
        var values = Values(seed: 5)
        for k in [0, 1, 3, 4, 5, 16, 33] {
            for n in [0, 1, 15, 16, 17, 40] {
                for (kStride, nStride) in [(n, 1), (n + 3, 1), (1, k), (1, k + 2), (2 * n + 5, 2)] {
                    let b = values.floats(k * kStride + n * nStride + 1, .special)
                    let panels = (n + 15) / 16
                    var expected = [Float](repeating: 0, count: panels * k * 16)
                    for kk in 0..<k {
                        for j in 0..<n {
                            expected[j / 16 * k * 16 + kk * 16 + j % 16] = b[kk * kStride + j * nStride]
                        }
                    }
                    #expect(pith_pack_size(k, n) == expected.count)
                    var packed = [Float](repeating: untouched, count: expected.count)
                    unsafe pith_pack_f32(&packed, b, k, n, kStride, nStride)
                    #expect(difference(packed, expected) == nil, "\(k)x\(n), strides \(kStride), \(nStride)")
                }
            }
        }
    }
}
