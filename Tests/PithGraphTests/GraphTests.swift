import PithGraph
import Testing

@Suite("Graph") struct GraphTests {
    private func tiny() throws -> (Graph, Graph.ValueID) {
        var graph = Graph(name: "tiny")
        let x = try graph.addInput("x", ValueType(.float32, ["batch", 4]))
        let w = try graph.addInitializer("w", .float32, [2, 4])
        let y = try graph.add(.gemm, [x, w], [.transB: 1])
        let p = try graph.add(.softmax, [y])
        try graph.addOutput(p, name: "p")
        return (graph, p)
    }

    @Test func shapesAreInferredAndBound() throws {
        let (graph, p) = try tiny()
        #expect(graph[p].type.description == "float[batch,2]")
        let shapes = try graph.shapes(forInputs: [[7, 4]])
        #expect(shapes[p.index] == [7, 2])
    }

    @Test func aWrongInputShapeNamesBoth() throws {
        let (graph, _) = try tiny()
        let error = #expect(throws: PithError.self) { try graph.shapes(forInputs: [[7, 5]]) }
        #expect(error?.code == .shapeMismatch)
        #expect(error?.description == "tensor 'x': expected float[batch,4], given [7, 5]")
    }

    @Test func convolutionAndPoolingFollowONNX() throws {
        var graph = Graph(name: "conv")
        let x = try graph.addInput("x", ValueType(.float32, ["n", 784]))
        let shape = try graph.add(.constant, [], [.valueInts: [0, 1, 28, 28]])
        let image = try graph.add(.reshape, [x, shape])
        let w = try graph.addInitializer("w", .float32, [6, 1, 5, 5])
        let c = try graph.add(.conv, [image, w], [.pads: [2, 2, 2, 2], .strides: [2, 2]])
        let m = try graph.add(.maxPool, [c], [.kernelShape: [3, 3], .strides: [2, 2], .ceilMode: 1])
        let f = try graph.add(.flatten, [m])
        #expect(graph[image].type.description == "float[n,1,28,28]")
        #expect(graph[c].type.description == "float[n,6,14,14]")
        #expect(graph[m].type.description == "float[n,6,7,7]")
        #expect(graph[f].type.description == "float[n,294]")
    }

    @Test func broadcastingFollowsNumPy() throws {
        var graph = Graph(name: "b")
        let a = try graph.addInput("a", ValueType(.float32, ["n", 1, 5]))
        let b = try graph.addInput("b", ValueType(.float32, [3, 1]))
        let c = try graph.addInput("c", ValueType(.float32, [4, 5]))
        let sum = try graph.add(.add, [a, b])
        #expect(graph[sum].type.description == "float[n,3,5]")
        let error = #expect(throws: PithError.self) { try graph.add(.mul, [b, c]) }
        #expect(error?.code == .shapeMismatch)
        #expect(error?.location.node == "Mul #1")
    }

    @Test func faultsHaveTheirCodes() throws {
        var (graph, _) = try tiny()
        let x = graph.inputs[0]
        func code(_ body: () throws(PithError) -> Void) -> PithError.Code? {
            do throws(PithError) { try body() } catch { return error.code }
            return nil
        }
        #expect(
            code { () throws(PithError) in _ = try graph.addInput("x", ValueType(.float32, [1])) } == .duplicateName)
        #expect(code { () throws(PithError) in _ = try graph.addInput("", ValueType(.float32, [1])) } == .invalidName)
        #expect(code { () throws(PithError) in _ = try graph.add(.relu, [Graph.ValueID(99)]) } == .invalidGraph)
        #expect(code { () throws(PithError) in _ = try graph.add(.gemm, [x]) } == .invalidGraph)
        #expect(code { () throws(PithError) in _ = try graph.add(.relu, [x], [.axis: 1]) } == .invalidAttribute)
        #expect(code { () throws(PithError) in _ = try graph.add(.softmax, [x], [.axis: 2]) } == .invalidAttribute)
        #expect(code { () throws(PithError) in _ = try graph.add(.softmax, [x], [.axis: 1.5]) } == .invalidAttribute)
        #expect(code { () throws(PithError) in _ = try Shape(checking: [1 << 40, 1 << 40]) } == .limitExceeded)
        #expect(code { () throws(PithError) in _ = try Shape(checking: [-1]) } == .shapeMismatch)
        let reals = try graph.addInput("r", ValueType(.int64, [1]))
        #expect(code { () throws(PithError) in _ = try graph.add(.sigmoid, [reals]) } == .typeMismatch)
    }

    @Test(arguments: [1, 15, 16, 17, 40])
    func aNameIsTakenOnce(count: Int) throws {
        var graph = Graph(name: "names")
        for number in 0..<count { _ = try graph.addInitializer("e\u{301}\(number)", .float32, [1]) }
        for number in 0..<count {
            for name in ["e\u{301}\(number)", "\u{e9}\(number)"] {
                let error = #expect(throws: PithError.self) { try graph.addInitializer(name, .float32, [1]) }
                #expect(error?.code == .duplicateName)
            }
        }
        #expect(graph.values.count == count)
        var same = Graph(name: "names")
        for number in 0..<count { _ = try same.addInitializer("e\u{301}\(number)", .float32, [1]) }
        #expect(same == graph)
    }

    @Test func preparationDropsWhatOnlyTrainingNeeds() throws {
        var graph = Graph(name: "d")
        let x = try graph.addInput("x", ValueType(.float32, ["n", 2]))
        _ = try graph.addInitializer("unused", .float32, [3])
        let d = try graph.add(.dropout, [x])
        let r = try graph.add(.relu, [d])
        _ = try graph.add(.exp, [r])
        try graph.addOutput(r, name: "y")
        let prepared = try graph.preparedForInference()
        #expect(prepared.nodes.map(\.op) == [.relu])
        #expect(prepared.initializers.isEmpty)
        #expect(prepared[prepared.outputs[0]].name == "y")
    }

    @Test func theTextFormReadsAsONNX() throws {
        let (graph, _) = try tiny()
        #expect(
            graph.text == """
                tiny (float[batch,4] x) => (float[batch,2] p)
                <float[2,4] w> {
                  v2 = Gemm <transB = 1> (x, w)
                  p = Softmax (v2)
                }

                """)
    }

    @Test func codesAndNamesAreUnique() {
        let names = Operator.allCases.map(\.name)
        #expect(Set(names).count == names.count)
        for op in Operator.allCases {
            #expect(Operator(name: op.name) == op)
            let codes = op.definition.attributes.map(\.name.rawValue)
            #expect(codes == codes.sorted())
        }
    }

    @Test("of a value that no run has no elements are known") func squeezedNothing() throws {
        var graph = Graph(name: "nothing")
        let x = try graph.addInput("x", ValueType(.float32, []))
        let list = try graph.addInput("list", ValueType(.float32, [4]))
        let axes = try graph.addInput("axes", ValueType(.int64, [1]))
        let squeezed = try graph.add(.squeeze, [graph.add(.shape, [x]), axes])
        #expect(graph[squeezed].type == ValueType(.int64, []))
        #expect(graph[squeezed].known == nil)
        let one = try graph.add(.constant, [], [.value: .tensor(TensorValue(.int64, [], words: [1]))])
        let range = try graph.add(.range, [one, squeezed, one])
        #expect(graph[range].type.dimensions == [.unknown])
        let zero = try graph.add(.constant, [], [.valueInts: [0]])
        let count = try graph.add(.unsqueeze, [squeezed, zero])
        let best = try graph.addNode(.topK, [list, count], outputCount: 2)
        #expect(graph[best[0]].type.dimensions == [.unknown])
    }
}
