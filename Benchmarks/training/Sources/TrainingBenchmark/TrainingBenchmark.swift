import PithGraph
import PithMath
import PithTraining

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Trains for as many steps as each line of the input says, and answers each with the seconds that they took.
///
/// usage: TrainingBenchmark MODEL BATCH THREADS OPTIMIZER [SHARDS]
@main
struct TrainingBenchmark {
    static func main() {
        do {
            try run(CommandLine.arguments)
        } catch {
            let message = Array("TrainingBenchmark: \(error)\n".utf8)
            _ = write(STDERR_FILENO, message, message.count)
            exit(1)
        }
    }

    private static func run(_ arguments: [String]) throws {
        guard arguments.count >= 5, let batch = Int(arguments[2]), let threads = Int(arguments[3]),
            let optimizer = TrainingSettings.OptimizerName(rawValue: arguments[4])
        else {
            print("usage: TrainingBenchmark mlp|mlp-WIDTH|lenet5|cnn|cnn-large BATCH THREADS sgd|adam [SHARDS]")
            exit(64)
        }
        var settings = TrainingSettings(model: arguments[1], epochs: TrainingSettings.mostEpochs, learningRate: 0.01)
        settings.batchSize = batch
        settings.schedule = .constant
        settings.optimizer = optimizer
        settings.shards = arguments.count > 5 ? Int(arguments[5]) ?? 1 : 1
        let trainer = try Trainer(graph: graph(named: arguments[1]), settings: settings, examples: examples(batch))
        let compute = try Compute(threads: threads)
        FreedMemory.keep()
        while let line = readLine(), let steps = Int(line) {
            let start = ContinuousClock.now
            for _ in 0..<steps { _ = try trainer.step(on: compute) }
            let elapsed = ContinuousClock.now - start
            print(Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18)
            // A pipe would keep the answer, for which compare.py waits.
            fflush(nil)
        }
    }

    /// Random pictures with random labels: time does not depend on what is learnt.
    private static func examples(_ batch: Int) throws -> TrainingExamples {
        let count = max(8192, 8 * batch) / batch * batch
        var stream = RandomStream(seed: 1, name: "pictures")
        let pixels = (0..<count * 784).map { _ in UInt8(truncatingIfNeeded: stream.nextUInt32()) }
        return try TrainingExamples(
            pixels: pixels, labels: (0..<count).map { _ in UInt8(stream.next(below: 10)) }, height: 28, width: 28)
    }

    private static func graph(named name: String) throws -> Graph {
        if name == "cnn" { return try pytorchCNN() }
        if name.hasPrefix("mlp-"), let width = Int(name.dropFirst(4)) { return try perceptron(width) }
        guard let model = BuiltInModel(rawValue: name) else {
            throw PithError(.invalidArgument, "no model \(name)")
        }
        return try model.graph()
    }

    /// Two hidden layers of one width.
    private static func perceptron(_ width: Int) throws -> Graph {
        var graph = Graph(name: "mlp")
        var last = try graph.addInput("pixels", ValueType(.float32, [.symbol("batch"), .fixed(784)]))
        last = try dense(&graph, "fc1", last, 784, width, relu: true)
        last = try dense(&graph, "fc2", last, width, width, relu: true)
        last = try dense(&graph, "fc3", last, width, 10, relu: false)
        try graph.addOutput(last, name: "logits")
        return graph
    }

    /// The network of PyTorch's MNIST example, without its dropout: conv 32, conv 64, pool, 9216-128-10.
    private static func pytorchCNN() throws -> Graph {
        var graph = Graph(name: "cnn")
        let pixels = try graph.addInput("pixels", ValueType(.float32, [.symbol("batch"), .fixed(784)]))
        let shape = try graph.add(.constant, [], [.valueInts: [0, 1, 28, 28]])
        var last = try graph.add(.reshape, [pixels, shape])
        last = try convolution(&graph, "conv1", last, 1, 32)
        last = try convolution(&graph, "conv2", last, 32, 64)
        last = try graph.add(.maxPool, [last], [.kernelShape: [2, 2], .strides: [2, 2]])
        last = try graph.add(.flatten, [last])
        last = try dense(&graph, "fc1", last, 9216, 128, relu: true)
        last = try dense(&graph, "fc2", last, 128, 10, relu: false)
        try graph.addOutput(last, name: "logits")
        return graph
    }

    private static func dense(
        _ graph: inout Graph, _ name: String, _ input: Graph.ValueID, _ from: Int, _ to: Int, relu: Bool
    ) throws -> Graph.ValueID {
        let weight = try graph.addInitializer(name + ".weight", .float32, [to, from])
        let bias = try graph.addInitializer(name + ".bias", .float32, [to])
        let sum = try graph.add(.gemm, [input, weight, bias], [.transB: 1])
        return relu ? try graph.add(.relu, [sum]) : sum
    }

    private static func convolution(
        _ graph: inout Graph, _ name: String, _ input: Graph.ValueID, _ from: Int, _ to: Int
    ) throws -> Graph.ValueID {
        let weight = try graph.addInitializer(name + ".weight", .float32, [to, from, 3, 3])
        let bias = try graph.addInitializer(name + ".bias", .float32, [to])
        return try graph.add(.relu, [try graph.add(.conv, [input, weight, bias])])
    }
}
