import PithFormat
import PithGraph
import PithMath

extension Trainer {
    private enum Key {
        static let nonzeros = "training.compression.nonzeros"
    }

    private static var teacherName: String { "compression/teacher" }
    private static var learnsOutside: UInt8 { 1 }
    private static var assignmentFixed: UInt8 { 2 }

    /// Adds what masks and palettes need to go on: for each parameter that has one `compression/<name>/trained`,
    /// `…/mask` and `…/assignment` of bytes, `…/entries`, and `…/flags`, a byte; and the teacher as `compression/teacher`,
    /// the bytes of a model file.
    func storeCompression(in file: inout ModelFile) throws(PithError) {
        if let bytes = teacher?.encoded {
            file.tensors.append(
                try StoredTensor(name: Self.teacherName, elementType: .uint8, shape: [bytes.count], bytes: bytes))
        }
        guard let compressed else { return }
        file.metadata[Key.nonzeros] = .int(Int64(firstNonzeros))
        for (index, id) in graph.initializers.enumerated() {
            let parameter = compressed[index]
            guard parameter.mask != nil || parameter.palette != nil else { continue }
            let prefix = "compression/\(graph[id].name)/"
            func add(_ name: String, _ type: ElementType, _ shape: Shape, _ bytes: [UInt8]) throws(PithError) {
                file.tensors.append(
                    try StoredTensor(name: prefix + name, elementType: type, shape: shape, bytes: bytes))
            }
            let shape = parameter.trained.shape
            try add("trained", .float32, shape, parameter.trained.bytes)
            let flags =
                (parameter.learnsOutside ? Self.learnsOutside : 0)
                | (parameter.isAssignmentFixed ? Self.assignmentFixed : 0)
            try add("flags", .uint8, [1], [flags])
            if let mask = parameter.mask { try add("mask", .uint8, shape, mask.map { $0 ? 1 : 0 }) }
            if let palette = parameter.palette {
                try add("assignment", .uint8, shape, parameter.assignment)
                let entries = Tensor(palette.entries, shape: [palette.entries.count])
                try add("entries", .float32, entries.shape, entries.bytes)
            }
        }
    }

    /// The teacher of a checkpoint, nil for none.
    static func teacher(in file: ModelFile) throws(PithError) -> Teacher? {
        guard let stored = file.tensor(named: teacherName) else { return nil }
        return try Teacher(stored.bytes)
    }

    /// Takes in what `storeCompression` added but for the teacher.
    func restoreCompression(from file: ModelFile) throws(PithError) {
        guard var compressed else { return }
        firstNonzeros = try file.metadata.count(Key.nonzeros)
        for (index, id) in graph.initializers.enumerated() {
            let prefix = "compression/\(graph[id].name)/"
            guard let trained = file.tensor(named: prefix + "trained") else { continue }
            let shape = parameters[index].shape
            func bytes(_ name: String, _ shape: Shape) throws(PithError) -> [UInt8]? {
                guard let stored = file.tensor(named: prefix + name) else { return nil }
                guard stored.shape == shape, stored.elementType == .uint8 else {
                    throw PithError(.malformed, "the state is not the parameter's", at: .tensor(prefix + name))
                }
                return stored.bytes
            }
            guard trained.shape == shape, trained.elementType == .float32 else {
                throw PithError(.malformed, "the state is not the parameter's", at: .tensor(prefix + "trained"))
            }
            var palette: ValuePalette?
            if let entries = file.tensor(named: prefix + "entries") {
                guard entries.elementType == .float32, entries.shape.rank == 1 else {
                    throw PithError(.malformed, "the state is not the parameter's", at: .tensor(prefix + "entries"))
                }
                let tensor = try Tensor(bytes: entries.bytes, elementType: .float32, shape: entries.shape)
                palette = ValuePalette(entries: tensor.floats)
            }
            let flags = try bytes("flags", [1])?.first ?? 0
            let restored = CompressedParameter(
                trained: try Tensor(bytes: trained.bytes, elementType: .float32, shape: shape),
                value: parameters[index], mask: try bytes("mask", shape)?.map { $0 != 0 },
                learnsOutside: flags & Self.learnsOutside != 0, palette: palette,
                assignment: try bytes("assignment", shape) ?? [],
                isAssignmentFixed: flags & Self.assignmentFixed != 0)
            guard let restored else {
                throw PithError(.malformed, "the state is not the parameter's", at: .tensor(prefix + "assignment"))
            }
            compressed[index] = restored
        }
        self.compressed = compressed
    }
}
