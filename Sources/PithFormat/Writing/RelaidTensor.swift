public import PithGraph

/// A plain tensor of a file in another layout than it has there, made in pieces.
///
/// Where panels take their columns from all rows, the whole tensor is read for each piece.
final class RelaidTensor {
    /// Bytes of a piece, about: one row of the tensor may have more.
    static let pieceBytes = 256 << 20

    private let pieceBytes: Int
    private let reader: ModelReader
    private let number: Int
    private let form: TensorForm
    private var range = 0..<0
    private var piece: [UInt8] = []

    /// - Parameter form: What the tensor becomes: its type and shape, plain, in another layout.
    init(_ reader: ModelReader, _ number: Int, _ form: TensorForm, pieceBytes: Int) {
        self.pieceBytes = pieceBytes
        self.reader = reader
        self.number = number
        self.form = form
    }

    /// Bytes of the tensor as it becomes; whole rows of panels when it becomes panels.
    func bytes(_ wanted: Range<Int>) throws(PithError) -> ArraySlice<UInt8> {
        if wanted.lowerBound < range.lowerBound || wanted.upperBound > range.upperBound {
            piece = []
            let rowBytes = form.shape[1] * form.elementType.byteCount
            let unit =
                form.layout == .rowMajor ? rowBytes : TensorLayout.panelWidth * form.elementType.byteCount
            let units = (wanted.lowerBound / unit)..<((wanted.upperBound + unit - 1) / unit)
            let most = max(pieceBytes / unit, units.count)
            let end = min(units.lowerBound + most, form.components[0].byteCount / unit)
            piece = try made(units.lowerBound..<end, unit)
            range = (units.lowerBound * unit)..<(end * unit)
        }
        return piece[(wanted.lowerBound - range.lowerBound)..<(wanted.upperBound - range.lowerBound)]
    }

    /// Some rows of the tensor, or some rows of panels, which follow one another.
    private func made(_ units: Range<Int>, _ unit: Int) throws(PithError) -> [UInt8] {
        guard form.layout != .rowMajor else { return try reader.elements(ofTensor: number, rows: units) }
        let panelRows = form.layout.matrix(form.shape).rows
        let panels = (units.lowerBound / panelRows)..<((units.upperBound - 1) / panelRows + 1)
        var result = [UInt8](repeating: 0, count: units.count * unit)
        try forEachPiece(ofRows: tensorRows(panels, units, panelRows)) { rows, elements in
            for panel in panels {
                let all = (panel * panelRows)..<((panel + 1) * panelRows)
                let some = units.clamped(to: all)
                let part = PanelPart(
                    form, panel: panel, rows: (some.lowerBound - all.lowerBound)..<(some.upperBound - all.lowerBound))
                part.copy(
                    fromRows: rows, in: elements, to: &result, at: (some.lowerBound - units.lowerBound) * unit)
            }
        }
        return result
    }

    /// The rows of the tensor that have elements in some rows of panels.
    private func tensorRows(_ panels: Range<Int>, _ units: Range<Int>, _ panelRows: Int) -> Range<Int> {
        if form.layout == .transposedPanels {
            let width = TensorLayout.panelWidth
            return (panels.lowerBound * width)..<min(panels.upperBound * width, form.shape[0])
        }
        guard panels.count == 1 else { return 0..<panelRows }
        let first = panels.lowerBound * panelRows
        return (units.lowerBound - first)..<(units.upperBound - first)
    }

    private func forEachPiece(
        ofRows rows: Range<Int>, _ body: (Range<Int>, [UInt8]) -> Void
    ) throws(PithError) {
        let step = try reader.rowsPerPiece(ofTensor: number) ?? max(rows.count, 1)
        for start in stride(from: rows.lowerBound, to: rows.upperBound, by: step) {
            let some = start..<min(start + step, rows.upperBound)
            body(some, try reader.elements(ofTensor: number, rows: some))
        }
    }
}

extension StreamedTensor {
    /// A plain tensor of another file in another layout, read from there and verified, in pieces.
    ///
    /// - Parameter number: Below `reader.tensorNames.count`.
    /// - Throws: `invalidArgument` for a tensor that is not there, `malformed` for one that is not plain or that cannot be
    ///   laid out so.
    public init(_ reader: ModelReader, _ number: Int, layout: TensorLayout) throws(PithError) {
        try self.init(reader, number, layout: layout, pieceBytes: RelaidTensor.pieceBytes)
    }

    package init(
        _ reader: ModelReader, _ number: Int, layout: TensorLayout, pieceBytes: Int
    ) throws(PithError) {
        let form = reader.index.entries[try reader.checked(number)].form
        guard form.layout != layout else {
            try self.init(reader, number)
            return
        }
        let target = try TensorForm(form.elementType, form.shape, form.encoding, layout)
        let tensor = RelaidTensor(reader, number, target, pieceBytes: pieceBytes)
        try self.init(
            name: reader.index.entries[number].name, elementType: form.elementType, shape: form.shape,
            encoding: form.encoding, layout: layout
        ) { _, range throws(PithError) in try tensor.bytes(range) }
    }
}
