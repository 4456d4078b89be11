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
        #expect(try refusal { $0.graph = Graph(name: String(repeating: "g", count: 1025)) } == .invalidName)
        #expect(try refusal { $0.testVectors[0].outputs = [] } == .invalidGraph)
        #expect(try refusal { $0.testVectors[0].inputs[0] = try tensor("", .float32, [2, 5]) } == .shapeMismatch)
    }

    @Test("a tensor has the bytes that its type and shape need")
    func tensorLength() {
        #expect(throws: PithError(.shapeMismatch, "")) {
            _ = try StoredTensor(name: "t", elementType: .int16, shape: [3], bytes: [1, 2, 3, 4, 5])
        }
    }
}
