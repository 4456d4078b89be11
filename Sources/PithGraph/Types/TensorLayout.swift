/// The order in which a file holds a tensor's elements; whoever asks for elements gets them in row-major order. The raw
/// value is the code in a file.
public enum TensorLayout: UInt8, Sendable, Hashable, CaseIterable {
    /// The last axis runs fastest.
    case rowMajor = 0
    /// A matrix in panels of 16 columns, each row by row (`spec/ARITHMETIC.md`).
    case panels = 1
    /// The transpose of the matrix in panels.
    case transposedPanels = 2
}

extension TensorLayout {
    /// Columns of a panel.
    public static let panelWidth = 16

    /// Whether a tensor of this type and shape can be laid out so.
    public func fits(_ elementType: ElementType, _ shape: Shape) -> Bool {
        self == .rowMajor
            || shape.rank == 2 && (elementType == .float32 || elementType == .float16 || elementType == .bfloat16)
                && !matrix(shape).columns.addingReportingOverflow(Self.panelWidth).overflow
    }

    /// The rows and columns of the matrix in panels.
    ///
    /// - Precondition: `shape` has rank 2 and this is not `rowMajor`.
    public func matrix(_ shape: Shape) -> (rows: Int, columns: Int) {
        self == .panels ? (shape[0], shape[1]) : (shape[1], shape[0])
    }

    /// Elements of all panels, those that pad the last one included.
    ///
    /// - Precondition: `fits` a tensor of this shape.
    public func paddedCount(_ shape: Shape) -> Int {
        guard self != .rowMajor else { return shape.elementCount }
        let (rows, columns) = matrix(shape)
        return rows * ((columns + Self.panelWidth - 1) / Self.panelWidth * Self.panelWidth)
    }

    /// The place of element (`row`, `column`) of the tensor.
    ///
    /// - Precondition: `fits` a tensor of this shape.
    public func place(_ row: Int, _ column: Int, _ shape: Shape) -> Int {
        switch self {
        case .rowMajor: row * shape[1] + column
        case .panels: (column / Self.panelWidth * shape[0] + row) * Self.panelWidth + column % Self.panelWidth
        case .transposedPanels: (row / Self.panelWidth * shape[1] + column) * Self.panelWidth + row % Self.panelWidth
        }
    }
}
