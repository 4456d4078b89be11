import CPithKernels

/// A product by a weight that is mostly +0, against a loop over all of it.
struct SparseCase {
    static func firstDifference(isa: Int32) -> String? {
        var values = Values(seed: 15)
        for m in [0, 1, 2, 4, 5, 9, 37] {
            for n in [0, 1, 15, 16, 17, 31, 32, 33, 70, 129] {
                for kind in ValueKind.allCases {
                    let k = [0, 1, 2, 31, 32, 33, 64, 70, 100][values.int(0...8)]
                    let oneOf = [1, 2, 12, 50][values.int(0...3)]
                    let difference = firstDifference(isa, m, n, k, kind, oneOf, &values)
                    if let difference { return "\(m)x\(n)x\(k), one of \(oneOf), \(kind): \(difference)" }
                }
            }
        }
        return differenceOfUnderflow(isa: isa)
    }

    /// A sum of -0, which a product with a zero that is not stored makes +0 and one that is none leaves.
    private static func differenceOfUnderflow(isa: Int32) -> String? {
        let tiny = -Float.leastNonzeroMagnitude
        let cases: [(a: [Float], weights: [Float], expected: Float)] = [
            ([0.25, 0.25], [tiny, 0], 0), ([0.25, -1], [tiny, -0.0], 0), ([0.25, 1], [tiny, -0.0], -0.0),
            ([0.25, 0.25], [0, tiny], -0.0), ([0.25, 0.25], [tiny, tiny], -0.0),
        ]
        for (a, weights, expected) in cases {
            var y: [Float] = [untouched]
            var panels = [Float](repeating: 0, count: pith_pack_size(2, 1))
            unsafe pith_pack_f32(&panels, weights, 2, 1, 1, 1)
            let steps = unsafe pith_sparse_steps(panels, 2, 1)
            var packed = [UInt32](repeating: 0, count: pith_sparse_pack_size(1, steps) / 4)
            unsafe pith_sparse_pack(&packed, steps, panels, 2, 1)
            unsafe pith_sparse_matmul(isa, 1, 1, 2, a, 2, packed, 0, 1, &y, 1, nil)
            if let difference = difference(y, [expected]) { return "underflow of \(weights): \(difference)" }
        }
        return nil
    }

    private static func firstDifference(
        _ isa: Int32, _ m: Int, _ n: Int, _ k: Int, _ kind: ValueKind, _ oneOf: Int, _ values: inout Values
    ) -> String? {
        let atEnd = values.int(0...1) == 1
        let stride = k + values.int(0...3), ldc = n + values.int(0...3)
        let a = values.floats(m * stride, kind)
        let weights = (0..<k * n).map { _ in values.int(1...oneOf) == 1 ? values.float(kind) : 0 }
        let (kStride, nStride) = values.int(0...1) == 1 ? (1, k) : (n, 1)
        let bias = values.int(0...1) == 1 ? values.floats(n, .ordinary) : nil
        let activation = Int32(values.int(0...1))
        var expected = [Float](repeating: untouched, count: max(0, (m - 1) * ldc + n))
        for i in 0..<m {
            for j in 0..<n {
                var sum: Float = 0
                for kk in 0..<k { sum = sum.addingProduct(a[i * stride + kk], weights[kk * kStride + j * nStride]) }
                if let bias { sum += bias[j] }
                expected[i * ldc + j] = activation == 1 ? relu(sum) : canonical(sum)
            }
        }

        var panels = [Float](repeating: 0, count: pith_pack_size(k, n))
        unsafe pith_pack_f32(&panels, weights, k, n, kStride, nStride)
        let steps = unsafe pith_sparse_steps(panels, k, n)
        let packed = GuardedFloats(untouched: pith_sparse_pack_size(n, steps) / 4, atEnd: atEnd)
        unsafe pith_sparse_pack(packed.pointer, steps, panels, k, n)
        let left = GuardedFloats(a, atEnd: atEnd), c = GuardedFloats(untouched: expected.count, atEnd: atEnd)
        let guardedBias = bias.map { GuardedFloats($0, atEnd: atEnd) }
        var epilogue = unsafe pith_matmul_epilogue(
            column_bias: guardedBias?.pointer, row_bias: nil, activation: activation)
        let middle = min(32, n)
        for (first, last) in [(0, middle), (middle, n)] {
            unsafe pith_sparse_matmul(
                isa, m, n, k, left.pointer, stride, packed.pointer, first, last, c.pointer, ldc, &epilogue)
        }
        return difference(c.floats, expected)
    }
}
