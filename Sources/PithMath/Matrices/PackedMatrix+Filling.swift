import CPithKernels
package import PithGraph

extension PackedMatrix {
    /// A matrix whose elements `fill` gives afterwards, each of them; the columns that pad the last panel are zero.
    ///
    /// - Parameter memory: Where the panels lie if there is room.
    /// - Precondition: The type is float32, bfloat16 or float16.
    package init(unfilled elementType: ElementType, k: Int, n: Int, in memory: WeightMemory? = nil) {
        let narrow = Self.narrowType(elementType)
        var panels = Tensor(uninitialized: elementType, [Self.paddedCount(elementType, k: k, n: n)], in: memory)
        unsafe panels.withMutableBytePointer { unsafe pith_panels_clear_padding($0, narrow ?? 0, k, n) }
        self.init(panels: panels, k: k, n: n)
    }

    /// A matrix whose panels lie in memory that someone else keeps, as `TensorLayout.panels` has them.
    ///
    /// - Returns: nil where the kernels' panels of the type are others.
    package init?(borrowing panels: Tensor, k: Int, n: Int) {
        guard Self.isFileLayout(panels.elementType), panels.count == Self.paddedCount(panels.elementType, k: k, n: n)
        else { return nil }
        self.init(panels: panels, k: k, n: n)
    }

    /// Puts some elements in their places.
    ///
    /// - Parameters:
    ///   - elements: Of the row-major matrix: K × N, or N × K where transposed. At any address.
    ///   - first: The position of the first.
    package mutating func fill(_ elements: UnsafeRawBufferPointer, from first: Int, transposed: Bool) {
        let (k, n, size, type) = (k, n, elementType.byteCount, Self.narrowType(elementType) ?? 0)
        guard let source = elements.baseAddress else { return }
        let count = elements.count / size
        precondition(elements.count % size == 0 && first + count <= k * n, "elements outside the matrix")
        unsafe withMutablePanels { panels in
            unsafe pith_panels_fill(
                panels.baseAddress, type, k, n, transposed ? 1 : 0, source, first, count)
        }
    }

    /// How many elements `fill` best gets at a time: where rows of the matrix become columns, those of a whole panel or of
    /// four columns, which are then written line by line.
    package static func fillingSize(_ elementType: ElementType, k: Int, n: Int, transposed: Bool) -> Int {
        let usual = fillingBytes / elementType.byteCount
        guard transposed, k > 0 else { return usual }
        for columns in [Int(PITH_PANEL_WIDTH), 4] where k * columns <= mostFillingBytes / elementType.byteCount {
            return max(1, usual / (k * columns)) * k * columns
        }
        return usual
    }

    /// Memory of a piece that stays in the fastest cache.
    private static let fillingBytes = 1 << 15

    /// Memory of a piece that stays in the second cache.
    private static let mostFillingBytes = 1 << 18

    /// Whether the panels of this type are those of a file in `TensorLayout.panels`.
    package static func isFileLayout(_ elementType: ElementType) -> Bool {
        elementType == .float32 || elementType == .float16
    }

    /// How many bytes the panels of a matrix of float32, bfloat16 or float16 have.
    package static func byteCount(_ elementType: ElementType, k: Int, n: Int) -> Int {
        paddedCount(elementType, k: k, n: n) * elementType.byteCount
    }

    private static func paddedCount(_ elementType: ElementType, k: Int, n: Int) -> Int {
        narrowType(elementType).map { pith_narrow_pack_size($0, k, n) / elementType.byteCount } ?? pith_pack_size(k, n)
    }
}
