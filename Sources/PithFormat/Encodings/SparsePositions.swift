import PithGraph

/// Where the stored elements of a sparse tensor stand, as gaps (`spec/FORMAT.md`, "Sparse").
///
/// The gap before an element is how many the scan skips since the last. Gaps under 8 are symbols themselves; from there
/// on each doubling has four symbols, and extra bits tell the gaps of one symbol apart.
enum SparsePositions {
    /// Extra bits of the greatest gap, rounded up to bytes.
    static let mostExtraBytes = 5

    /// The extra bits of a symbol.
    static func extraBits(_ symbol: UInt8) -> Int { symbol < 8 ? 0 : Int(symbol) / 4 - 1 }

    /// The smallest gap of a symbol.
    static func base(_ symbol: UInt8) -> UInt64 {
        symbol < 8 ? UInt64(symbol) : UInt64(4 + symbol % 4) << UInt64(extraBits(symbol))
    }

    /// The greatest symbol that a reader accepts: gaps under 2⁴⁰.
    static let lastSymbol: UInt8 = 155

    static func encode(_ positions: [Int]) -> (symbols: [UInt8], extra: [UInt8]) {
        var symbols: [UInt8] = []
        symbols.reserveCapacity(positions.count)
        var bits = BitWriter()
        var next = 0
        for position in positions {
            let gap = UInt64(position - next)
            next = position + 1
            guard gap >= 8 else {
                symbols.append(UInt8(gap))
                continue
            }
            let count = 61 - gap.leadingZeroBitCount
            symbols.append(UInt8(4 * count + 4) + UInt8(gap >> UInt64(count) & 3))
            bits.append(gap & (1 << UInt64(count) - 1), count: count)
        }
        return (symbols, bits.finish())
    }

    /// Calls a closure with each position in the scan's order.
    ///
    /// - Throws: `malformed` when a position is not under `limit` or the extra bits are not those of the symbols,
    ///   `nonZeroPadding`.
    static func forEach(
        _ symbols: [UInt8], _ extra: [UInt8], limit: Int, _ body: (Int) -> Void
    ) throws(PithError) {
        var next: UInt64 = 0
        var bits = BitReader(extra)
        for symbol in symbols {
            guard symbol <= lastSymbol, let low = bits.read(extraBits(symbol)) else {
                throw PithError(.malformed, "the gaps of a sparse tensor have other extra bits")
            }
            next += base(symbol) + low
            guard next < UInt64(limit) else {
                throw PithError(.malformed, "a sparse tensor has an element after its last")
            }
            body(Int(next))
            next += 1
        }
        guard bits.isAtEnd else { throw PithError(.malformed, "the gaps of a sparse tensor have other extra bits") }
        guard bits.restIsZero else { throw PithError(.nonZeroPadding, "the last extra bits are not zero") }
    }
}
