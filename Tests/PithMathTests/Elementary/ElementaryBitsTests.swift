import PithMath
import Testing

/// `Fixtures/reference.py` follows the specification in another language; both must give the same bits, here and on
/// every other platform.
@Suite("Bits of the elementary functions")
struct ElementaryBitsTests {
    /// Bit patterns from all over the floats.
    static let wild = (0..<65536).map { Float(bitPattern: UInt32($0) &* 0x9E37_79B1) }
    /// Multiples of 2^-11 from -16 on.
    static let dense = (0..<65536).map { Float($0 - 32768) * 0x1p-11 }

    @Test(arguments: UnaryCase.all)
    func equalTheReference(_ function: UnaryCase) throws {
        let values = Self.wild.map(function.ours) + Self.dense.map(function.ours)
        #expect(try FixtureFile.reference(function.name) == [FixtureFile.hash(values)])
    }

    @Test func powersEqualTheReference() throws {
        let first = zip(Self.wild, Self.dense).map { Elementary.pow($0, $1) }
        let second = zip(Self.dense, Self.dense.reversed()).map { Elementary.pow($0.magnitude, $1) }
        #expect(try FixtureFile.reference("pow") == [FixtureFile.hash(first + second)])
    }
}
