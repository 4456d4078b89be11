public import PithGraph

extension ModelFile {
    /// Gives the bytes whose SHA-256 is the model's identity, piece by piece (`spec/FORMAT.md`, "Identity").
    ///
    /// They are the graph and the decoded tensors in canonical order, and so the same for any codec, layout or chunk
    /// size; role, metadata and test vectors take no part.
    ///
    /// - Parameter receive: Gets the pieces in order; where one ends has no meaning.
    /// - Throws: As `encoded`, and what `receive` throws.
    /// - Complexity: O(n) in the decoded bytes.
    public func forEachIdentityPiece(_ receive: ([UInt8]) throws(PithError) -> Void) throws(PithError) {
        let graph = try self.graph?.canonical()
        let tensors = try ordered(for: graph)
        try check(graph, tensors)
        var start = ByteWriter()
        start.append(Array("pith identity 1\n".utf8))
        let section = graph.map { GraphSection.encode($0, stored: tensors) } ?? []
        start.count(section.count)
        start.append(section)
        start.count(tensors.count)
        try receive(start.bytes)
        let initializers = graph?.initializers.count ?? 0
        let others = tensors[initializers...].sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        for tensor in tensors[..<initializers] + others {
            var description = ByteWriter()
            description.text(tensor.name)
            description.byte(tensor.foreign == nil ? tensor.elementType.rawValue : 0)
            if let foreign = tensor.foreign { description.text(foreign.typeName) }
            EncodingFields.encode(tensor.foreign?.shape ?? tensor.shape, &description)
            try receive(description.bytes)
            try receive(tensor.bytes)
        }
    }
}
