import CPithKernels
import PithGraph

extension PackedMatrix {
    /// The matrix in the layout of which a product reads least: a compressed weight is a faster one, with the same bits.
    ///
    /// - Few elements that are not +0: those alone, in steps of 32 columns.
    /// - Few different values, where the machine can pick them in registers: numbers of four bits, or of eight in a matrix
    ///   that is large enough.
    /// - Others, and matrices of bfloat16 and float16 that are not sparse: as they are.
    ///
    /// A matrix in borrowed memory stays there. Only for a product whose first matrix is not transposed.
    ///
    /// - Complexity: O(K · N), but for most matrices that stay as they are O(1).
    package func compressed() -> PackedMatrix {
        guard layout == .panels, k > 0, n > 0, !panels.storage.isBorrowed else { return self }
        if let steps = sparseSteps() { return PackedMatrix(k: k, n: n, .sparse, steps) }
        return withPalette() ?? self
    }

    /// The steps, or nil where the sparse product would not be faster.
    private func sparseSteps() -> Tensor? {
        guard looksSparse, let wide = widened() else { return nil }
        return unsafe wide.withFloatPointer { panels in
            let steps = unsafe pith_sparse_steps(panels, k, n)
            let most = pith_sparse_most_steps(InstructionSet.preferred.rawValue, k, n)
            guard steps <= min(most, Self.mostSteps) else { return nil }
            var packed = Tensor(uninitialized: .uint8, [pith_sparse_pack_size(n, steps)])
            unsafe packed.withMutableBytePointer { unsafe pith_sparse_pack($0, steps, panels, k, n) }
            return packed
        }
    }

    /// Steps whose bytes any machine can count.
    private static var mostSteps: Int { 1 << 23 }

    /// Whether half of some elements, evenly spread, are +0: enough to leave most matrices alone.
    private var looksSparse: Bool {
        let sample = min(panels.count, 1024)
        let spacing = panels.count / sample
        let size = elementType.byteCount
        var zeros = 0
        unsafe panels.withBytePointer { bytes in
            for index in 0..<sample {
                let element = unsafe UnsafeRawBufferPointer(start: bytes + index * spacing * size, count: size)
                if unsafe element.allSatisfy({ $0 == 0 }) { zeros += 1 }
            }
        }
        return 2 * zeros >= sample
    }

    /// The panels in float32.
    private func widened() -> Tensor? {
        guard elementType == .bfloat16 else { return try? panels.converted(to: .float32) }
        // Two panels share each row: see `pith_narrow_pack`.
        guard let pairs = try? panels.converted(to: .float32).floats else { return nil }
        let width = Int(PITH_PANEL_WIDTH)
        return Tensor(
            (0..<pith_pack_size(k, n)).map { index in
                let (panel, row, column) = (index / (k * width), index / width % k, index % width)
                return pairs[((panel / 2 * k + row) * width + column) * 2 + panel % 2]
            }, shape: [pith_pack_size(k, n)])
    }

    /// The matrix by numbers, or nil where there are too many values or the machine has no use for them.
    private func withPalette() -> PackedMatrix? {
        let most = pith_palette_most_floats(InstructionSet.preferred.rawValue, k, n)
        guard elementType == .float32, most > 0 else { return nil }
        let width = Int(PITH_PANEL_WIDTH)
        var palette = Palette()
        // Column by column.
        var numbers: [UInt8] = []
        let isWhole = unsafe panels.withFloatPointer { elements in
            for column in 0..<n {
                for row in 0..<k {
                    let bits = unsafe elements[(column / width * k + row) * width + column % width].bitPattern
                    guard let number = palette.number(of: bits, most: most) else { return false }
                    numbers.append(number)
                }
            }
            return true
        }
        guard isWhole else { return nil }
        let type = Int32((palette.isWide ? PITH_NARROW_WIDE_PALETTE : PITH_NARROW_PALETTE).rawValue)
        let values = palette.bytes
        var packed = Tensor(uninitialized: .uint8, [values.count + pith_narrow_pack_size(type, k, n)])
        unsafe packed.withMutableBytePointer { target in
            unsafe target.copyMemory(from: values, byteCount: values.count)
            unsafe pith_narrow_pack(type, target + values.count, numbers, k, n, 1, k)
        }
        return PackedMatrix(k: k, n: n, .palette(floats: palette.values.count), packed)
    }
}
