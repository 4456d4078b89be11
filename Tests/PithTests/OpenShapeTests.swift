import Pith
import PithFormat
import PithGraph
import PithMath
import Testing

/// Models where values decide the shapes of others, against what ONNX Runtime gives (`Fixtures/make.py`).
@Suite("Open shapes") struct OpenShapeTests {
    /// The same as `numbers` in `Fixtures/make.py`.
    private func floats(_ count: Int, seed: Int) -> [Float] {
        var state = seed
        return (0..<count).map { _ in
            state = (state * 1_103_515_245 + 12345) % (1 << 31)
            return Float((state >> 16) % 128) / 64 - 1
        }
    }

    private func model(_ graph: Graph, seeds: [String: Int]) throws -> Model {
        var tensors: [StoredTensor] = []
        for id in graph.initializers {
            let shape = try graph[id].type.shape()
            let values = Tensor(floats(shape.elementCount, seed: seeds[graph[id].name] ?? 0), shape: shape)
            tensors.append(
                try StoredTensor(name: graph[id].name, elementType: .float32, shape: shape, bytes: values.bytes))
        }
        let file = ModelFile(role: .model, graph: graph, tensors: tensors)
        return try Model(bytes: file.encoded())
    }

    private func expect(_ output: Tensor, _ fixture: ONNXRuntimeFixture, _ location: SourceLocation = #_sourceLocation)
    {
        #expect(output.shape == fixture.shape, sourceLocation: location)
        for (got, want) in zip(output.floats, fixture.floats) {
            #expect(abs(got - want) <= 2e-6 * max(1, abs(want)), sourceLocation: location)
        }
    }

    @Test("a Range as long as an input says, then a product with a bias and a ReLU fused", arguments: [1, 2])
    func range(threads: Int) throws {
        var graph = Graph(name: "counted")
        let count = try graph.addInput("count", ValueType(.int64, []))
        let w = try graph.addInitializer("w", .float32, [3, 4])
        let b = try graph.addInitializer("b", .float32, [4])
        let row = try graph.addInitializer("row", .float32, [1, 3])
        let zero = try graph.add(.constant, [], [.value: .tensor(Self.scalar(0))])
        let one = try graph.add(.constant, [], [.value: .tensor(Self.scalar(1))])
        let range = try graph.add(.range, [zero, count, one])
        let numbers = try graph.add(.cast, [range], [.to: .int(1)])
        let axis = try graph.add(.constant, [], [.valueInts: [1]])
        let column = try graph.add(.unsqueeze, [numbers, axis])
        let product = try graph.add(.matMul, [graph.add(.mul, [column, row]), w])
        try graph.addOutput(graph.add(.relu, [graph.add(.add, [product, b])]), name: "y")
        let model = try model(graph, seeds: ["w": 1, "b": 2, "row": 3])
        var session = try model.makeSession(threads: threads)
        for _ in 0..<2 {
            let (five, none) = (Tensor(integers: [5], shape: []), Tensor(integers: [0], shape: []))
            expect(try session.run(five), .countedFive)
            expect(try session.run(none), .countedNone)
        }
        let (outputs, steps) = try session.profile([Tensor(integers: [5], shape: [])])
        expect(outputs[0], .countedFive)
        #expect(steps.last?.name.contains("MatMul") == true && steps.last?.name.contains("Relu") == true)
        #expect(steps.last?.output == [5, 4])
        var written = [Tensor(zeros: [5, 4])]
        try session.run([Tensor(integers: [5], shape: [])], into: &written)
        expect(written[0], .countedFive)
        let four = [Tensor(integers: [4], shape: [])]
        let error = #expect(throws: PithError.self) { try session.run(four, into: &written) }
        #expect(error?.description.contains("expected f32 [4, 4], given f32 [5, 4]") == true)
        let plan = try model.describe(threads: threads)
        #expect(plan.arenaBytes == nil && plan.constantBytes >= (12 + 4 + 3) * 4)
        #expect(plan.steps.last.map { "\($0.output)" } == "float[?,4]" && plan.steps.last?.outputBytes == nil)
        #expect("\(plan)".contains("Relu #") && "\(plan)".contains("chosen in the run"))
    }

    private static func scalar(_ value: UInt8) throws -> TensorValue {
        try TensorValue(.int64, [], bytes: [value, 0, 0, 0, 0, 0, 0, 0])
    }

    @Test("a Reshape to a shape that is computed")
    func reshape() throws {
        var graph = Graph(name: "regrouped")
        let x = try graph.addInput("x", ValueType(.float32, [4, 6]))
        let scores = try graph.addInput("scores", ValueType(.float32, [4]))
        let best = try graph.add(.argMax, [scores], [.axis: 0, .keepDims: 1])
        let rest = try graph.add(.constant, [], [.valueInts: [-1]])
        let shape = try graph.add(.concat, [best, rest], [.axis: 0])
        let table = try graph.add(.reshape, [x, shape])
        try graph.addOutput(graph.add(.softmax, [table], [.axis: -1]), name: "y")
        let model = try model(graph, seeds: [:])
        var session = try model.makeSession()
        let pixels = Tensor(floats(24, seed: 4), shape: [4, 6])
        expect(try session.run([pixels, Tensor([0, 1, 3, 2], shape: [4])])[0], .regroupedTwo)
        expect(try session.run([pixels, Tensor([0, 7, 3, 2], shape: [4])])[0], .regroupedOne)
        // Position 0 keeps the extent of x at that place.
        #expect(try session.run([pixels, Tensor([9, 7, 3, 2], shape: [4])])[0].shape == [4, 6])
    }

    @Test("a Reshape to a constant shape behind one that is computed")
    func constantBehind() throws {
        var graph = Graph(name: "twice")
        let x = try graph.addInput("x", ValueType(.float32, [4, 6]))
        let rows = try graph.addInput("rows", ValueType(.int64, [1]))
        let rest = try graph.add(.constant, [], [.valueInts: [-1]])
        let computed = try graph.add(.reshape, [x, graph.add(.concat, [rows, rest], [.axis: 0])])
        let shape = try graph.add(.constant, [], [.valueInts: [2, 12]])
        try graph.addOutput(graph.add(.relu, [graph.add(.reshape, [computed, shape])]), name: "y")
        var session = try model(graph, seeds: [:]).makeSession()
        let numbers = floats(24, seed: 3)
        for rows in [1, 3, 8] as [Int64] {
            let output = try session.run([
                Tensor(numbers, shape: [4, 6]), Tensor(elements: [rows] as [Int64], shape: [1]),
            ])[0]
            #expect(output.shape == [2, 12])
            #expect(output.floats == numbers.map { max($0, 0) })
        }
    }

    @Test("an If whose branches give different extents, on a condition that is computed")
    func branches() throws {
        var then = Graph(name: "then")
        let taken = try then.addInput("x", ValueType(.float32, [2, 6]))
        let weight = try then.addInput("w", ValueType(.float32, [6, 5]))
        try then.addOutput(then.add(.relu, [then.add(.matMul, [taken, weight])]), name: "o")
        var otherwise = Graph(name: "else")
        let other = try otherwise.addInput("x", ValueType(.float32, [2, 6]))
        _ = try otherwise.addInput("w", ValueType(.float32, [6, 5]))
        try otherwise.addOutput(otherwise.add(.neg, [other]), name: "o")

        var graph = Graph(name: "branched")
        let x = try graph.addInput("x", ValueType(.float32, [2, 6]))
        let level = try graph.addInput("level", ValueType(.float32, [2]))
        let w = try graph.addInitializer("w", .float32, [6, 5])
        let top = try graph.add(.reduceMax, [level], [.keepDims: 0])
        let limit = try graph.add(
            .constant, [], [.value: .tensor(TensorValue(.float32, [], bytes: [0, 0, 0x80, 0x3E]))])
        let condition = try graph.add(.greater, [top, limit])
        let branch = try graph.add(
            .if, [condition, x, w], [.thenBranch: .graph(then), .elseBranch: .graph(otherwise)])
        try graph.addOutput(graph.add(.exp, [branch]), name: "y")
        let model = try model(graph, seeds: ["w": 5])
        var session = try model.makeSession()
        let pixels = Tensor(floats(12, seed: 6), shape: [2, 6])
        expect(try session.run([pixels, Tensor([0.5, 0], shape: [2])])[0], .branchedThen)
        expect(try session.run([pixels, Tensor([0, 0], shape: [2])])[0], .branchedElse)
    }

    @Test("LSTM and GRU in both directions over sequences of different lengths", arguments: [Operator.lstm, .gru])
    func recurrent(op: Operator) throws {
        let gates = op == .lstm ? 4 : 3
        var graph = Graph(name: "recurrent")
        let x = try graph.addInput("x", ValueType(.float32, ["time", "batch", 3]))
        let lengths = try graph.addInput("lengths", ValueType(.int32, ["batch"]))
        let w = try graph.addInitializer("w", .float32, [2, 4 * gates, 3])
        let r = try graph.addInitializer("r", .float32, [2, 4 * gates, 4])
        let b = try graph.addInitializer("b", .float32, [2, 8 * gates])
        var attributes: Attributes = [.hiddenSize: 4, .direction: "bidirectional"]
        if op == .gru { attributes[.linearBeforeReset] = 1 }
        let outputs = try graph.addNode(op, [x, w, r, b, lengths], attributes, outputCount: 2)
        try graph.addOutput(outputs[0], name: "y")
        try graph.addOutput(outputs[1], name: "h")
        let model = try model(graph, seeds: ["w": 7, "r": 8, "b": 9])
        var session = try model.makeSession()
        let results = try session.run([
            Tensor(floats(30, seed: 10), shape: [5, 2, 3]), Tensor(elements: [5, 3] as [Int32], shape: [2]),
        ])
        expect(results[0], op == .lstm ? .lstmAll : .gruAll)
        expect(results[1], op == .lstm ? .lstmLast : .gruLast)
    }

    @Test(
        "a value that is larger than the limit, or than memory, is refused in the run", arguments: [1 << 20, 1 << 39])
    func largeValue(count: Int64) throws {
        var graph = Graph(name: "large")
        let extent = try graph.addInput("extent", ValueType(.int64, [1]))
        try graph.addOutput(graph.add(.constantOfShape, [extent]), name: "y")
        var limits = ReadingLimits()
        if count == 1 << 20 { limits.workingBytes = 1 << 21 } else { limits.workingBytes = .max }
        let file = ModelFile(role: .model, graph: graph, tensors: [])
        var session = try Model(bytes: file.encoded(), limits: limits).makeSession()
        #expect(try session.run(Tensor(elements: [3] as [Int64], shape: [1])).floats == [0, 0, 0])
        let error = #expect(throws: PithError.self) {
            try session.run(Tensor(elements: [count], shape: [1]))
        }
        #expect(error?.code == .limitExceeded)
    }
}
