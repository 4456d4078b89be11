import Pith
import PithFormat
import PithGraph
import PithMath
import PithTraining
import Testing

@Suite("Removal of units") struct UnitRemovalTests {
    private static func parameters(_ graph: Graph) throws -> [Tensor] {
        try graph.initializers.map { Check.random(try graph[$0].type.shape(), graph[$0].name, in: -0.3..<0.3) }
    }

    private static func outputs(_ graph: Graph, _ parameters: [Tensor]) throws -> Tensor {
        var file = ModelFile(role: .model, graph: graph)
        for (id, tensor) in zip(graph.initializers, parameters) {
            file.tensors.append(
                try StoredTensor(
                    name: graph[id].name, elementType: .float32, shape: tensor.shape, bytes: tensor.bytes))
        }
        var session = try Model(file).makeSession()
        return try session.run([Check.random([5, 784], "pixels", in: 0..<1)])[0]
    }

    /// Makes elements of a tensor zero: those that fit, by their place on some axis.
    private static func clear(_ tensor: inout Tensor, axis: Int, _ fits: (Int) -> Bool) {
        var floats = tensor.floats
        let inner = tensor.shape.dimensions[(axis + 1)...].reduce(1, *)
        for index in floats.indices where fits(index / inner % tensor.shape[axis]) { floats[index] = 0 }
        tensor = Tensor(floats, shape: tensor.shape)
    }

    /// Units whose outputs nobody takes: the removal changes no bit.
    @Test(arguments: [BuiltInModel.mlp, .lenet5, .lenet5Caffe, .cnn])
    func whatNobodyTakesGoesWithoutATrace(model: BuiltInModel) throws {
        let graph = try model.graph()
        var parameters = try Self.parameters(graph)
        for (index, id) in graph.initializers.enumerated() {
            let name = graph[id].name
            if name == "fc2.weight" { Self.clear(&parameters[index], axis: 1) { $0 % 3 == 0 } }
            if name == "conv2.weight" { Self.clear(&parameters[index], axis: 1) { $0 % 2 == 0 } }
        }
        var removal = try UnitRemoval(graph, parameters: parameters)
        try removal.removeDead()
        #expect(removal.removed > 1)
        #expect(removal.parameters.reduce(0) { $0 + $1.count } < parameters.reduce(0) { $0 + $1.count })
        #expect(try Self.outputs(removal.graph, removal.parameters) == Self.outputs(graph, parameters))
    }

    /// Units whose weights are zero give constants, which go into the next biases.
    @Test(arguments: [BuiltInModel.mlp, .lenet5Caffe])
    func constantsAreFolded(model: BuiltInModel) throws {
        let graph = try model.graph()
        var parameters = try Self.parameters(graph)
        for (index, id) in graph.initializers.enumerated() where graph[id].name.hasSuffix("1.weight") {
            Self.clear(&parameters[index], axis: 0) { $0 % 2 == 1 }
        }
        var removal = try UnitRemoval(graph, parameters: parameters)
        try removal.removeDead()
        #expect(removal.removed >= 10)
        let (before, after) = (
            try Self.outputs(graph, parameters).floats, try Self.outputs(removal.graph, removal.parameters).floats
        )
        for (old, new) in zip(before, after) { #expect(abs(old - new) < 1e-4) }
    }

    /// A constant before a convolution with padding is none at the border.
    @Test func constantsBeforePaddingStay() throws {
        let graph = try BuiltInModel.cnn.graph()
        var parameters = try Self.parameters(graph)
        Self.clear(&parameters[0], axis: 0) { $0 == 2 }
        parameters[1] = Tensor([Float](repeating: 0.5, count: 8), shape: [8])
        var removal = try UnitRemoval(graph, parameters: parameters)
        try removal.removeDead()
        #expect(removal.removed == 0)
        parameters[1] = Tensor([Float](repeating: -0.5, count: 8), shape: [8])
        removal = try UnitRemoval(graph, parameters: parameters)
        try removal.removeDead()
        #expect(removal.removed == 1)
        #expect(try Self.outputs(removal.graph, removal.parameters) == Self.outputs(graph, parameters))
    }

    @Test func keepsThoseThatMatterMost() throws {
        let graph = try BuiltInModel.lenet5Caffe.graph()
        let parameters = try Self.parameters(graph)
        var removal = try UnitRemoval(graph, parameters: parameters)
        try removal.keep(8, of: "conv1")
        try removal.keep(20, of: "conv2")
        try removal.keep(60, of: "fc1")
        #expect(
            removal.parameters.map(\.shape) == [
                [8, 1, 5, 5], [8], [20, 8, 5, 5], [20], [60, 320], [60], [10, 60], [10],
            ])
        // The norms, from the definition.
        func norm(_ floats: [Float]) -> Double { floats.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot() }
        let (first, second) = (parameters[0].floats, parameters[2].floats)
        let importance = (0..<20).map { channel in
            norm(Array(first[(channel * 25)..<(channel * 25 + 25)]))
                * norm(second.indices.filter { $0 / 25 % 20 == channel }.map { second[$0] })
        }
        let best = Set((0..<20).sorted { importance[$0] > importance[$1] }.prefix(8)).sorted()
        #expect(removal.parameters[0].floats == best.flatMap { Array(first[($0 * 25)..<($0 * 25 + 25)]) })
        #expect(throws: PithError(.invalidArgument, "")) { try removal.keep(5, of: "fc2") }
        #expect(throws: PithError(.invalidArgument, "")) { try removal.keep(0, of: "fc1") }
    }
}
