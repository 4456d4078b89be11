import Foundation
import PithFormat
import PithGraph
import PithIdentity
import PithMath

/// A `.pith` file that a command looks into: header, graph, metadata and index are verified, tensors when they are read,
/// in pieces, so that memory is bounded by a piece and not by the file.
struct OpenedFile {
    let path: String
    let reader: ModelReader
    let summary: FileSummary

    /// Decodes chunks, from the first time that there are several; more threads than this wait for memory.
    private static let pool = ThreadPool(threads: min(ProcessInfo.processInfo.activeProcessorCount, 8))

    init(_ path: String) throws(PithError) {
        do throws(PithError) {
            let options = ReadingOptions(verify: .directoryOnly) { Self.pool.forEach(count: $0, $1) }
            reader = try ModelReader(.file(path), options: options)
        } catch {
            throw error.located(in: .file(path))
        }
        self.path = path
        summary = reader.summary
    }

    /// The tensors that have names; their positions are the numbers that other methods take.
    var tensors: ArraySlice<FileSummary.Tensor> { summary.tensors.prefix { !$0.name.isEmpty } }

    /// The number of the tensor of this name.
    ///
    /// - Throws: `invalidArgument` with names that are like it.
    func number(ofTensor name: String) throws(PithError) -> Int {
        if let number = reader.number(ofTensor: name) { return number }
        let names = reader.tensorNames
        let similar = names.filter { $0.contains(name) || name.contains($0) }.prefix(5)
        let shown = similar.isEmpty ? names.prefix(5) : similar
        throw PithError(
            .invalidArgument, "no tensor is named '\(name)'", at: .file(path),
            advice: shown.isEmpty ? "the file has none" : "there are \(shown.joined(separator: ", ")), …")
    }

    /// Calls a closure with the decoded elements of a tensor, little-endian and row-major, piece by piece.
    func forEachPiece(
        ofTensor number: Int, _ receive: ([UInt8]) throws(PithError) -> Void
    ) throws(PithError) {
        do throws(PithError) {
            try reader.forEachPiece(ofTensor: number, receive)
        } catch {
            throw error.located(in: .file(path))
        }
    }

    /// Calls a closure with pieces of two tensors of one shape, each the same elements of both.
    static func forEachPiece(
        _ first: OpenedFile, _ number: Int, _ second: OpenedFile, _ other: Int,
        _ receive: (([UInt8], [UInt8])) throws(PithError) -> Void
    ) throws(PithError) {
        let steps = [
            try first.reader.rowsPerPiece(ofTensor: number), try second.reader.rowsPerPiece(ofTensor: other),
        ].compactMap { $0 }
        guard let step = steps.max() else {
            return try receive((first.elements(ofTensor: number, nil), second.elements(ofTensor: other, nil)))
        }
        let rows = first.summary.tensors[number].shape[0]
        // An encoded tensor is decoded whole at each call.
        for start in stride(from: 0, to: rows, by: steps.count == 2 ? step : rows) {
            let range = start..<(steps.count == 2 ? min(start + step, rows) : rows)
            try receive((first.elements(ofTensor: number, range), second.elements(ofTensor: other, range)))
        }
    }

    /// Decoded elements: some rows, or all.
    private func elements(ofTensor number: Int, _ rows: Range<Int>?) throws(PithError) -> [UInt8] {
        do throws(PithError) {
            guard let rows else { return try reader.tensor(number).bytes }
            return try reader.elements(ofTensor: number, rows: rows)
        } catch {
            throw error.located(in: .file(path))
        }
    }

    /// Reads every chunk, so that every byte of the file has been verified.
    func verify() throws(PithError) {
        var progress = Progress("verifying", total: summary.decodedBytes)
        defer { progress.finish() }
        do throws(PithError) {
            try reader.verify { progress.advance($0) }
        } catch {
            throw error.located(in: .file(path))
        }
    }

    /// What is counted of each named tensor's elements, every chunk read and verified.
    func censuses() throws(PithError) -> [TensorCensus] {
        var progress = Progress("counting", total: summary.decodedBytes)
        defer { progress.finish() }
        var result: [TensorCensus] = []
        for (number, tensor) in tensors.enumerated() {
            var census = TensorCensus(tensor.elementType)
            try forEachPiece(ofTensor: number) { piece in
                census.add(piece)
                progress.advance(piece.count)
            }
            result.append(census)
        }
        _ = try testVectors()
        return result
    }

    /// The identity of what the file holds, every checksum verified on the way.
    func identity() throws(PithError) -> SHA256Digest {
        var progress = Progress("identifying", total: summary.decodedBytes)
        defer { progress.finish() }
        do throws(PithError) {
            _ = try reader.testVectors()
            return try SHA256Digest(identifying: reader) { progress.advance($0) }
        } catch {
            throw error.located(in: .file(path))
        }
    }

    /// The test vectors.
    func testVectors() throws(PithError) -> [TestVector] {
        do throws(PithError) {
            return try reader.testVectors()
        } catch {
            throw error.located(in: .file(path))
        }
    }
}
