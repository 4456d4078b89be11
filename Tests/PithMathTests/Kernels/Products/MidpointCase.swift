import CPithKernels

/// Sums whose exact value lies beside the middle between two floats, so near that a sum in double is the middle itself.
///
/// The product of s * (1 + x) and h / s * (1 - x), h half a unit in the last place of the addend, is h * (1 - x^2).
/// Rounding to double and then to float goes wrong for half of these where x is small enough; where x is 3 * 2^-16, the
/// double is odd already, and a correction would be wrong.
struct MidpointCase {
    enum Addend: CaseIterable { case normal, nearOverflow, subnormal }

    /// s * (1 + x), of both signs.
    let factors: [Float]
    let otherFactors: [Float]
    let addends: [Float]

    init(addend: Addend, columns: Int, values: inout Values) {
        func power(_ exponent: Int) -> Float { Float(sign: .plus, exponent: exponent, significand: 1) }
        let scale: Float = addend == .subnormal ? power(-75) : 1
        let offsets = (0..<24).map { power(-$0) } + (14..<22).map { 3 * power(-$0) }
        factors = offsets.map { scale * (1 + $0) * (values.next() & 1 == 0 ? 1 : -1) }
        let addends: [Float] = (0..<columns).map { column in
            let fraction = UInt32(truncatingIfNeeded: values.next()) & 0x807F_FFFF
            switch addend {
            case .normal: return Float(bitPattern: fraction | UInt32(values.int(60...254)) << 23)
            case .nearOverflow: return Float(bitPattern: fraction | 254 << 23 | (column % 2 == 0 ? 0x7F_FFFF : 0))
            case .subnormal: return Float(bitPattern: fraction)
            }
        }
        self.addends = addends
        otherFactors = addends.map { c in
            let half = addend == .subnormal ? power(-75) : c.ulp / 2
            return half * (1 - offsets[values.int(1...offsets.count - 1)])
        }
    }

    /// Every factor with every column: row i of A is (1, factor), column j of B is (addend, other factor).
    static func firstDifference(isa: Int32) -> String? {
        var values = Values(seed: 11)
        for addend in Addend.allCases {
            for _ in 0..<40 {
                let n = 80
                let midpoint = MidpointCase(addend: addend, columns: n, values: &values)
                let m = midpoint.factors.count
                let a: [Float] = midpoint.factors.flatMap { [Float(1), $0] }
                var packed = [Float](repeating: 0, count: pith_pack_size(2, n))
                unsafe pith_pack_f32(&packed, midpoint.addends + midpoint.otherFactors, 2, n, n, 1)
                var c = [Float](repeating: untouched, count: m * n)
                unsafe pith_matmul_f32(isa, m, n, 2, a, 2, 1, packed, &c, n, nil)
                let expected = midpoint.factors.flatMap { factor in
                    zip(midpoint.addends, midpoint.otherFactors).map { canonical($0.addingProduct(factor, $1)) }
                }
                if let difference = difference(c, expected) { return "\(addend): \(difference)" }
            }
        }
        return nil
    }
}
