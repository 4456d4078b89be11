public import PithGraph
public import PithMath

/// Loss and gradients of a classifier graph over a batch, whose rows may be cut into blocks that are computed apart.
///
/// Each block's gradients come with its share of the rows as their weight, and one function, `BlockReduction`, adds
/// blocks in a fixed tree: for a given number of blocks the bits are the same on one thread, on several, or wherever
/// else a block is computed.
public struct GradientComputation: Sendable {
    private let graph: Graph
    private let objective: ClassifierObjective
    private let options: CrossEntropyOptions
    private let isTrained: [Bool]
    private let shards: Int
    private let distillation: Distillation?

    /// Describes a computation.
    ///
    /// - Parameters:
    ///   - graph: With one input [batch, …].
    ///   - objective: Where the loss attaches.
    ///   - options: How the loss weighs its terms; smoothing alone keeps the mean of blocks that of the batch.
    ///   - shards: Contiguous blocks of the batch, whose sizes differ by at most one.
    ///   - distillation: How a teacher's scores count where they are given.
    public init(
        _ graph: Graph, objective: ClassifierObjective, options: CrossEntropyOptions = CrossEntropyOptions(),
        shards: Int = 1, distillation: Distillation? = nil
    ) {
        self.distillation = distillation
        self.graph = graph
        self.objective = objective
        self.options = options
        self.shards = max(shards, 1)
        isTrained = graph.isTrained
    }

    /// What a batch gives.
    public struct Result: Sendable {
        /// The mean loss.
        public let loss: Float
        /// Logits or log-probabilities of all rows, [rows, classes].
        public let scores: Tensor
        /// For each initializer its gradient, nil where it is not trained.
        public let gradients: [Tensor?]
        /// For each initializer its new running statistic, nil where it is none.
        public let statistics: [Tensor?]
    }

    /// Computes loss and gradients.
    ///
    /// - Parameters:
    ///   - batch: The input's rows.
    ///   - labels: A class per row.
    ///   - teacher: A teacher's logits or log-probabilities for the rows; nil for none.
    ///   - parameters: One per initializer.
    ///   - dropout: The stream of dropout's masks, left after what the batch drew. Block b over 0 draws from the same
    ///     position of the stream whose number is b greater.
    ///   - compute: Kernels and threads; with several blocks each thread computes whole ones.
    /// - Throws: What running the graph and its loss throws; of several blocks, the first one's error.
    public func run(
        _ batch: Tensor, labels: [Int], teacher: Tensor? = nil, parameters: [Tensor], dropout: inout RandomStream,
        on compute: Compute
    ) throws(PithError) -> Result {
        let rows = labels.count
        let blocks = max(min(shards, rows), 1)
        var outcomes = [Swift.Result<Block, PithError>?](repeating: nil, count: blocks)
        let start = dropout
        unsafe outcomes.withUnsafeMutableBufferPointer { outcomes in
            compute.pool.forEach(count: blocks) { index in
                let range = rows * index / blocks..<rows * (index + 1) / blocks
                let outcome: Swift.Result<Block, PithError>
                do throws(PithError) {
                    outcome = .success(
                        try block(
                            batch.rows(range), Array(labels[range]), teacher?.rows(range), of: rows, parameters,
                            RandomStream(
                                seed: start.seed, stream: start.stream &+ UInt64(index), position: start.position),
                            compute))
                } catch {
                    outcome = .failure(error)
                }
                unsafe outcomes[index] = outcome
            }
        }
        var done: [Block] = []
        for case let outcome? in outcomes { done.append(try outcome.get()) }
        for block in done where block.position > dropout.position {
            dropout = RandomStream(seed: start.seed, stream: start.stream, position: block.position)
        }
        let sums = BlockReduction.sum(done.map(\.weighted), on: compute)
        let count = parameters.count
        return Result(
            loss: sums[0]?.floats.first ?? .nan, scores: Tensor(rowsOf: done.map(\.scores)),
            gradients: Array(sums[1...count]), statistics: Array(sums[(count + 1)...]))
    }

    /// What a block gives, weighted by its share of the rows: the loss, the gradients, the running statistics.
    private struct Block {
        let weighted: [Tensor?]
        let scores: Tensor
        let position: UInt64
    }

    private func block(
        _ batch: Tensor, _ labels: [Int], _ teacher: Tensor?, of rows: Int, _ parameters: [Tensor],
        _ dropout: RandomStream, _ compute: Compute
    ) throws(PithError) -> Block {
        let tape = Tape(on: compute, dropout: dropout)
        let variables = zip(parameters, isTrained).map { Variable($0, requiresGradient: $1) }
        let value = try tape.run(graph, to: objective.value, inputs: [Variable(batch)], initializers: variables)
        let loss: Variable
        if let teacher, let distillation {
            loss = try tape.loss(
                of: value, teacher: teacher, targets: .indices(labels), distillation, objective, options: options)
        } else {
            loss = try tape.loss(objective, of: value, targets: .indices(labels), options: options)
        }
        let share = Float(labels.count) / Float(rows)
        let scores = try objective.scores(of: value.value, on: compute)
        try tape.backward(from: loss, seed: Tensor([share], shape: loss.value.shape))
        let position = { (variable: Variable) in variables.firstIndex { $0 === variable } }
        var statistics = [Tensor?](repeating: nil, count: variables.count)
        for (variable, value) in tape.statistics {
            if let index = position(variable) { statistics[index] = scaled(value, by: share) }
        }
        let weighted: [Tensor?] = [scaled(loss.value, by: share)] + variables.map(\.gradient) + statistics
        return Block(weighted: weighted, scores: scores, position: tape.dropout?.position ?? 0)
    }

    private func scaled(_ tensor: Tensor, by share: Float) -> Tensor {
        share == 1 ? tensor : map(tensor) { $0 * share }
    }
}
