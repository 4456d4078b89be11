import CAllocationCounter
import Pith
import PithFormat
import PithGraph
import PithMath
import Testing

@Suite("Allocations") struct AllocationTests {
    @Test func theCounterCounts() {
        guard allocation_counter_works() != 0 else { return }
        let before = allocation_count()
        withExtendedLifetime([Int](repeating: Int(before), count: 100)) {}
        #expect(allocation_count() > before)
    }

    /// With several threads, batches are large enough that each kind of kernel shares its work.
    @Test("after the first run of a shape nothing is allocated", arguments: [0, 1, 3], [1, 3])
    func nothing(network: Int, threads: Int) throws {
        guard allocation_counter_works() != 0 else { return }
        let model = try Model(Networks.file(Networks.all[network]()))
        #expect(try model.describe(batch: 1).steps.allSatisfy { $0.kernel != "general" })
        var session = try model.makeSession(threads: threads)
        let batches = threads == 1 ? [1, 64, 1, 64] : [700, 1500, 700, 1500]
        var floats: [[Float]] = []
        var outputs: [[Float]] = []
        for batch in batches {
            let inputs = try Networks.inputs(model.graph, batch: batch)
            floats.append(inputs[0].floats)
            outputs.append(try session.run(inputs)[0].floats)
        }
        for index in batches.indices {
            let input = floats[index]
            var output = [Float](repeating: 0, count: outputs[index].count)
            var span = output.mutableSpan
            let before = allocation_count()
            try session.run(input.span, into: &span)
            #expect(allocation_count() == before)
            #expect(output == outputs[index])
        }
    }

    @Test("tensors that the caller gives are written in place")
    func intoTensors() throws {
        guard allocation_counter_works() != 0 else { return }
        let model = try Model(Networks.file(Networks.perceptron()))
        var session = try model.makeSession()
        let inputs = try Networks.inputs(model.graph, batch: 2)
        var outputs = try session.run(inputs)
        let before = allocation_count()
        try session.run(inputs, into: &outputs)
        #expect(allocation_count() == before)
    }
}
