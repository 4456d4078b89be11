/// A named stream of random numbers, the same on every platform.
///
/// Streams of one seed and different names do not overlap, so what one part of a program draws changes no number of
/// another part. The state is the seed, the stream and the position alone: keep these three to go on later from the
/// same place.
///
///     var stream = RandomStream(seed: 7, name: "fc1.weight")
///     let weight = stream.uniform(in: -0.1..<0.1)
///     var same = RandomStream(seed: stream.seed, stream: stream.stream, position: stream.position)
///
/// Source: `spec/arithmetic-functions.md`, random numbers, which states each drawing to the bit.
public struct RandomStream: Sendable, Equatable {
    /// The key of the generator.
    public let seed: UInt64

    /// Which of the 2^64 streams of `seed` this is: the upper half of the counter.
    public let stream: UInt64

    /// The number of 32-bit words drawn so far; it wraps after 2^64 of them.
    public private(set) var position: UInt64

    /// The block that holds the word at `position`, where `position` is inside a block.
    private var block: SIMD4<UInt32>

    /// The stream number `stream` of `seed`, from the word at `position` on.
    public init(seed: UInt64, stream: UInt64, position: UInt64 = 0) {
        self.seed = seed
        self.stream = stream
        self.position = position
        self.block = Self.block(seed: seed, stream: stream, position: position)
    }

    /// The stream that `identifier(of: name)` numbers, from its start.
    public init(seed: UInt64, name: String) {
        self.init(seed: seed, stream: Self.identifier(of: name))
    }

    /// The number of the stream called `name`: the 64-bit FNV-1a hash of its UTF-8.
    public static func identifier(of name: String) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in name.utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
        }
        return hash
    }

    /// Whether both continue with the same numbers: equal seed, stream and position.
    public static func == (a: Self, b: Self) -> Bool {
        a.seed == b.seed && a.stream == b.stream && a.position == b.position
    }

    /// The next 32 bits.
    public mutating func nextUInt32() -> UInt32 {
        let lane = Int(truncatingIfNeeded: position & 3)
        if lane == 0 { block = Self.block(seed: seed, stream: stream, position: position) }
        position &+= 1
        return block[lane]
    }

    /// The next 64 bits: two words, the lower one first.
    public mutating func nextUInt64() -> UInt64 {
        let low = UInt64(nextUInt32())
        return low | UInt64(nextUInt32()) << 32
    }

    private static func block(seed: UInt64, stream: UInt64, position: UInt64) -> SIMD4<UInt32> {
        let index = position >> 2
        return Philox.block(
            counter: SIMD4(
                UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32),
                UInt32(truncatingIfNeeded: stream), UInt32(truncatingIfNeeded: stream >> 32)),
            key: SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)))
    }
}
