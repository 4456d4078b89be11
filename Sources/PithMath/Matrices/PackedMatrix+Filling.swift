import CPithKernels
package import PithGraph

extension PackedMatrix {
    /// A matrix whose elements `fill` gives afterwards, each of them; the columns that pad the last panel are zero.
    ///
    /// - Precondition: The type is float32, bfloat16 or float16.
    package init(unfilled elementType: ElementType, k: Int, n: Int) {
        let narrow = Self.narrowType(elementType)
        var panels = Tensor(uninitialized: elementType, [Self.paddedCount(elementType, k: k, n: n)])
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

    /// Whether the panels of this type are those of a file in `TensorLayout.panels`.
    package static func isFileLayout(_ elementType: ElementType) -> Bool {
        elementType == .float32 || elementType == .float16
    }

    private static func paddedCount(_ elementType: ElementType, k: Int, n: Int) -> Int {
        narrowType(elementType).map { pith_narrow_pack_size($0, k, n) / elementType.byteCount } ?? pith_pack_size(k, n)
    }
}
