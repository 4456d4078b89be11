import Pith
import PithFormat
import PithGraph
import PithMath
import Testing

@Suite("Plan") struct PlanTests {
    @Test("folding, fusing, packing and sharing memory change no bit", arguments: Networks.all.indices, [1, 2, 3])
    func equalsReference(network: Int, threads: Int) throws {
        let file = try Networks.file(Networks.all[network]())
        let model = try Model(file)
        var session = try model.makeSession(threads: threads)
        for batch in [1, 3, 70, 1, 2, 4, 5, 6, 7, 8, 9, 3] {
            let inputs = try Networks.inputs(model.graph, batch: batch)
            #expect(try session.run(inputs) == Networks.reference(file, inputs), "batch \(batch)")
        }
    }

    @Test(
        "narrow weights give the bits of the widened ones", arguments: Networks.all.indices,
        [ElementType.bfloat16, .float16])
    func narrowWeights(network: Int, type: ElementType) throws {
        let file = try Networks.file(Networks.all[network](), storing: type)
        let model = try Model(file)
        for threads in [1, 2] {
            var session = try model.makeSession(threads: threads)
            for batch in [1, 2, 5, 70] {
                let inputs = try Networks.inputs(model.graph, batch: batch)
                #expect(try session.run(inputs) == Networks.reference(file, inputs), "batch \(batch)")
            }
        }
    }

    @Test("the plan names what runs as one, and adds up bytes")
    func description() throws {
        let model = try Model(Networks.file(Networks.convolutional()))
        let plan = try model.describe(batch: 2)
        #expect(
            plan.steps.map(\.name) == [
                "Conv #2, Relu #3, MaxPool #4", "Conv #5, Relu #6, MaxPool #7", "MatMul #9, Add #10, Relu #11",
            ])
        #expect(try plan.steps.map { try $0.output.shape() } == [[2, 5, 6, 6], [2, 18, 3, 3], [2, 7]])
        #expect(plan.steps.map(\.outputBytes) == [1440, 1296, 56])
        #expect(plan.steps.allSatisfy { $0.kernel != "general" })
        #expect(try #require(plan.arenaBytes) >= 1440 + 1296)
        #expect(plan.constantBytes == plan.steps.reduce(0) { $0 + $1.constantBytes })
        #expect(
            "\(plan)".contains("Conv #2, Relu #3, MaxPool #4 -> float[2,5,6,6]: convolution, pooling, 1440 bytes out"))
        let narrow = try Model(Networks.file(Networks.perceptron(), storing: .bfloat16)).describe()
        let wide = try Model(Networks.file(Networks.perceptron())).describe()
        #expect(narrow.constantBytes < wide.constantBytes)
    }

    @Test("timing gives the same outputs and a time for each step")
    func profile() throws {
        let model = try Model(Networks.file(Networks.tangled()))
        var session = try model.makeSession()
        let inputs = try Networks.inputs(model.graph, batch: 4)
        let expected = try session.run(inputs)
        let (outputs, steps) = try session.profile(inputs)
        #expect(outputs == expected)
        #expect(steps.map(\.name) == (try model.describe(batch: 4).steps.map(\.name)))
        for (step, next) in zip(steps, steps.dropFirst()) { #expect(step.start + step.duration <= next.start) }
    }

    @Test func anEmptyBatchGivesEmptyOutputs() throws {
        var session = try Model(Networks.file(Networks.perceptron())).makeSession()
        #expect(try session.run(Tensor(zeros: [0, 9])).shape == [0, 5])
    }

    @Test("floats in the caller's memory give the same bits as tensors")
    func spans() throws {
        let model = try Model(Networks.file(Networks.convolutional()))
        var session = try model.makeSession()
        for batch in [1, 5] {
            let input = try Networks.inputs(model.graph, batch: batch)[0]
            let expected = try session.run(input).floats
            let floats = input.floats
            var output = [Float](repeating: -1, count: expected.count)
            var span = output.mutableSpan
            try session.run(floats.span, into: &span)
            #expect(output == expected)
        }
    }

    @Test func spansOfAWrongCountAreRefused() throws {
        var session = try Model(Networks.file(Networks.perceptron())).makeSession()
        let (ten, eighteen) = ([Float](repeating: 0, count: 10), [Float](repeating: 0, count: 18))
        var output = [Float](repeating: 0, count: 5)
        let error = #expect(throws: PithError.self) {
            var span = output.mutableSpan
            try session.run(ten.span, into: &span)
        }
        #expect(error?.code == .shapeMismatch)
        #expect(error?.description.contains("expected float[batch,9], given 10 elements") == true)
        let other = #expect(throws: PithError.self) {
            var span = output.mutableSpan
            try session.run(eighteen.span, into: &span)
        }
        #expect(other?.description.contains("10 elements, given room for 5") == true)
    }

    @Test("outputs are written over the tensors that the caller gives")
    func intoTensors() throws {
        let model = try Model(Networks.file(Networks.tangled()))
        var session = try model.makeSession()
        let inputs = try Networks.inputs(model.graph, batch: 4)
        let expected = try session.run(inputs)
        var outputs = expected.map { Tensor(zeros: $0.shape) }
        let shared = outputs
        try session.run(inputs, into: &outputs)
        #expect(outputs == expected)
        #expect(shared == expected.map { Tensor(zeros: $0.shape) })
        outputs[0] = Tensor(zeros: [4, 5])
        let error = #expect(throws: PithError.self) { try session.run(inputs, into: &outputs) }
        #expect(error?.code == .shapeMismatch)
        #expect(error?.description.contains("expected f32 [4, 6], given f32 [4, 5]") == true)
        outputs[0] = Tensor(integers: [Int64](repeating: 0, count: 24), shape: [4, 6])
        let other = #expect(throws: PithError.self) { try session.run(inputs, into: &outputs) }
        #expect(other?.code == .typeMismatch)
    }

    @Test("copies of a session share nothing that they write to")
    func copies() throws {
        let model = try Model(Networks.file(Networks.perceptron()))
        var first = try model.makeSession()
        let inputs = try Networks.inputs(model.graph, batch: 3)
        let expected = try first.run(inputs)
        var second = first
        #expect(try second.run(Networks.inputs(model.graph, batch: 8))[0].shape == [8, 5])
        #expect(try first.run(inputs) == expected)
    }

    @Test("many sessions on many threads share a model")
    func sharing() async throws {
        let file = try Networks.file(Networks.convolutional())
        let model = try Model(file)
        let inputs = try Networks.inputs(model.graph, batch: 2)
        let expected = try Networks.reference(file, inputs)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for threads in [1, 2, 1, 3, 1, 2] {
                group.addTask {
                    var session = try model.makeSession(threads: threads)
                    for _ in 0..<20 where try session.run(inputs) != expected { return false }
                    return true
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
    }
}
