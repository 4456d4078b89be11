import Pith
import PithFormat
import PithGraph
import PithMath

extension FuzzTarget {
    /// Whole files, checksums repaired, loaded and run: an accepted model computes or refuses, and keeps to what it
    /// declares.
    static let run = FuzzTarget(
        name: "run",
        seeds: { try Samples.files().filter { $0.role == .model }.map { try $0.encoded() } },
        run: { bytes in
            let file = FileParts(bytes)?.repaired() ?? bytes
            guard let model = try? load(file), model.graph.nodes.count <= 64 else { return }
            _ = try? model.verifyTestVectors()
            guard var session = try? model.makeSession() else { return }
            for batch in [1, 2] {
                var inputs: [Tensor] = []
                for input in model.inputs {
                    let extents = input.type.dimensions.map { $0.extent ?? batch }
                    guard let shape = try? Shape(checking: extents), shape.elementCount <= 1 << 14,
                        let tensor = try? Tensor(
                            bytes: pattern(shape.elementCount * input.type.elementType.byteCount),
                            elementType: input.type.elementType, shape: shape)
                    else { return }
                    inputs.append(tensor)
                }
                guard let outputs = try? session.run(inputs) else { continue }
                if outputs.count != model.outputs.count { finding("another number of outputs") }
            }
        },
        mutate: mutateFile)

    @Sendable private static func load(_ bytes: [UInt8]) throws(PithError) -> Model {
        var limits = ReadingLimits.fuzzing
        (limits.decodedBytes, limits.workingBytes) = (1 << 16, 1 << 16)
        return try Model(bytes: bytes, limits: limits)
    }

    /// Bytes that are numbers of every size as floats, and 0 or 1 as bools.
    private static func pattern(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 & 1) } }
}
