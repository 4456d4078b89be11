import Foundation
import PithConversion
import PithFormat
import PithGraph
import PithMath
import Testing

@Suite("Compression after training") struct CompressionTests {
    /// Numbers like a layer's weights: near normal, with a heavier tail.
    private static func numbers(_ count: Int, seed: UInt64) -> [Float] {
        var random = RandomStream(seed: seed, name: "compression")
        return (0..<count).map { _ in
            let sum = (0..<6).reduce(Float(0)) { sum, _ in sum + Float(random.next(below: 20001)) / 10000 - 1 }
            return sum * sum * sum / 50
        }
    }

    private static func weights(_ named: [(String, [Int])]) throws -> ModelFile {
        var file = ModelFile(role: .weights)
        for (number, (name, extents)) in named.enumerated() {
            let shape = Shape(extents)
            let tensor = Tensor(numbers(shape.elementCount, seed: UInt64(number + 1)), shape: shape)
            file.tensors.append(
                try StoredTensor(name: name, elementType: .float32, shape: shape, bytes: tensor.bytes))
        }
        return file
    }

    private static func floats(_ file: ModelFile, _ name: String) throws -> [Float] {
        let stored = try #require(file.tensor(named: name))
        return try Tensor(bytes: stored.bytes, elementType: stored.elementType, shape: stored.shape).floats
    }

    private static func compressed(_ file: ModelFile, _ rules: String...) throws -> Compression {
        var all = WeightRules()
        for rule in rules { try all.add(rule) }
        return try Compressor(all).compress(file)
    }

    /// The sum of squared distances to the nearest of some values, in float64.
    private static func cost(_ numbers: [Float], _ values: [Float]) -> Double {
        var sum = 0.0
        for number in numbers {
            var least = Double.infinity
            for value in values { least = min(least, pow(Double(number) - Double(value), 2)) }
            sum += least
        }
        return sum
    }

    /// The least cost by all ways to cut the sorted numbers, one after another.
    private static func leastCost(_ sorted: ArraySlice<Double>, _ clusters: Int) -> Double {
        func within(_ part: ArraySlice<Double>) -> Double {
            let mean = part.reduce(0, +) / Double(part.count)
            return part.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        }
        guard clusters > 1, sorted.count > clusters else { return sorted.count > clusters ? within(sorted) : 0 }
        return ((sorted.startIndex + 1)..<sorted.endIndex).reduce(Double.infinity) { least, cut in
            min(least, within(sorted[..<cut]) + leastCost(sorted[cut...], clusters - 1))
        }
    }

    @Test("a palette is the best of all, tried one by one", arguments: 1...20)
    func bestPalette(seed: UInt64) {
        let numbers = Self.numbers(11, seed: seed)
        for count in 2...5 {
            let sorted = numbers.map { Double($0) }.sorted()
            let best = Self.leastCost(ArraySlice(sorted), count)
            let found = Self.cost(numbers, ScalarClusters(numbers).values(count))
            // Values are float32 and numbers under 5.
            #expect(abs(found - best) <= 1e-6, "\(count) values, \(found) against \(best)")
        }
    }

    @Test("many numbers are merged first, which costs next to nothing", arguments: [8, 16, 64])
    func mergedPalette(count: Int) {
        let numbers = Self.numbers(20000, seed: 3)
        let exact = Self.cost(numbers, ScalarClusters(numbers).values(count, limit: numbers.count))
        let merged = Self.cost(numbers, ScalarClusters(numbers).values(count, limit: 1024))
        #expect(merged >= exact * 0.999_999)
        #expect(merged <= exact * 1.002, "\(merged) against \(exact)")
        let repeated = numbers + numbers
        #expect(ScalarClusters(repeated).values(count) == ScalarClusters(repeated).values(count))
    }

    @Test("as many values as there are keep every bit")
    func exactPalette() throws {
        var file = try Self.weights([("w", [40, 30])])
        let levels: [Float] = [-0.3, -0.1, 0, 0.7, 1.1]
        let floats = (0..<1200).map { levels[$0 * 7 % 5] }
        file.tensors = [
            try StoredTensor(
                name: "w", elementType: .float32, shape: [40, 30], bytes: Tensor(floats, shape: [40, 30]).bytes)
        ]
        let result = try Self.compressed(file, "w=palette:8")
        #expect(try Self.floats(result.file, "w") == floats)
        #expect(result.errors["w"]?.relative == 0)
    }

