import CPithKernels
package import PithGraph

extension PackedMatrix {
    /// Rows that must share their scales, at least: with fewer the scales take more than the numbers.
    private static let leastGroupRows = 16

    /// A matrix of whole numbers, each times the scale of its group, which is rounded once when it is multiplied.
    ///
    /// - Parameters:
    ///   - shape: K × N, or N × K when transposed.
    ///   - numbers: Row-major.
    ///   - scales: For each group.
    ///   - groups: Which elements share a scale.
    ///   - transposed: Whether the product takes the matrix transposed.
    /// - Returns: nil where the product by float32 would be faster, or by what is not zero, or where few rows share their
    ///   scales.
    package init?(_ shape: Shape, numbers: [Int8], scales: [Float], groups: EncodingGroups, transposed: Bool) {
        guard shape.rank == 2, shape.elementCount > 0 else { return nil }
        let (k, n) = transposed ? (shape[1], shape[0]) : (shape[0], shape[1])
        let depthAxis = transposed ? 1 : 0
        var groupRows = k
        switch groups {
        case .slices(depthAxis, let size), .blocks(depthAxis, let size): groupRows = min(size, k)
        case .blocks: return nil
        case .tensor, .slices: break
        }
        guard groupRows >= Self.leastGroupRows || groupRows == k,
            pith_affine_is_fast(InstructionSet.preferred.rawValue, k, n) != 0,
            2 * numbers.count(where: { $0 == 0 }) < numbers.count
        else { return nil }
        let count = (k + groupRows - 1) / groupRows
        let width = Self.paddedColumns(n)
        var columns = [Float](repeating: 0, count: count * width)
        for group in 0..<count {
            for column in 0..<n {
                let place =
                    switch groups {
                    case .tensor: 0
                    case .slices(depthAxis, _): group
                    case .slices(_, let size): column / size
                    case .blocks: transposed ? column * count + group : group * n + column
                    }
                columns[group * width + column] = scales[place]
            }
        }
        let type = Int32(PITH_NARROW_I8.rawValue)
        let head = columns.count * MemoryLayout<Float>.stride
        var bytes = Tensor(uninitialized: .uint8, [head + pith_narrow_pack_size(type, k, n)])
        unsafe bytes.withMutableBytePointer { target in
            unsafe target.copyMemory(from: columns, byteCount: head)
            unsafe pith_narrow_pack(type, target + head, numbers, k, n, transposed ? 1 : n, transposed ? k : 1)
        }
        self.init(k: k, n: n, .affine(groupRows: groupRows), bytes)
    }

    /// Columns up to a whole panel.
    static func paddedColumns(_ n: Int) -> Int {
        (n + Int(PITH_PANEL_WIDTH) - 1) / Int(PITH_PANEL_WIDTH) * Int(PITH_PANEL_WIDTH)
    }
}
