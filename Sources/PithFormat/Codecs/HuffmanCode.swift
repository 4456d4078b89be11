/// A canonical prefix code of byte values, complete, of at most 11 bits (`spec/FORMAT.md`, "Huffman planes").
struct HuffmanCode {
    /// Bits of the longest code.
    static let longest = 11

    /// The length of each symbol's code, 0 for a symbol that does not occur.
    private(set) var lengths = [UInt8](repeating: 0, count: 256)

    /// The symbols in the order of their codes: by length, then by value.
    var order: [UInt8] {
        (1...UInt8(Self.longest)).flatMap { length in
            (0..<256).compactMap { lengths[$0] == length ? UInt8($0) : nil }
        }
    }

    /// The best code for symbols that occur so often: at least two do.
    ///
    /// Package-merge (Larmore and Hirschberg, 1990): in each of 11 rounds the symbols and pairs of the round before are
    /// merged by weight; a symbol's length is how often it is among the first `2n - 2` of the last round.
    init(counts: [Int]) {
        let leaves = (0..<256).filter { counts[$0] > 0 }.sorted { (counts[$0], $0) < (counts[$1], $1) }
        // A list of packages: weight, and how many leaves come before its end, counted per round below.
        var rounds: [[Bool]] = []
        var previous: [Int] = []
        for _ in 0..<Self.longest {
            var weights: [Int] = []
            var isLeaf: [Bool] = []
            var (leaf, pair) = (0, 0)
            while leaf < leaves.count || pair + 1 < previous.count {
                let pairWeight = pair + 1 < previous.count ? previous[pair] + previous[pair + 1] : Int.max
                if leaf < leaves.count, counts[leaves[leaf]] <= pairWeight {
                    weights.append(counts[leaves[leaf]])
                    isLeaf.append(true)
                    leaf += 1
                } else {
                    weights.append(pairWeight)
                    isLeaf.append(false)
                    pair += 2
                }
            }
            rounds.append(isLeaf)
            previous = weights
        }
        var taken = 2 * leaves.count - 2
        for isLeaf in rounds.reversed() {
            let leafCount = isLeaf[..<taken].count { $0 }
            for symbol in leaves[..<leafCount] { lengths[symbol] += 1 }
            taken = 2 * (taken - leafCount)
        }
    }

    /// Each symbol's code, 0 for those that do not occur.
    var codes: [UInt16] {
        var codes = [UInt16](repeating: 0, count: 256)
        var next: UInt16 = 0
        var length: UInt8 = 0
        for symbol in order {
            let own = lengths[Int(symbol)]
            next <<= UInt16(own - length)
            length = own
            codes[Int(symbol)] = next
            next += 1
        }
        return codes
    }
}
