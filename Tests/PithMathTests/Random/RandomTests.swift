import Foundation
import PithMath
import Testing

@Suite("Random numbers")
struct RandomTests {
    /// From Random123's `tests/kat_vectors`, lines `philox4x32 10`.
    @Test func philoxGivesThePublishedVectors() {
        #expect(
            Philox.block(counter: SIMD4(repeating: 0), key: SIMD2(repeating: 0))
                == SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
        #expect(
            Philox.block(counter: SIMD4(repeating: .max), key: SIMD2(repeating: .max))
                == SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
        #expect(
            Philox.block(
                counter: SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344),
                key: SIMD2(0xa409_3822, 0x299f_31d0))
                == SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
    }

    /// Published FNV-1a vectors.
    @Test func namesHashByFNV1a() {
        #expect(RandomStream.identifier(of: "") == 0xCBF2_9CE4_8422_2325)
        #expect(RandomStream.identifier(of: "a") == 0xAF63_DC4C_8601_EC8C)
        #expect(RandomStream.identifier(of: "foobar") == 0x8594_4171_F739_67E8)
    }

    /// Against the specification's other implementation, `Fixtures/reference.py`.
    @Test func drawingsEqualTheReference() throws {
        var stream = RandomStream(seed: 0x0123_4567_89AB_CDEF, name: "fc1.weight")
        let words = try FixtureFile.reference("words")
        #expect(words.count == 10)
        for word in words { #expect(UInt32(word, radix: 16) == stream.nextUInt32()) }

        stream = RandomStream(seed: 42, name: "häuser/𝛼")
        let uniform = (0..<10_000).map { _ in stream.uniform() }
        #expect(try FixtureFile.reference("uniform") == [FixtureFile.hash(uniform)])

        stream = RandomStream(seed: 42, name: "normal")
        let normal = (0..<10_000).map { _ in stream.normal() }
        #expect(try FixtureFile.reference("normal") == [FixtureFile.hash(normal)])

        stream = RandomStream(seed: 7, name: "below")
        let bounds = [1, 2, 3, 10, 1000, 1 << 31 + 1, 1 << 31 + 1, 1 << 32 - 1].map { $0 as Int }
        for (i, word) in try FixtureFile.reference("below").enumerated() {
            #expect(Int(word) == stream.next(below: bounds[i % bounds.count]))
        }
        #expect(try FixtureFile.reference("position") == ["\(stream.position)"])

        stream = RandomStream(seed: 7, name: "shuffle")
        #expect(try FixtureFile.reference("shuffle") == stream.permutation(count: 50).map(String.init))
    }

    @Test func goesOnFromAnyPosition() {
        var whole = RandomStream(seed: 1, name: "a")
        let words = (0..<23).map { _ in whole.nextUInt32() }
        for start in 0..<23 {
            var part = RandomStream(
                seed: 1, stream: RandomStream.identifier(of: "a"), position: UInt64(start))
            #expect((start..<23).map { _ in part.nextUInt32() } == Array(words[start...]))
            #expect(part == whole)
        }
        #expect(RandomStream(seed: 1, name: "a") != whole)
        #expect(RandomStream(seed: 1, name: "a") != RandomStream(seed: 1, name: "b"))
        #expect(RandomStream(seed: 1, name: "a") != RandomStream(seed: 2, name: "a"))

        var pairs = RandomStream(seed: 1, name: "a")
        #expect(pairs.nextUInt64() == UInt64(words[0]) | UInt64(words[1]) << 32)

        // The counter's second word takes the carry of the first.
        var far = RandomStream(seed: 0, stream: 0, position: 1 << 34)
        #expect(far.nextUInt32() == Philox.block(counter: SIMD4(0, 1, 0, 0), key: SIMD2(0, 0)).x)
        var last = RandomStream(seed: 0, stream: 0, position: .max)
        _ = last.nextUInt32()
        #expect(last.position == 0 && last.nextUInt32() == 0x6627_e8d5)
    }

    @Test func uniformStaysInItsRange() {
        var stream = RandomStream(seed: 3, name: "uniform")
        var (sum, squares) = (0.0, 0.0)
        let count = 100_000
        for _ in 0..<count {
            let value = stream.uniform()
            #expect(value >= 0 && value < 1 && value * 0x1p+24 == (value * 0x1p+24).rounded())
            sum += Double(value)
            squares += Double(value) * Double(value)
        }
        // Five standard deviations of the mean and of the mean square.
        #expect(abs(sum / Double(count) - 1 / 2) < 5 * (1 / 12.0 / Double(count)).squareRoot())
        #expect(abs(squares / Double(count) - 1 / 3) < 5 * (4 / 45.0 / Double(count)).squareRoot())

        let narrow = Float(1)..<Float(1).nextUp
        for _ in 0..<100 { #expect(stream.uniform(in: narrow) == 1) }
        for _ in 0..<1000 { #expect((-3..<(-2)).contains(stream.uniform(in: -3..<(-2)))) }
    }

    @Test func normalHasItsMoments() {
        var stream = RandomStream(seed: 5, name: "moments")
        let count = 200_000
        var moments = [0.0, 0.0, 0.0, 0.0]
        var beyondTwo = 0
        for _ in 0..<count {
            let value = Double(stream.normal())
            for (i, power) in [value, value * value, value * value * value, pow(value, 4)].enumerated() {
                moments[i] += power / Double(count)
            }
            if abs(value) > 2 { beyondTwo += 1 }
        }
        // Five standard deviations of each: the variances of x, x², x³, x⁴ are 1, 2, 15, 96.
        for (moment, (exact, variance)) in zip(moments, [(0.0, 1.0), (1, 2), (0, 15), (3, 96)]) {
            #expect(abs(moment - exact) < 5 * (variance / Double(count)).squareRoot())
        }
        let p = Foundation.erfc(2 / 2.0.squareRoot())
        #expect(abs(Double(beyondTwo) / Double(count) - p) < 5 * (p * (1 - p) / Double(count)).squareRoot())

        var (plain, moved) = (RandomStream(seed: 1, name: "x"), RandomStream(seed: 1, name: "x"))
        #expect(moved.normal(mean: 10, standardDeviation: 2) == Float(10).addingProduct(plain.normal(), 2))
    }

    @Test func wholeNumbersAreUnbiased() {
        var stream = RandomStream(seed: 9, name: "dice")
        var counts = [Int](repeating: 0, count: 6)
        for _ in 0..<60_000 { counts[stream.next(below: 6)] += 1 }
        // Chi-squared with 5 degrees of freedom exceeds 25.7 once in ten thousand.
        #expect(counts.reduce(0.0) { $0 + pow(Double($1 - 10_000), 2) / 10_000 } < 25.7)

        // Three quarters of the range: without rejection, every third number would come twice as often.
        let bound = 3 << 30
        var thirds = [0, 0, 0]
        for _ in 0..<30_000 { thirds[stream.next(below: bound) % 3] += 1 }
        #expect(thirds.reduce(0.0) { $0 + pow(Double($1 - 10_000), 2) / 10_000 } < 18.4)
    }

    @Test func permutationsHoldEachNumberOnce() {
        var stream = RandomStream(seed: 9, name: "order")
        #expect(stream.permutation(count: 0).isEmpty)
        #expect(stream.permutation(count: 1) == [0])
        #expect(stream.position == 0)
        #expect(stream.permutation(count: 1000).sorted() == Array(0..<1000))
        var counts: [[Int]: Int] = [:]
        for _ in 0..<6000 { counts[stream.permutation(count: 3), default: 0] += 1 }
        #expect(counts.count == 6)
        #expect(counts.values.reduce(0.0) { $0 + pow(Double($1 - 1000), 2) / 1000 } < 25.7)
    }
}
