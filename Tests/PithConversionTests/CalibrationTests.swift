import Foundation
import PithConversion
import PithFormat
import PithGraph
import PithMath
import Testing

@Suite("Rounding chosen by examples") struct CalibrationTests {
    /// A network of a convolution and two products.
    private static func network() throws -> ModelFile {
        var graph = Graph(name: "net")
        let x = try graph.addInput("x", ValueType(.float32, [.symbol("batch"), .fixed(2), .fixed(6), .fixed(6)]))
        let kernel = try graph.addInitializer("conv.weight", .float32, [8, 2, 3, 3])
        let matrix = try graph.addInitializer("fc.weight", .float32, [128, 5])
        let hidden = try graph.add(
            .relu, [try graph.add(.conv, [x, kernel], [.strides: [2, 2], .pads: [1, 1, 1, 1]])])
        let rows = try graph.add(.flatten, [hidden])
        let wide = try graph.addInitializer("wide.weight", .float32, [72, 128])
        let features = try graph.add(.relu, [try graph.add(.matMul, [rows, wide])])
        try graph.addOutput(graph.add(.matMul, [features, matrix]), name: "y")
        var file = ModelFile(role: .model, graph: graph)
        var random = RandomStream(seed: 5, name: "weights")
        for id in graph.initializers {
            let shape = try graph[id].type.shape()
            let floats = (0..<shape.elementCount).map { _ in Float(random.next(below: 2001)) / 1000 - 1 }
            file.tensors.append(
                try StoredTensor(
                    name: graph[id].name, elementType: .float32, shape: shape, bytes: Tensor(floats, shape: shape).bytes
                ))
        }
        return file
    }

    /// Examples whose elements go together, as those of pictures do.
    private static func examples(_ file: ModelFile, seed: UInt64, count: Int = 200) throws -> Examples {
        var random = RandomStream(seed: seed, name: "examples")
        var floats: [Float] = []
        for _ in 0..<count {
            let shade = Float(random.next(below: 1000)) / 500
            for _ in 0..<72 { floats.append(shade + Float(random.next(below: 1000)) / 2000) }
        }
        return try Examples(Tensor(floats, shape: [count, 2, 6, 6]), for: #require(file.graph))
    }

    @Test(
        "outputs of other examples change less than with the nearest levels",
        arguments: ["int4:32", "palette:8", "prune:0.6+palette:8"])
    func outputs(step: String) throws {
        let file = try Self.network()
        let other = try Self.examples(file, seed: 2)
        var compressor = Compressor(WeightRules(try WeightRecipe(step)))
        let nearest = try compressor.compress(file)
        compressor.calibration = try Self.examples(file, seed: 1)
        let chosen = try compressor.compress(file)
        let before = try OutputChange(file, nearest.file, other)
        let after = try OutputChange(file, chosen.file, other)
        #expect(before.examples == 200 && after.rows == 200)
        #expect(after.relative < before.relative * 0.7, "\(after.relative) against \(before.relative)")
        // The weights themselves are farther away: each is rounded up or down, by less than a step.
        for (name, error) in chosen.errors {
            let plain = try #require(nearest.errors[name])
            #expect(error.relative >= plain.relative * 0.999 && error.relative < plain.relative * 3, "\(name)")
        }
        #expect(try compressor.compress(file).file.encoded() == chosen.file.encoded())
    }

    @Test("no channel is worse than with the nearest levels nor better than the best of all ways, and most are good")
    func exhaustive() throws {
        let (inputs, channels) = (9, 24)
        var graph = Graph(name: "tiny")
        let x = try graph.addInput("x", ValueType(.float32, [.symbol("batch"), .fixed(inputs)]))
        let w = try graph.addInitializer("w", .float32, [channels, inputs])
        try graph.addOutput(graph.add(.gemm, [x, w], [.transB: 1]), name: "y")
        var random = RandomStream(seed: 9, name: "weights and inputs")
        let weights = (0..<(inputs * channels)).map { _ in Float(random.next(below: 2000)) / 1000 - 1 }
        let shape: Shape = [channels, inputs]
        var file = ModelFile(role: .model, graph: graph)
        file.tensors = [
            try StoredTensor(
                name: "w", elementType: .float32, shape: shape, bytes: Tensor(weights, shape: shape).bytes)
        ]
        let rows = (0..<64).map { _ in
            let shade = Float(random.next(below: 100)) / 50
            return (0..<inputs).map { _ in shade + Float(random.next(below: 100)) / 100 }
        }
        func error(_ channel: Int, _ values: [Float]) -> Double {
            var sum = 0.0
            for row in rows {
                var difference = 0.0
                for index in 0..<inputs {
                    difference += Double(row[index]) * Double(values[index] - weights[channel * inputs + index])
                }
                sum += difference * difference
            }
            return sum
        }
        var compressor = Compressor(WeightRules(WeightRecipe(precision: .palette(6))))
        let nearest = try Self.floats(compressor.compress(file).file)
        let levels = Set(nearest).sorted()
        compressor.calibration = try Examples(Tensor(rows.flatMap { $0 }, shape: [64, inputs]), for: graph)
        let chosen = try Self.floats(compressor.compress(file).file)
        var sums = (best: 0.0, chosen: 0.0, nearest: 0.0)
        for channel in 0..<channels {
            let part = (channel * inputs)..<((channel + 1) * inputs)
            var best = Double.infinity
            for choice in 0..<(1 << inputs) {
                var values: [Float] = []
                for (index, weight) in weights[part].enumerated() {
                    let over = levels.firstIndex { $0 >= weight } ?? levels.count - 1
                    let under = levels.lastIndex { $0 <= weight } ?? 0
                    values.append(levels[choice >> index & 1 == 0 ? under : over])
                }
                best = min(best, error(channel, values))
            }
            let (new, old) = (error(channel, Array(chosen[part])), error(channel, Array(nearest[part])))
            #expect(new <= old * 1.0001 && new >= best * 0.9999, "channel \(channel): \(best), \(new), \(old)")
            sums = (sums.best + best, sums.chosen + new, sums.nearest + old)
        }
        #expect(sums.chosen < sums.nearest / 3, "\(sums)")
    }

    private static func floats(_ file: ModelFile) throws -> [Float] {
        try Tensor(bytes: file.tensors[0].bytes, elementType: .float32, shape: file.tensors[0].shape).floats
    }

    @Test("examples of another kind are refused")
    func refusals() throws {
        let file = try Self.network()
        let graph = try #require(file.graph)
        #expect(throws: PithError(.shapeMismatch, "")) { try Examples(Tensor(zeros: [3, 5]), for: graph) }
        #expect(throws: PithError(.typeMismatch, "")) { try Examples(Tensor(integers: [1], shape: [1]), for: graph) }
        #expect(throws: PithError(.wrongRole, "")) {
            try CalibrationData("x.npy", for: ModelFile(role: .weights))
        }
    }
}
