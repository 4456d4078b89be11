public import PithGraph

extension ModelReader {
    /// Gives the bytes whose SHA-256 is the identity of what the file holds, piece by piece, as
    /// `ModelFile.forEachIdentityPiece` does for contents in memory.
    ///
    /// Memory is bounded as that of `forEachPiece`.
    ///
    /// - Parameter receive: Gets the pieces in order; where one ends has no meaning.
    /// - Throws: Whatever is wrong with the chunks, and what `receive` throws.
    /// - Complexity: O(n) in the decoded bytes.
    public func forEachIdentityPiece(_ receive: ([UInt8]) throws(PithError) -> Void) throws(PithError) {
        var section: [UInt8] = []
        if let graph = header.sections.first(where: { $0.kind == .graph }) {
            section = Array(try FileHeader.bytes(graph, source))
        }
        let entries = index.entries.prefix { !$0.name.isEmpty }
        let initializers = graph?.initializers.count ?? 0
        try receive(IdentityStream.start(graph: section, entries.count))
        let others = entries.indices[initializers...].sorted {
            entries[$0].name.utf8.lexicographicallyPrecedes(entries[$1].name.utf8)
        }
        for number in Array(0..<initializers) + others {
            try receive(IdentityStream.description(entries[number].name, entries[number].form, entries[number].foreign))
            try forEachPiece(ofTensor: number, receive)
        }
    }
}
