public import PithGraph

extension ModelReader {
    /// Most components that are decoded at the same time.
    private static let togetherComponents = 64

    /// Reads some tensors, by their numbers in the index.
    func tensors(_ numbers: [Int]) throws(PithError) -> [StoredTensor] {
        var result: [StoredTensor] = []
        result.reserveCapacity(numbers.count)
        var batch: [Int] = []
        var components = 0
        for number in numbers {
            let more = index.entries[number].form.components.count
            if components + more > Self.togetherComponents {
                try decode(batch, into: &result)
                batch = []
                components = 0
            }
            batch.append(number)
            components += more
        }
        try decode(batch, into: &result)
        return result
    }

    private func decode(_ numbers: [Int], into result: inout [StoredTensor]) throws(PithError) {
        let entries = numbers.map { index.entries[$0] }
        var all: [TensorRun] = []
        for (tensor, entry) in entries.enumerated() {
            let (runs, paddings) = runs(entry)
            try checkPadding(paddings, entry)
            for run in runs { all.append(TensorRun(tensor: tensor, run: run)) }
        }
        let lengths = entries.flatMap { $0.form.components.map { $0.byteCount } }
        var firsts: [Int] = []
        var next = 0
        for entry in entries {
            firsts.append(next)
            next += entry.form.components.count
        }
        var failure: PithError?
        let arrays = unsafe UninitializedArrays.fill(lengths) { buffers in
            do throws(PithError) {
                try share(all) { item, reader throws(PithError) in
                    let entry = entries[item.tensor]
                    try unsafe read(item.run, entry, reader.stored) { place, bytes throws(PithError) in
                        let buffer = unsafe buffers[firsts[item.tensor] + place.component]
                        try unsafe reader.decode(
                            place, bytes, of: entry.form.components[place.component],
                            into: UnsafeMutableBufferPointer(rebasing: buffer[place.decoded]))
                    }
                }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        for (tensor, entry) in entries.enumerated() {
            let end = firsts[tensor] + entry.form.components.count
            let components = Array(arrays[firsts[tensor]..<end])
            do throws(PithError) {
                try entry.form.check(components)
                result.append(
                    try StoredTensor(
                        name: entry.name, form: entry.form, components: components, foreign: entry.foreign))
            } catch {
                throw error.located(
                    in: PithError.Location(
                        offset: UInt64(entry.start), section: SectionKind.data.name, tensor: entry.name))
            }
        }
    }
}

/// Several arrays, filled at once without being set to zero first.
enum UninitializedArrays {
    /// - Parameter body: Writes every byte of every buffer, or what it leaves is not looked at.
    static func fill(
        _ lengths: [Int], _ body: ([UnsafeMutableBufferPointer<UInt8>]) -> Void
    ) -> [[UInt8]] {
        var arrays: [[UInt8]] = []
        unsafe fill(lengths[...], [], &arrays, body)
        return arrays.reversed()
    }

    private static func fill(
        _ lengths: ArraySlice<Int>, _ buffers: [UnsafeMutableBufferPointer<UInt8>], _ arrays: inout [[UInt8]],
        _ body: ([UnsafeMutableBufferPointer<UInt8>]) -> Void
    ) {
        guard let length = lengths.first else { return unsafe body(buffers) }
        let array = unsafe [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
            unsafe fill(
                lengths.dropFirst(), buffers + [UnsafeMutableBufferPointer(rebasing: buffer[..<length])], &arrays, body)
            count = length
        }
        arrays.append(array)
    }
}

extension ModelReader {
    /// Reads some rows of a tensor, decoded, without the rest of it where its elements are plain.
    ///
    /// - Parameters:
    ///   - number: Below `tensorNames.count`.
    ///   - rows: Of its outermost extent; the tensor has at least one.
    /// - Returns: The elements, little-endian, row-major.
    /// - Throws: `invalidArgument` for rows or a tensor that are not there, and whatever is wrong with the chunks.
    /// - Complexity: O(n) in the bytes of the chunks that hold the rows, or of the tensor when it is encoded.
    public func elements(ofTensor number: Int, rows: Range<Int>) throws(PithError) -> [UInt8] {
        let entry = index.entries[try checked(number)]
        let shape = entry.form.shape
        guard shape.rank > 0, rows.lowerBound >= 0, rows.upperBound <= shape[0] else {
            throw PithError(.invalidArgument, "rows \(rows) are not in \(shape)", at: .tensor(entry.name))
        }
        let rowBytes = shape[0] == 0 ? 0 : entry.form.byteCount / shape[0]
        let range = (rows.lowerBound * rowBytes)..<(rows.upperBound * rowBytes)
        guard entry.form.encoding == .plain else { return Array(try tensor(number).bytes[range]) }
        guard entry.form.layout == .rowMajor else { return try rowsFromPanels(entry, rows) }
        let result = try bytes(entry, component: 0, range)
        try unsafe result.withUnsafeBufferPointer { bytes throws(PithError) in
            try unsafe check(bytes, from: range.lowerBound, entry)
        }
        return result
    }
}
