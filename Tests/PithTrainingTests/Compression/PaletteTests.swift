import PithGraph
import PithMath
import PithTraining
import Testing

@Suite("Palettes") struct PaletteTests {
    /// The sum of squared distances to the nearest of some centres.
    private func error(_ values: [Float], _ centres: [Float]) -> Double {
        values.reduce(0) { sum, value in
            sum + (centres.map { Double(value - $0) * Double(value - $0) }.min() ?? .infinity)
        }
    }

    @Test func findsClustersThatThereAre() {
        var stream = RandomStream(seed: 1, name: "clusters")
        let centres: [Float] = [-3, -1, 0.5, 2]
        let values = (0..<400).map { centres[$0 % 4] + stream.uniform(in: -0.1..<0.1) }
        let palette = ValuePalette(clustering: values, count: 4)
        for (entry, centre) in zip(palette.entries, centres) { #expect(abs(entry - centre) < 0.03) }
    }

    /// Against the best clustering of all, by dynamic programming over the sorted values.
    @Test(arguments: [2, 3, 5, 8]) func isNearTheBestClustering(count: Int) {
        let values = Check.random([60], "values").floats.sorted()
        func cost(_ range: Range<Int>) -> Double {
            let mean = range.reduce(0.0) { $0 + Double(values[$1]) } / Double(range.count)
            return range.reduce(0.0) { $0 + (Double(values[$1]) - mean) * (Double(values[$1]) - mean) }
        }
        var best = (1...60).map { cost(0..<$0) }
        for clusters in 2...count {
            best = (1...60).map { end in
                end < clusters ? 0 : (clusters - 1..<end).map { best[$0 - 1] + cost($0..<end) }.min() ?? .infinity
            }
        }
        let palette = ValuePalette(clustering: values, count: count)
        #expect(palette.entries.count == count)
        #expect(error(values, palette.entries) < 1.5 * best[59] + 0.01)
    }

    @Test func entriesAreBfloat16AndMeansOfTheirElements() throws {
        var parameters = CompressedParameters([Check.random([20, 30], "w")])
        parameters.prune([0], keeping: 90, by: .magnitude)
        parameters[0].makePalette(entries: 8)
        let (mask, palette) = (try #require(parameters[0].mask), try #require(parameters[0].palette))
        let (trained, values) = (parameters[0].trained.floats, parameters[0].value.floats)
        #expect(Set(values.map(\.bitPattern)).count <= 9)
        for (entry, value) in palette.entries.enumerated() {
            #expect(value.bitPattern & 0xFFFF == 0)
            let own = trained.indices.filter { mask[$0] && Int(parameters[0].assignment[$0]) == entry }
            guard !own.isEmpty else { continue }
            let mean = own.reduce(0.0) { $0 + Double(trained[$1]) } / Double(own.count)
            #expect(abs(Double(value) - mean) <= abs(mean) / 256)
            #expect(own.allSatisfy { values[$0] == value })
        }
        #expect(zip(values, mask).allSatisfy { $1 || $0 == 0 })
    }

    @Test func whatIsPrunedToNothingHasNone() throws {
        let tensors = [Check.random([4, 5], "small", in: -0.1..<0.1), Check.random([4, 5], "w")]
        var parameters = CompressedParameters(tensors)
        parameters.prune([0, 1], keeping: 5, by: .magnitude)
        parameters[0].makePalette(entries: 4)
        parameters[0].fixAssignment()
        #expect(parameters[0].kept == 0 && parameters[0].palette == nil && !parameters[0].isAssignmentFixed)
        #expect(parameters[0].value.floats.allSatisfy { $0 == 0 })
    }

    @Test func assignmentsThatAreFixedStay() throws {
        let compute = try Compute()
        var parameters = CompressedParameters([Check.random([20, 30], "w")])
        parameters.prune([0], keeping: 90, by: .magnitude)
        parameters[0].makePalette(entries: 4)
        var optimizer = try Optimizer(.sgd(), parameterCount: 1)
        func step(_ number: Int) {
            optimizer.step(&parameters, gradients: [Check.random([20, 30], "g\(number)")], rate: 0.3, on: compute)
        }
        let first = parameters[0].assignment
        for number in 0..<4 { step(number) }
        let moved = parameters[0].assignment
        #expect(moved != first)
        parameters[0].fixAssignment()
        let before = parameters[0].value
        for number in 4..<8 { step(number) }
        #expect(parameters[0].assignment == moved)
        #expect(parameters[0].value != before)
        #expect(Set(parameters[0].value.floats).count <= 5)
    }
}
