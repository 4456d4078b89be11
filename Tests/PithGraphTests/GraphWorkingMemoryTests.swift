import PithGraph
import Testing

@Suite("Working memory at batch 1") struct WorkingMemoryTests {
    /// What `spec/FORMAT.md` says: shapes worked out anew for inputs of extent 1, and sums over all values at each node.
    private func peak(_ graph: Graph) -> UInt64 {
        let inputs = graph.inputs.map { id in Shape(graph[id].type.dimensions.map { $0.extent ?? 1 }) }
        guard let shapes = try? graph.shapes(forInputs: inputs) else { return 0 }
        let steps = graph.nodes.indices.map { step -> UInt64 in
            var sum: UInt64 = 0
            for (maker, node) in graph.nodes.enumerated() where maker <= step {
                for id in node.outputs {
                    let isTaken = graph.nodes[step...].contains { $0.inputs.contains(id) } || maker == step
                    guard isTaken || graph.outputs.contains(id) else { continue }
                    sum += UInt64(shapes[id.index].elementCount * graph[id].type.elementType.byteCount)
                }
            }
            return sum
        }
        return steps.max() ?? 0
    }

    private func graph(
        _ inputs: [[Dimension]], _ weights: [Shape] = [],
        _ build: (inout Graph, [Graph.ValueID], [Graph.ValueID]) throws -> Graph.ValueID
    ) throws -> Graph {
        var graph = Graph(name: "test")
        var ids: [Graph.ValueID] = []
        for (number, type) in inputs.enumerated() {
            ids.append(try graph.addInput("x\(number)", ValueType(.float32, type)))
        }
        var constants: [Graph.ValueID] = []
        for (number, shape) in weights.enumerated() {
            constants.append(try graph.addInitializer("w\(number)", .float32, shape))
        }
        let result = try build(&graph, ids, constants)
        try graph.addOutput(result, name: "y")
        return graph
    }

    @Test func networksWithASymbolicBatch() throws {
        let perceptron = try graph([["batch", 784]], [[784, 300], [300], [300, 10], [10]]) { graph, x, w in
            let hidden = try graph.add(.relu, [graph.add(.gemm, [x[0], w[0], w[1]])])
            return try graph.add(.softmax, [graph.add(.gemm, [hidden, w[2], w[3]])])
        }
        #expect(perceptron.peakWorkingBytes == 2 * 300 * 4)
        #expect(peak(perceptron) == 2 * 300 * 4)
        let convolutions = try graph([["n", 1, 28, 28]], [[6, 1, 5, 5], [6], [864, 10]]) { graph, x, w in
            let image = try graph.add(.relu, [graph.add(.conv, [x[0], w[0], w[1]])])
            let pooled = try graph.add(.maxPool, [image], [.kernelShape: [2, 2], .strides: [2, 2]])
            return try graph.add(.matMul, [graph.add(.flatten, [pooled]), w[2]])
        }
        #expect(convolutions.peakWorkingBytes == 2 * 6 * 24 * 24 * 4)
        #expect(peak(convolutions) == 2 * 6 * 24 * 24 * 4)
    }

    /// Shapes that are not, at batch 1, what they are with 1 in the symbols' places, and others near to them.
    @Test func symbolsThatMeetNumbers() throws {
        let graphs = [
            // The inner extent is the weights', so that 1 does not do.
            try graph([["batch", "features"]], [[5, 3]]) { try $0.add(.gemm, [$1[0], $2[0]]) },
            try graph([["n", 4]], [[5, 3]]) { try $0.add(.gemm, [$1[0], $2[0]], [.transA: 1]) },
            try graph([["n"]], [[5, 3]]) { try $0.add(.matMul, [$1[0], $2[0]]) },
            try graph([["n", 4]], [[4, 3], [5, 3]]) { try $0.add(.gemm, [$1[0], $2[0], $2[1]]) },
            try graph([["n", 4]], [[4, 3], [1, 3]]) { try $0.add(.gemm, [$1[0], $2[0], $2[1]]) },
            try graph([["n", 4], ["n", 3]], [[4, 3]]) { try $0.add(.gemm, [$1[0], $2[0], $1[1]]) },
            try graph([["n", 4], ["c"]], [[2, 4, 1]]) { graph, x, w in
                try graph.add(.matMul, [graph.add(.add, [x[0], x[1]]), w[0]])
            },
            try graph([["n", 4], [6, 4]]) { graph, x, _ in try graph.add(.mul, x) },
            try graph([["n", 4], ["m", 1]]) { graph, x, _ in try graph.add(.sub, [x[1], x[0]]) },
            try graph([["n", 2, 3, 4]]) { graph, x, _ in try graph.add(.flatten, x, [.axis: 2]) },
            try graph([["n", 2, 3]], [[5, 3, 4]]) { try $0.add(.matMul, [$1[0], $2[0]]) },
            try graph([["n", 2, 3]]) { graph, x, _ in
                let shape = try graph.add(.constant, [], [.valueInts: [2, -1]])
                return try graph.add(.relu, [graph.add(.reshape, [x[0], shape])])
            },
            try graph([["n", 1, 4]]) { graph, x, _ in
                let axes = try graph.add(.constant, [], [.valueInts: [1]])
                return try graph.add(.tanh, [graph.add(.squeeze, [x[0], axes])])
            },
            try graph([["n", 3, 2], ["c"]], [[3], [3], [3]]) { graph, x, w in
                try graph.add(.batchNormalization, [x[0], x[1], w[0], w[1], w[2]])
            },
            try graph([["n", 3, 2], ["n"]]) { graph, x, _ in try graph.add(.pRelu, x) },
        ]
        for graph in graphs { #expect(graph.peakWorkingBytes == peak(graph), "\(graph)") }
        #expect(graphs[0].peakWorkingBytes == 0)
        #expect(graphs[3].peakWorkingBytes == 0)
        #expect(graphs.filter { $0.peakWorkingBytes > 0 }.count >= 8)
    }
}
