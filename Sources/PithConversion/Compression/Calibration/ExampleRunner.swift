import Pith
import PithFormat
import PithGraph
import PithMath

/// Runs a model on examples, batch by batch.
struct ExampleRunner {
    private static let batch = 64

    private var session: Session
    private let size: Int

    /// - Parameter probe: A value to give in place of the outputs; nil for the outputs.
    init(_ file: ModelFile, probe: Graph.ValueID? = nil) throws(PithError) {
        var file = file
        file.testVectors = []
        if let probe, let graph = file.graph { file.graph = try Self.graph(graph, giving: probe) }
        let model = try Model(file)
        session = try model.makeSession()
        size = model.inputs.first?.type.dimensions.first?.extent ?? Self.batch
    }

    /// Calls a closure with the first output for each batch; examples that fill no batch of a fixed size are left out.
    mutating func forEachBatch(
        _ examples: Examples, _ body: (_ examples: Range<Int>, _ output: Tensor) throws(PithError) -> Void
    ) throws(PithError) {
        let isFixed = session.model.inputs.first?.type.dimensions.first?.extent != nil
        for start in stride(from: 0, to: examples.count, by: size) {
            let range = start..<min(start + size, examples.count)
            guard !isFixed || range.count == size else { return }
            try body(range, session.run([examples.rows(range)])[0])
        }
    }

    /// The same graph with one of its values as the only output.
    private static func graph(_ graph: Graph, giving value: Graph.ValueID) throws(PithError) -> Graph {
        var result = Graph(name: graph.name)
        var map = [Graph.ValueID?](repeating: nil, count: graph.values.count)
        for id in graph.inputs { map[id.index] = try result.addInput(graph[id].name, graph[id].type) }
        for id in graph.initializers {
            map[id.index] = try result.addInitializer(
                graph[id].name, graph[id].type.elementType, graph[id].type.shape())
        }
        for node in graph.nodes {
            let inputs = node.inputs.map { id in id.flatMap { map[$0.index] } }
            let outputs = try result.addNode(node.op, inputs, node.attributes, outputCount: node.outputs.count)
            for (old, new) in zip(node.outputs, outputs) { map[old.index] = new }
            if node.outputs.contains(value) { break }
        }
        guard let new = map[value.index] else { throw PithError(.invalidGraph, "a value is not defined") }
        try result.addOutput(new, name: result[new].name.isEmpty ? "layer input" : nil)
        return result
    }
}
