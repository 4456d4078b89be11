import PithGraph

extension ModelReader {
    /// Reads some rows of a tensor that the file holds in panels; the chunks that hold them are verified.
    ///
    /// - Returns: The elements, row-major.
    /// - Complexity: O(n) in the bytes of these chunks, and in the number of the tensor's.
    func rowsFromPanels(_ entry: TensorIndex.Entry, _ rows: Range<Int>) throws(PithError) -> [UInt8] {
        let form = entry.form
        let unit = TensorLayout.panelWidth * form.elementType.byteCount
        let (panelRows, columns) = form.layout.matrix(form.shape)
        // Rows of the tensor are rows of every panel, or columns and so some panels.
        let isTransposed = form.layout == .transposedPanels
        let wantedRows = isTransposed ? 0..<panelRows : rows
        let wantedPanels = Self.panels(isTransposed ? rows : 0..<columns)
        var result = [UInt8](repeating: 0, count: rows.count * form.shape[1] * form.elementType.byteCount)
        guard !rows.isEmpty, panelRows > 0 else { return result }

        /// The panels that bytes of the component belong to, and of each the rows among them that are wanted.
        func parts(_ place: Range<Int>) -> [(panel: Int, rows: Range<Int>)] {
            let units = (place.lowerBound / unit)..<(place.upperBound / unit)
            let touched = (units.lowerBound / panelRows)..<((units.upperBound - 1) / panelRows + 1)
            return touched.clamped(to: wantedPanels).compactMap { panel in
                let first = panel * panelRows
                let some = (units.lowerBound - first)..<(units.upperBound - first)
                let rows = some.clamped(to: wantedRows)
                return rows.isEmpty ? nil : (panel, rows)
            }
        }
        try unsafe forEachChunk(entry, component: 0, where: { !parts($0).isEmpty }) { place, chunk throws(PithError) in
            for (panel, some) in parts(place) {
                let start = (panel * panelRows + some.lowerBound) * unit - place.lowerBound
                let bytes = unsafe UnsafeBufferPointer(rebasing: chunk[start..<(start + some.count * unit)])
                try unsafe check(bytes, from: place.lowerBound + start, entry)
                unsafe PanelPart(form, panel: panel, rows: some).copy(from: bytes, toRows: rows, in: &result)
            }
        }
        return result
    }

    /// Checks some plain elements that the file holds from a byte of the component on.
    func check(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, _ entry: TensorIndex.Entry) throws(PithError) {
        do throws(PithError) {
            try unsafe entry.form.checkElements(UnsafeRawBufferPointer(bytes), from: start)
        } catch {
            throw error.located(in: PithError.Location(section: SectionKind.data.name, tensor: entry.name))
        }
    }

    /// The panels that some columns of the matrix stand in.
    static func panels(_ columns: Range<Int>) -> Range<Int> {
        guard let last = columns.last else { return 0..<0 }
        return (columns.lowerBound / TensorLayout.panelWidth)..<(last / TensorLayout.panelWidth + 1)
    }
}

/// Some rows of one panel of a matrix, and where its elements stand in rows of the tensor.
struct PanelPart {
    private let form: TensorForm
    private let panel: Int
    private let rows: Range<Int>
    private let columns: Range<Int>

    init(_ form: TensorForm, panel: Int, rows: Range<Int>) {
        self.form = form
        self.panel = panel
        self.rows = rows
        let first = panel * TensorLayout.panelWidth
        columns = first..<min(first + TensorLayout.panelWidth, form.layout.matrix(form.shape).columns)
    }

    /// Copies what is in both to rows of the tensor, of which `elements` holds `tensorRows`.
    func copy(from part: UnsafeBufferPointer<UInt8>, toRows tensorRows: Range<Int>, in elements: inout [UInt8]) {
        unsafe elements.withUnsafeMutableBufferPointer { elements in
            forEachRun(tensorRows) { place, element, count in
                let run = unsafe UnsafeBufferPointer(rebasing: part[place..<(place + count)])
                _ = unsafe elements[element..<(element + count)].update(fromContentsOf: run)
            }
        }
    }

    /// Copies what is in both from rows of the tensor to a panel whose part begins at `start` in `panels`.
    func copy(fromRows tensorRows: Range<Int>, in elements: [UInt8], to panels: inout [UInt8], at start: Int) {
        unsafe elements.withUnsafeBufferPointer { elements in
            unsafe panels.withUnsafeMutableBufferPointer { panels in
                forEachRun(tensorRows) { place, element, count in
                    let run = unsafe UnsafeBufferPointer(rebasing: elements[element..<(element + count)])
                    _ = unsafe panels[(start + place)..<(start + place + count)].update(fromContentsOf: run)
                }
            }
        }
    }

    /// Calls a closure with each run of bytes that stand together in both: where in the part, where in the rows.
    private func forEachRun(_ tensorRows: Range<Int>, _ body: (_ place: Int, _ element: Int, _ count: Int) -> Void) {
        let width = form.elementType.byteCount
        let unit = TensorLayout.panelWidth * width
        let rowBytes = form.shape[1] * width
        guard form.layout == .transposedPanels else {
            for row in rows.clamped(to: tensorRows) {
                body(
                    (row - rows.lowerBound) * unit,
                    (row - tensorRows.lowerBound) * rowBytes + columns.lowerBound * width, columns.count * width)
            }
            return
        }
        for column in columns.clamped(to: tensorRows) {
            let element = (column - tensorRows.lowerBound) * rowBytes
            for row in rows {
                body(
                    (row - rows.lowerBound) * unit + (column - columns.lowerBound) * width, element + row * width, width
                )
            }
        }
    }
}
