public import PithGraph

extension ModelReader {
    /// Decoded bytes of a piece, about: one row of a tensor may have more.
    private static let pieceBytes = 8 << 20

    /// The same for a tensor in panels, each of which every piece has to look at.
    private static let panelPieceBytes = 128 << 20

    /// Calls a closure with the decoded elements of a tensor, little-endian and row-major, piece by piece.
    ///
    /// Memory is bounded by a piece or a row; of an encoded tensor also by its components, and by all elements where it is
    /// sparse and its scan goes by columns.
    ///
    /// - Throws: `invalidArgument` for a tensor that is not there, whatever is wrong with its chunks, and what `receive`
    ///   throws.
    /// - Complexity: O(n) in the tensor's bytes.
    public func forEachPiece(
        ofTensor number: Int, _ receive: ([UInt8]) throws(PithError) -> Void
    ) throws(PithError) {
        let entry = index.entries[try checked(number)]
        guard entry.form.encoding == .plain else {
            let components = try tensor(number).components
            var failure: PithError?
            entry.form.forEachPiece(components, pieceBytes: Self.pieceBytes) { piece in
                guard failure == nil else { return }
                do throws(PithError) { try receive(piece) } catch { failure = error }
            }
            if let failure { throw failure }
            return
        }
        guard let step = try rowsPerPiece(ofTensor: number) else { return try receive(tensor(number).bytes) }
        try checkPadding(runs(entry).padding, entry)
        let rows = entry.form.shape[0]
        for start in stride(from: 0, to: rows, by: step) {
            try receive(elements(ofTensor: number, rows: start..<min(start + step, rows)))
        }
    }

    /// How many rows of a tensor make a piece; nil for one that is read whole.
    public func rowsPerPiece(ofTensor number: Int) throws(PithError) -> Int? {
        let form = index.entries[try checked(number)].form
        let bytes = form.layout == .rowMajor ? Self.pieceBytes : Self.panelPieceBytes
        guard form.encoding == .plain, form.shape.rank > 0, form.byteCount > bytes else { return nil }
        let rows = max(bytes / max(form.byteCount / form.shape[0], 1), 1)
        // Whole panels where rows of the tensor are columns of them.
        let width = TensorLayout.panelWidth
        return form.layout == .transposedPanels ? max(rows / width * width, width) : rows
    }
}
