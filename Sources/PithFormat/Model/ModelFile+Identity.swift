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
        let plan = try WritingPlan(self, self.tensors.map { StreamedTensor($0) }, EncodingOptions())
        let tensors = plan.order.map { self.tensors[$0] }
        try receive(IdentityStream.start(graph: plan.graphSection, tensors.count))
        let initializers = tensors[..<plan.initializerCount]
        let others = tensors[plan.initializerCount...].sorted {
            $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
        }
        for tensor in initializers + others {
            try receive(IdentityStream.description(tensor.name, tensor.form, tensor.foreign))
            try receive(tensor.bytes)
        }
    }
}

/// The parts of the stream that an identity is the digest of (`spec/FORMAT.md`, "Identity").
enum IdentityStream {
    static func start(graph: [UInt8], _ tensorCount: Int) -> [UInt8] {
        var writer = ByteWriter()
        writer.append(Array("pith identity 1\n".utf8))
        writer.count(graph.count)
        writer.append(graph)
        writer.count(tensorCount)
        return writer.bytes
    }

    /// What stands before a tensor's elements.
    static func description(_ name: String, _ form: TensorForm, _ foreign: ForeignElements?) -> [UInt8] {
        var writer = ByteWriter()
        writer.text(name)
        writer.byte(foreign == nil ? form.elementType.rawValue : 0)
        if let foreign { writer.text(foreign.typeName) }
        EncodingFields.encode(foreign?.shape ?? form.shape, &writer)
        return writer.bytes
    }
}
