import Pith
public import PithFormat
public import PithGraph

/// What a conversion gives: a file whose tensors are still in the source, and read one after another when it is written.
public struct ConvertedFile: Sendable {
    /// Everything but the tensors.
    public let contents: ModelFile

    private let tensors: [ConvertedTensor]

    init(_ contents: ModelFile, _ tensors: [ConvertedTensor]) {
        self.contents = contents
        self.tensors = tensors
    }

    /// The file with its tensors in memory.
    ///
    /// - Throws: Errors of reading them.
    public func inMemory() throws(PithError) -> ModelFile {
        var file = contents
        for tensor in tensors { file.tensors.append(try tensor.stored()) }
        return file
    }

    /// Writes the file, whole or not at all, once what was written has been read back and compared with the source, and
    /// a model has given its test vectors' bits.
    ///
    /// The memory that it takes is that of the largest tensor, where that cannot be read in parts; for a model with test
    /// vectors that of the loaded model.
    ///
    /// - Parameter searches: Whether weights of a graph are stored in the smallest representation that keeps their bits:
    ///   narrower where that is exact, by a palette, sparse.
    /// - Returns: The sizes in the file.
    /// - Throws: Errors of reading and writing, `falseDeclaration` for what does not read back as it was.
    /// - Complexity: O(n) in the tensors' bytes.
    public func write(
        to path: String, _ options: EncodingOptions = EncodingOptions(), searchingSmallest searches: Bool = false
    ) throws(PithError) -> FileSummary? {
        let kept = KeptTensor()
        var tensors = tensors
        var streamed: [StreamedTensor] = []
        for index in tensors.indices {
            var encoded: StoredTensor?
            if searches, contents.graph != nil { (tensors[index], encoded) = try tensors[index].smallest(options) }
            if let encoded {
                streamed.append(StreamedTensor(encoded))
            } else {
                streamed.append(try tensors[index].streamed(keeping: kept))
            }
        }
        var summary: FileSummary?
        try contents.write(streamed, to: path, options) { reader throws(PithError) in
            try compare(reader, tensors, keeping: kept)
            if !contents.testVectors.isEmpty { _ = try Model(reader.contents()).verifyTestVectors() }
            summary = reader.summary
        }
        return summary
    }

    /// Compares every tensor of the file with its source.
    private func compare(
        _ reader: ModelReader, _ tensors: [ConvertedTensor], keeping kept: KeptTensor
    ) throws(PithError) {
        guard reader.role == contents.role, try reader.graph == contents.graph?.canonical() else {
            throw PithError(.falseDeclaration, "the graph does not read back as it was written")
        }
        for tensor in tensors {
            guard let number = reader.number(ofTensor: tensor.name) else { throw differs(tensor) }
            var position = 0
            try reader.forEachPiece(ofTensor: number) { piece throws(PithError) in
                let range = position..<(position + piece.count)
                guard Self.areEqual(piece, try tensor.bytes(range, keeping: kept)) else { throw differs(tensor) }
                position = range.upperBound
            }
        }
    }

    private func differs(_ tensor: ConvertedTensor) -> PithError {
        PithError(
            .falseDeclaration, "the tensor does not read back as it is in the source", at: .tensor(tensor.name),
            advice: "something changes the source or the new file while it is converted")
    }

    private static func areEqual(_ left: [UInt8], _ right: ArraySlice<UInt8>) -> Bool {
        unsafe left.withUnsafeBytes { left in unsafe right.withUnsafeBytes { unsafe left.elementsEqual($0) } }
    }
}
