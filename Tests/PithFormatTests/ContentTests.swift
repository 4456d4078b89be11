import PithFormat
import PithGraph
import Testing

@Suite("What the writer refuses") struct ContentTests {
    private func refusal(_ change: (inout ModelFile) throws -> Void) throws -> PithError.Code? {
        var file = try smallModel()
        try change(&file)
        do throws(PithError) {
            _ = try file.encoded()
            return nil
        } catch {
            return error.code
        }
    }

    @Test("contents that a reader would refuse")
    func contents() throws {
        #expect(try refusal { _ in } == nil)
        #expect(try refusal { $0.role = .weights } == .invalidArgument)
        #expect(try refusal { $0.graph = nil } == .invalidArgument)
        #expect(try refusal { $0.tensors.removeLast() } == .invalidGraph)
        #expect(try refusal { $0.tensors.append($0.tensors[0]) } == .duplicateName)
        #expect(try refusal { $0.tensors.append(try tensor("", .uint8, [1])) } == .invalidName)
        #expect(try refusal { $0.tensors[0] = try tensor("b", .float32, [4]) } == .shapeMismatch)
        #expect(try refusal { $0.tensors[0] = try tensor("b", .float64, [3]) } == .typeMismatch)
        #expect(try refusal { $0.metadata[""] = 1 } == .invalidName)
        let long = ModelFile(role: .model, graph: Graph(name: String(repeating: "g", count: 1025)))
        #expect(throws: PithError(.limitExceeded, "")) { _ = try long.encoded() }
        #expect(try refusal { $0.testVectors[0].outputs = [] } == .invalidGraph)
        #expect(try refusal { $0.testVectors[0].inputs[0] = try tensor("", .float32, [2, 5]) } == .shapeMismatch)
    }

    @Test("names with a zero byte, wherever they stand")
    func zeroBytes() throws {
        #expect(try refusal { $0.tensors.append(try tensor("t\0", .uint8, [1])) } == .invalidName)
        #expect(try refusal { $0.metadata["k\0"] = 1 } == .invalidName)
        #expect(throws: PithError(.invalidName, "")) {
            _ = try StoredTensor(name: "c", foreign: ForeignElements(typeName: "a\0", shape: []), bytes: [])
        }
        func graph(named name: String = "", branch: String = "", extent: String = "n") throws -> ModelFile {
            var graph = Graph(name: name)
            let x = try graph.addInput("x", ValueType(.float32, [.symbol(extent), 4]))
            let condition = try graph.addInput("c", ValueType(.bool, []))
            var part = Graph(name: branch)
            let y = try part.addInput("y", ValueType(.float32, [.symbol(extent), 4]))
            try part.addOutput(part.add(.relu, [y]), name: "z")
            try graph.addOutput(
                graph.add(.if, [condition, x], [.thenBranch: .graph(part), .elseBranch: .graph(part)]), name: "p")
            return ModelFile(role: .model, graph: graph)
        }
        #expect(throws: Never.self) { try ModelFile.decode(graph().encoded()) }
        for file in [try graph(named: "\0"), try graph(branch: "b\0"), try graph(extent: "\0n")] {
            #expect(throws: PithError(.invalidName, "")) { _ = try file.encoded() }
        }
        let long = try graph(extent: String(repeating: "n", count: 1025))
        #expect(throws: PithError(.limitExceeded, "")) { _ = try long.encoded() }
    }

    @Test("more test vectors than a reader takes")
    func testVectorCount() throws {
        #expect(
            try refusal { $0.testVectors = Array(repeating: $0.testVectors[0], count: 1 << 16 + 1) } == .limitExceeded)
    }

    @Test("a tensor has the bytes that its type and shape need")
    func tensorLength() {
        #expect(throws: PithError(.shapeMismatch, "")) {
            _ = try StoredTensor(name: "t", elementType: .int16, shape: [3], bytes: [1, 2, 3, 4, 5])
        }
    }
}
