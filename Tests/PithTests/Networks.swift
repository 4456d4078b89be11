import Pith
import PithFormat
import PithGraph
import PithMath

/// Models of all kinds that a plan must get right, with weights of a seed.
enum Networks {
    /// - Parameter type: How weights of two dimensions are stored.
    static func file(_ graph: Graph, storing type: ElementType = .float32) throws -> ModelFile {
        var tensors: [StoredTensor] = []
        for id in graph.initializers {
            let shape = try graph[id].type.shape()
            var stream = RandomStream(seed: 3, name: graph[id].name)
            let tensor = Tensor((0..<shape.elementCount).map { _ in stream.normal() / 4 }, shape: shape)
            let stored = try tensor.converted(to: shape.rank == 2 ? type : .float32)
            tensors.append(
                try StoredTensor(
                    name: graph[id].name, elementType: stored.elementType, shape: shape, bytes: stored.bytes))
        }
        return ModelFile(role: .model, graph: graph, tensors: tensors)
    }

    static func perceptron() throws -> Graph {
        var graph = Graph(name: "perceptron")
        var x = try graph.addInput("x", ValueType(.float32, ["batch", 9]))
        for (name, units, features) in [("a", 33, 9), ("b", 17, 33), ("c", 5, 17)] {
            let weight = try graph.addInitializer(name, .float32, [units, features])
            let bias = try graph.addInitializer(name + ".bias", .float32, [units])
            x = try graph.add(.gemm, [x, weight, bias], [.transB: 1])
            if name != "c" { x = try graph.add(.relu, [x]) }
        }
        try graph.addOutput(graph.add(.softmax, [x]), name: "y")
        return graph
    }

    static func convolutional() throws -> Graph {
        var graph = Graph(name: "convolutional")
        let flat = try graph.addInput("x", ValueType(.float32, ["batch", 144]))
        let shape = try graph.add(.constant, [], [.valueInts: [0, 1, 12, 12]])
        var x = try graph.add(.reshape, [flat, shape])
        for (name, filters, channels) in [("a", 5, 1), ("b", 18, 5)] {
            let weight = try graph.addInitializer(name, .float32, [filters, channels, 3, 3])
            let bias = try graph.addInitializer(name + ".bias", .float32, [filters])
            x = try graph.add(.conv, [x, weight, bias], [.pads: [1, 1, 1, 1]])
            x = try graph.add(.relu, [x])
            x = try graph.add(.maxPool, [x], [.kernelShape: [2, 2], .strides: [2, 2]])
        }
        x = try graph.add(.flatten, [x])
        let weight = try graph.addInitializer("fc", .float32, [162, 7])
        let bias = try graph.addInitializer("fc.bias", .float32, [7])
        x = try graph.add(.matMul, [x, weight])
        x = try graph.add(.add, [x, bias])
        try graph.addOutput(graph.add(.relu, [x]), name: "y")
        return graph
    }

    /// Branches, values used twice, an output in the middle, an output that only renames, an input as an output, a
    /// constant as an output, and arithmetic on constants.
    static func tangled() throws -> Graph {
        var graph = Graph(name: "tangled")
        let x = try graph.addInput("x", ValueType(.float32, ["batch", 6]))
        let z = try graph.addInput("z", ValueType(.float32, ["batch", 6]))
        let w = try graph.addInitializer("w", .float32, [6, 6])
        let b = try graph.addInitializer("b", .float32, [6])
        let doubled = try graph.add(.add, [b, b])
        let first = try graph.add(.matMul, [x, w])
        let biased = try graph.add(.add, [first, doubled])
        let active = try graph.add(.relu, [biased])
        let square = try graph.add(.mul, [active, active])
        let residual = try graph.add(.sub, [square, z])
        let again = try graph.add(.matMul, [residual, w])
        let sum = try graph.add(.add, [again, first])
        let same = try graph.add(.identity, [sum])
        let folded = try graph.add(.gemm, [sum, w, doubled], [.alpha: 0.5])
        try graph.addOutput(residual, name: "residual")
        try graph.addOutput(same, name: "same")
        try graph.addOutput(x)
        try graph.addOutput(doubled, name: "doubled")
        try graph.addOutput(graph.add(.tanh, [folded]), name: "y")
        try graph.addOutput(sum, name: "sum")
        return graph
    }