    @Test("each weight becomes the nearest entry of the palette", arguments: [2, 16, 256])
    func nearest(count: Int) throws {
        let file = try Self.weights([("w", [64, 96])])
        let result = try Self.compressed(file, "w=palette:\(count)")
        let (before, after) = (try Self.floats(file, "w"), try Self.floats(result.file, "w"))
        let entries = Set(after)
        #expect(entries.count <= count)
        for (old, new) in zip(before, after) {
            #expect(entries.allSatisfy { abs(old - new) <= abs(old - $0) })
        }
    }

    @Test("integers lose no more than with the plain scale of each channel or block")
    func integers() throws {
        let file = try Self.weights([("w", [24, 70])])
        let before = try Self.floats(file, "w")
        for (rule, size, last) in [("int8", 70, 127), ("int4:32", 32, 7)] as [(String, Int, Float)] {
            let after = try Self.floats(Self.compressed(file, "w=\(rule)").file, "w")
            for row in 0..<24 {
                for start in stride(from: row * 70, to: row * 70 + 70, by: size) {
                    let group = start..<min(start + size, row * 70 + 70)
                    let scale = (before[group].map { abs($0) }.max() ?? 0) / last
                    var (plain, found) = (0.0, 0.0)
                    for index in group {
                        let rounded = (before[index] / scale).rounded() * scale
                        plain += pow(Double(before[index] - rounded), 2)
                        found += pow(Double(before[index] - after[index]), 2)
                    }
                    // A scale of int4 is rounded to a float16.
                    #expect(found <= plain * 1.01, "\(rule), row \(row)")
                    #expect(Set(after[group]).count <= 2 * Int(last) + 2)
                }
            }
        }
    }

    @Test(
        "pruning keeps the greatest, whatever stands beside it",
        arguments: ["", "+int8", "+int4:32", "+palette:8", "+bf16"])
    func pruning(step: String) throws {
        let file = try Self.weights([("w", [50, 40])])
        let before = try Self.floats(file, "w")
        let result = try Self.compressed(file, "w=prune:0.1\(step)")
        let after = try Self.floats(result.file, "w")
        let least = before.map { abs($0) }.sorted(by: >)[199]
        for (old, new) in zip(before, after) {
            if abs(old) < least { #expect(new == 0) }
            if step.isEmpty, abs(old) >= least { #expect(new == old) }
        }
        #expect(after.count { $0 != 0 } <= 200)
        // Sparse or not, the file reads back as it is.
        #expect(try ModelFile.decode(result.file.encoded()).tensors == result.file.tensors)
    }

    @Test("a file under a size loses no more than the same step for all would")
    func targetSize() throws {
        let file = try Self.weights([("a", [60, 50]), ("b", [200, 30]), ("c", [16, 16])])
        func loss(_ compression: Compression) -> Double {
            file.tensors.reduce(0) { sum, tensor in
                sum + pow(compression.errors[tensor.name]?.relative ?? 0, 2) * Double(tensor.shape.elementCount)
            }
        }
        for step in ["int8", "palette:16", "palette:4", "prune:0.2+palette:8"] {
            let uniform = try Self.compressed(file, "*=\(step)")
            var compressor = Compressor(WeightRules())
            let target = try uniform.file.encoded(compressor.options).count
            compressor.targetBytes = target
            let found = try compressor.compress(file)
            #expect(try found.file.encoded(compressor.options).count <= target)
            #expect(loss(found) <= loss(uniform) * 1.05, "\(step)")
            #expect(try compressor.compress(file).file.encoded() == found.file.encoded())
        }
        var compressor = Compressor(WeightRules())
        compressor.targetBytes = 100
        #expect(throws: PithError(.invalidArgument, "")) { try compressor.compress(file) }
        compressor.targetBytes = 1 << 20
        #expect(try compressor.compress(file).errors.isEmpty)
    }

    @Test("what cannot be followed is refused")
    func refusals() throws {
        var file = try Self.weights([("w", [4, 4])])
        for rule in [
            "w", "w=", "w=int9", "w=palette:1", "w=palette:257", "w=int4:31", "w=prune:2", "w=int8+int4", "w=bf16:3",
        ] {
            var rules = WeightRules()
            #expect(throws: PithError(.invalidArgument, ""), "\(rule)") { try rules.add(rule) }
        }
        #expect(throws: PithError(.invalidArgument, "")) { try Self.compressed(file, "x*=int8") }
        file.tensors = [
            try StoredTensor(
                name: "w", elementType: .float32, shape: [2, 1], bytes: Tensor([1, .infinity], shape: [2, 1]).bytes)
        ]
        #expect(throws: PithError(.invalidArgument, "")) { try Self.compressed(file, "w=int8") }
        file.role = .checkpoint
        #expect(throws: PithError(.wrongRole, "")) { try Self.compressed(file, "w=int8") }
    }
}
