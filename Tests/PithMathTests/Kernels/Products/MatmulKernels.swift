import CPithKernels

/// One product, its operands laid out at random.
struct MatmulCase {
    var m: Int, n: Int, k: Int
    var aRowStride: Int, aKStride: Int
    var ldc: Int
    var hasColumnBias = false, hasRowBias = false, activation: Int32 = 0
    var kind = ValueKind.ordinary

    init(m: Int, n: Int, k: Int, values: inout Values) {
        (self.m, self.n, self.k) = (m, n, k)
        switch values.int(0...3) {
        case 0: (aRowStride, aKStride) = (k, 1)
        case 1: (aRowStride, aKStride) = (k + values.int(0...9), 1)
        case 2: (aRowStride, aKStride) = (1, m + values.int(0...9))
        default: (aRowStride, aKStride) = ((k + 1) * 3 + 2, 3)
        }
        ldc = n + values.int(0...5)
        hasColumnBias = values.int(0...1) == 1
        hasRowBias = values.int(0...1) == 1
        activation = Int32(values.int(0...1))
        kind = ValueKind.allCases[values.int(0...ValueKind.allCases.count - 1)]
    }

    static func firstDifference(isa: Int32) -> String? {
        var values = Values(seed: 2)
        // Every number of rows up to beyond the tallest tile with every group of panels, whole and not.
        for m in Array(0...27) + [49, 61] {
            for n in [0, 1, 7, 15, 16, 17, 31, 32, 33, 48, 63, 64, 65, 80, 97, 113, 128, 143] {
                let k = [0, 1, 2, 3, 5, 8, 17, 30][values.int(0...7)]
                let product = MatmulCase(m: m, n: n, k: k, values: &values)
                if let difference = product.firstDifference(isa: isa, values: &values) { return difference }
            }
        }
        return nil
    }

    /// Sums that are longer than a block of k, so that partial sums pass through C.
    static func firstDifferenceOfLongSums(isa: Int32) -> String? {
        var values = Values(seed: 3)
        for (m, n, k) in [(9, 50, 4097), (5, 21, 8200), (1, 20, 9000), (4, 16, 12289), (4, 3, 25000), (130, 17, 800)] {
            for kind in [ValueKind.ordinary, .special] {
                var product = MatmulCase(m: m, n: n, k: k, values: &values)
                product.kind = kind
                if let difference = product.firstDifference(isa: isa, values: &values) { return difference }
            }
        }
        return nil
    }

    func firstDifference(isa: Int32, values: inout Values) -> String? {
        let a = values.floats(max(1, m * abs(aRowStride) + k * abs(aKStride)), kind)
        let b = values.floats(k * n, kind)
        let columnBias = hasColumnBias ? values.floats(n, kind) : nil
        let rowBias = hasRowBias ? values.floats(m, kind) : nil

        var packed = [Float](repeating: untouched, count: pith_pack_size(k, n))
        unsafe pith_pack_f32(&packed, b, k, n, n, 1)
        var c = [Float](repeating: untouched, count: m * ldc + 1)
        var expected = c
        for i in 0..<m {
            for j in 0..<n {
                var sum: Float = 0
                for kk in 0..<k { sum = sum.addingProduct(a[i * aRowStride + kk * aKStride], b[kk * n + j]) }
                if let columnBias { sum += columnBias[j] }
                if let rowBias { sum += rowBias[i] }
                expected[i * ldc + j] = activation == 1 ? relu(sum) : canonical(sum)
            }
        }

        unsafe withPointer(columnBias) { columnBias in
            unsafe withPointer(rowBias) { rowBias in
                var epilogue = unsafe pith_matmul_epilogue(
                    column_bias: columnBias, row_bias: rowBias, activation: activation)
                unsafe pith_matmul_f32(isa, m, n, k, a, aRowStride, aKStride, packed, &c, ldc, &epilogue)
            }
        }
        guard let difference = difference(c, expected) else { return nil }
        return "\(self): \(difference)"
    }

    private func withPointer(_ array: [Float]?, _ body: (UnsafePointer<Float>?) -> Void) {
        guard let array else { return body(nil) }
        unsafe array.withUnsafeBufferPointer { unsafe body($0.baseAddress) }
    }
}
