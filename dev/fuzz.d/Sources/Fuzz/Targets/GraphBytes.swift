import PithGraph

@testable import PithFormat

extension FuzzTarget {
    /// The bytes of a section `GRPH` beside a few tensors: any graph that is accepted can be shown, rewritten and bound.
    static let graph = FuzzTarget(
        name: "graph",
        seeds: {
            try Samples.files().compactMap { file in
                guard file.graph != nil else { return nil }
                return FileParts(try file.encoded())?.sections.first { $0.kind == .graph }?.bytes
            }
        },
        run: { bytes in
            var parts = surroundings
            parts.change(0, to: bytes)
            guard let graph = try? ModelFile.decode(parts.repaired(), limits: .fuzzing).graph else { return }
            _ = graph.text
            do {
                guard try graph.canonical() == graph else { finding("a graph from a file is not canonical") }
                _ = try graph.preparedForInference()
            } catch {
                finding("an accepted graph cannot be rewritten: \(error)")
            }
            for batch in [0, 1, 3] {
                let shapes = graph.inputs.map { graph[$0].type.dimensions.map { $0.extent ?? batch } }
                _ = try? graph.shapes(forInputs: shapes.map { try Shape(checking: $0) })
            }
        })

    /// The sample's tensors and an empty graph.
    private static let surroundings: FileParts = {
        guard let bytes = try? Samples.classifier().encoded(), let parts = FileParts(bytes) else {
            finding("the sample cannot be made")
        }
        return parts
    }()
}
