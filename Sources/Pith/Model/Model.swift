public import PithFormat
public import PithGraph
import PithMath

/// A model, loaded and ready: immutable, so that any number of sessions on any threads share it.
///
///     let model = try Model(contentsOf: "mnist.pith")
///     var session = try model.makeSession()
///     let probabilities = try session.run(pixels)
///
/// Loading verifies every checksum and the graph, folds constants and fuses operators. It reads the file once and keeps
/// the weights once for all sessions, in the kernels' layout and as narrow as they are stored; none of it changes a bit.
public struct Model: Sendable {
    /// What the model computes.
    public let graph: Graph

    /// What the file says about itself.
    public let metadata: Metadata

    /// Inputs and the exact outputs for them, as the file holds them; none after loading with `.directoryOnly`.
    public let testVectors: [TestVector]

    /// What a run does, whatever the shapes.
    let plan: Plan

    /// The most bytes of a run's intermediate values, and of a value whose shape only a run tells.
    let workingLimit: UInt64

    /// Makes a model of the decoded contents of a file.
    ///
    /// - Throws: `invalidGraph`, `shapeMismatch`, `typeMismatch` located at the tensor.
    public init(_ file: ModelFile) throws(PithError) {
        guard let graph = file.graph else { throw PithError(.wrongRole, "a file of weights has no graph to run") }
        self.graph = graph
        metadata = file.metadata
        testVectors = file.testVectors
        workingLimit = ReadingLimits().workingBytes
        plan = try PlanBuilder.plan(graph, Weights(graph, in: file))
    }

    /// Makes a model of an open file whose chunks nobody has verified.
    init(_ reader: ModelReader, verify: ReadingOptions.Verification) throws(PithError) {
        guard let graph = reader.graph else { throw PithError(.wrongRole, "a file of weights has no graph to run") }
        let verifiesAll = verify == .everything
        let testVectors = verifiesAll ? try reader.testVectors() : []
        let weights = Weights(graph, in: reader, verifiesAll: verifiesAll)
        let plan = try PlanBuilder.plan(graph, weights)
        try weights.finish()
        self.graph = graph
        metadata = reader.metadata
        self.testVectors = testVectors
        self.plan = plan
        workingLimit = reader.options.limits.workingBytes
    }
}

extension Model {
    /// The names and types of the inputs, in order.
    public var inputs: [Graph.Value] { graph.inputs.map { graph[$0] } }

    /// The names and types of the outputs, in order.
    public var outputs: [Graph.Value] { graph.outputs.map { graph[$0] } }

    /// The plan for inputs of these shapes; nil when the shape of some value is known only once others are computed, so
    /// that an `OpenRun` runs the model.
    func bound(to inputShapes: [Shape], threads: Int) throws(PithError) -> BoundPlan? {
        var shapes: [Shape] = []
        shapes.reserveCapacity(graph.values.count)
        for type in try graph.types(forInputs: inputShapes) {
            guard type.dimensions.allSatisfy({ $0.extent != nil }) else { return nil }
            shapes.append(try type.shape())
        }
        return try PlanBinder(plan, graph, shapes: shapes, threads: threads).bound(to: inputShapes)
    }

    /// Makes a session, which runs the model on one thread of the caller's at a time.
    ///
    /// - Parameter threads: How many threads share the work; never changes a bit of a result.
    /// - Throws: `invalidArgument` for a number out of 1...256, or an instruction set in `PITH_ISA` that is not there.
    public consuming func makeSession(threads: Int = 1) throws(PithError) -> Session {
        // Consuming, so that a model that nobody else wants moves into its session.
        Session(self, try Compute(threads: threads))
    }

    /// Runs every test vector and compares each output bit for bit.
    ///
    /// - Returns: How many there were.
    /// - Throws: `testVectorMismatch` naming the vector and the output, and what `Session.run` throws.
    public func verifyTestVectors() throws(PithError) -> Int {
        var session = try makeSession()
        for (number, vector) in testVectors.enumerated() {
            let outputs = try session.run(vector)
            for ((output, expected), id) in zip(zip(outputs, vector.outputs), graph.outputs) {
                guard output.shape == expected.shape, output.bytes == expected.bytes else {
                    throw PithError(
                        .testVectorMismatch, "test vector \(number) gives other bits", at: .tensor(graph[id].name),
                        advice: "this build or machine does not compute as the specification says; please report it")
                }
            }
        }
        return testVectors.count
    }
}