    /// Attention of two heads over twelve places, and operators that move, cut, join, broadcast and reduce.
    static func attentive() throws -> Graph {
        var graph = Graph(name: "attentive")
        let flat = try graph.addInput("x", ValueType(.float32, ["batch", 144]))
        func integers(_ values: [Int64]) throws -> Graph.ValueID {
            try graph.add(.constant, [], [.valueInts: .ints(values)])
        }
        func number(_ value: Float) throws -> Graph.ValueID {
            let value = try TensorValue(.float32, [], words: [UInt64(value.bitPattern)])
            return try graph.add(.constant, [], [.value: .tensor(value)])
        }
        let heads = try graph.add(.reshape, [flat, try integers([0, 12, 2, 6])])
        let keys = try graph.add(.transpose, [heads], [.perm: [0, 2, 3, 1]])
        let values = try graph.add(.transpose, [heads], [.perm: [0, 2, 1, 3]])
        let scores = try graph.add(.softmax, [try graph.add(.matMul, [values, keys])], [.axis: -1])
        let mixed = try graph.add(.matMul, [scores, values])
        let order = try graph.addInitializer("order", .float32, [2, 1, 6])
        let scaled = try graph.add(.mul, [mixed, order])
        let greatest = try graph.add(.reduceMax, [scaled, try integers([2])])
        let below = try graph.add(.sub, [scaled, greatest])
        let half = try graph.add(
            .slice, [below, try integers([1]), try integers([12]), try integers([2]), try integers([2])])
        let joined = try graph.add(.concat, [half, below], [.axis: 2])
        let some = try graph.add(.gather, [joined, try integers([0, 17, 3, -1])], [.axis: 2])
        let pooled = try graph.add(
            .averagePool, [joined], [.kernelShape: [3, 3], .pads: [1, 1, 1, 1], .strides: [2, 2]])
        let sums = try graph.add(.reduceSum, [pooled, try integers([1, 3])], [.keepDims: 0])
        let clipped = try graph.add(.clip, [some, try number(-2), try number(0.5)])
        let means = try graph.add(.reduceMean, [clipped, try integers([1, 2])], [.keepDims: 0])
        try graph.addOutput(graph.add(.concat, [sums, means], [.axis: 1]), name: "y")
        return graph
    }

    /// Constants that only get another shape or name, which no step computes, and values without elements.
    static func renaming() throws -> Graph {
        var graph = Graph(name: "renaming")
        let x = try graph.addInput("x", ValueType(.float32, ["batch", 6]))
        let w = try graph.addInitializer("w", .float32, [4, 6])
        let kept = try graph.add(.dropout, [w, nil, nil])
        try graph.addOutput(graph.add(.reduceMax, [kept]), name: "greatest")
        let width = try graph.add(.shape, [x], [.start: 1])
        let rest = try graph.add(.constant, [], [.valueInts: [-1]])
        let turned = try graph.add(.reshape, [w, graph.add(.concat, [width, rest], [.axis: 0])])
        try graph.addOutput(graph.add(.matMul, [x, turned]), name: "product")
        let axes = try graph.add(.constant, [], [.valueInts: [2, 3]])
        let pads = try graph.add(.constant, [], [.valueInts: [0, 0, 0, -1]])
        let none = try graph.add(.pad, [graph.add(.unsqueeze, [x, axes]), pads, nil, axes])
        try graph.addOutput(graph.add(.globalAveragePool, [graph.add(.max, [none])]), name: "means of nothing")
        return graph
    }

    static let all: [@Sendable () throws -> Graph] = [perceptron, convolutional, tangled, attentive, renaming]

    static func inputs(_ graph: Graph, batch: Int) throws -> [Tensor] {
        try graph.inputs.map { id in
            let shape = try Shape(checking: graph[id].type.dimensions.map { $0.extent ?? batch })
            var stream = RandomStream(seed: 5, name: "\(graph[id].name) \(batch)")
            return Tensor((0..<shape.elementCount).map { _ in stream.normal() }, shape: shape)
        }
    }

    /// Every node by the scalar reference, one after another.
    static func reference(_ file: ModelFile, _ inputs: [Tensor]) throws -> [Tensor] {
        guard let graph = file.graph else { return [] }
        let shapes = try graph.shapes(forInputs: inputs.map(\.shape))
        var values = [Tensor?](repeating: nil, count: graph.values.count)
        for (id, input) in zip(graph.inputs, inputs) { values[id.index] = input }
        for id in graph.initializers {
            guard let stored = file.tensor(named: graph[id].name) else { continue }
            values[id.index] = try Tensor(
                bytes: stored.bytes, elementType: stored.elementType, shape: stored.shape
            ).converted(to: graph[id].type.elementType)
        }
        for node in graph.nodes {
            let operands = node.inputs.map { id in id.flatMap { values[$0.index] } }
            let outputShapes = node.outputs.map { shapes[$0.index] }
            let outputs =
                node.op == .constant
                ? try Execution.apply(node.op, node.attributes, operands, on: .single, outputShapes: outputShapes)
                : try Execution.reference(node.op, node.attributes, operands, outputShapes)
            for (id, output) in zip(node.outputs, outputs) { values[id.index] = output }
        }
        return graph.outputs.compactMap { values[$0.index] }
    }
}
