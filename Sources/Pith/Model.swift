public import PithFormat
public import PithGraph
import PithMath

/// A model, loaded and ready: immutable, so that any number of sessions on any threads share it.
///
///     let model = try Model(contentsOf: "mnist.pith")
///     var session = try model.makeSession()
///     let probabilities = try session.run(pixels)
///
/// Loading verifies every checksum and the graph. Weights are kept once, those of products in the kernels' layout.
public struct Model: Sendable {
    /// What the model computes.
    public let graph: Graph

    /// What the file says about itself.
    public let metadata: Metadata

    /// Inputs and the exact outputs for them, as the file holds them.
    public let testVectors: [TestVector]

    /// The initializers' elements by value, nil for other values and where only the packed form is needed.
    let weights: [Tensor?]

    /// For each node, its second input packed for the kernels.
    let packed: [PackedMatrix?]

    /// Loads a model from a file.
    ///
    /// - Throws: `PithError` with the place in the file; `wrongRole` for a checkpoint.
    public init(contentsOf path: String, limits: ReadingLimits = ReadingLimits()) throws(PithError) {
        #if hasFeature(Embedded)
            throw PithError(.unsupportedOperation, "this build has no files", at: .file(path))
        #else
            do throws(PithError) {
                try self.init(ModelFile.read(from: path, expecting: .model, limits: limits))
            } catch {
                throw error.located(in: .file(path))
            }
        #endif
    }

    /// Loads a model from the bytes of a file.
    ///
    /// - Throws: As `init(contentsOf:)`.
    public init(bytes: [UInt8], limits: ReadingLimits = ReadingLimits()) throws(PithError) {
        try self.init(ModelFile.decode(bytes, expecting: .model, limits: limits))
    }

    /// Makes a model of the decoded contents of a file.
    ///
    /// - Throws: `invalidGraph`, `shapeMismatch`, `typeMismatch` located at the tensor.
    public init(_ file: ModelFile) throws(PithError) {
        guard let graph = file.graph else { throw PithError(.wrongRole, "a file of weights has no graph to run") }
        var weights = [Tensor?](repeating: nil, count: graph.values.count)
        for id in graph.initializers {
            weights[id.index] = try Self.weight(graph[id], file.tensor(named: graph[id].name))
        }
        var packed = [PackedMatrix?](repeating: nil, count: graph.nodes.count)
        var isNeeded = [Bool](repeating: false, count: graph.values.count)
        for id in graph.outputs { isNeeded[id.index] = true }
        for (index, node) in graph.nodes.enumerated() {
            let matrix = try Self.packable(node, weights)
            if let matrix { packed[index] = PackedMatrix(packing: matrix.tensor, transposed: matrix.transposed) }
            for (position, input) in node.inputs.enumerated() where matrix == nil || position != 1 {
                if let input { isNeeded[input.index] = true }
            }
        }
        for index in weights.indices where !isNeeded[index] { weights[index] = nil }
        self.graph = graph
        metadata = file.metadata
        testVectors = file.testVectors
        self.weights = weights
        self.packed = packed
    }

    private static func weight(_ value: Graph.Value, _ stored: StoredTensor?) throws(PithError) -> Tensor {
        guard let stored else { throw PithError(.invalidGraph, "the weights are missing", at: .tensor(value.name)) }
        let tensor = try Tensor(bytes: stored.bytes, elementType: stored.elementType, shape: stored.shape)
        do throws(PithError) {
            return try tensor.converted(to: value.type.elementType)
        } catch {
            throw error.located(in: .tensor(value.name))
        }
    }

    private static func packable(
        _ node: Graph.Node, _ weights: [Tensor?]
    ) throws(PithError) -> (tensor: Tensor, transposed: Bool)? {
        guard node.op == .gemm || node.op == .matMul, let id = node.inputs[1], let tensor = weights[id.index],
            tensor.shape.rank == 2, tensor.elementType == .float32
        else { return nil }
        guard node.op == .gemm else { return (tensor, false) }
        let (alpha, beta) = (try node.attributes.float(.alpha), try node.attributes.float(.beta))
        var isPlain = alpha == 1 && beta == 1
        if node.inputs.count > 2, let addend = node.inputs[2] {
            let columns = tensor.shape[try node.attributes.flag(.transB) ? 0 : 1]
            isPlain = isPlain && weights[addend.index]?.shape == [columns]
        }
        return isPlain ? (tensor, try node.attributes.flag(.transB)) : nil
    }
}

extension Model {
    /// The names and types of the inputs, in order.
    public var inputs: [Graph.Value] { graph.inputs.map { graph[$0] } }

    /// The names and types of the outputs, in order.
    public var outputs: [Graph.Value] { graph.outputs.map { graph[$0] } }

    /// Makes a session, which runs the model on one thread of the caller's at a time.
    ///
    /// - Parameter threads: How many threads share the work; never changes a bit of a result.
    /// - Throws: `invalidArgument` for a number out of 1...256, or an instruction set in `PITH_ISA` that is not there.
    public func makeSession(threads: Int = 1) throws(PithError) -> Session {
        Session(self, try Compute(threads: threads))
    }

    /// Runs every test vector and compares each output bit for bit.
    ///
    /// - Returns: How many there were.
    /// - Throws: `testVectorMismatch` naming the vector and the output, and what `Session.run` throws.
    public func verifyTestVectors() throws(PithError) -> Int {
        var session = try makeSession()
        for (number, vector) in testVectors.enumerated() {
            var inputs: [Tensor] = []
            for input in vector.inputs {
                inputs.append(try Tensor(bytes: input.bytes, elementType: input.elementType, shape: input.shape))
            }
            let outputs = try session.run(inputs)
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
