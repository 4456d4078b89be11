/// A sum as `spec/ARITHMETIC.md`, "Sums", has it: element i goes to sum i mod 16, and the sixteen are added in order.
struct LaneSums<N: Number> {
    /// How many sums there are: what a panel's row holds.
    private static var lanes: Int { 16 }

    private var sums = [N](repeating: .zero, count: lanes)
    private var lane = 0

    /// Goes on with the first of the sums, for elements whose positions count from 0 again.
    mutating func restart() { lane = 0 }

    /// Takes the next element.
    mutating func add(_ x: N) { take { N.sum($0, x) } }

    /// Takes the square of the next element, fused.
    mutating func addSquare(_ x: N) { take { N.multiplyAdd(x, x, $0) } }

    private mutating func take(_ next: (N) -> N) {
        sums[lane] = next(sums[lane])
        lane = (lane + 1) % Self.lanes
    }

    /// The sum of what was taken.
    var total: N { sums.reduce(.zero) { N.sum($0, $1) } }
}

extension Number {
    /// The sum of some elements.
    static func total(_ elements: some Sequence<Self>) -> Self {
        var sums = LaneSums<Self>()
        for element in elements { sums.add(element) }
        return sums.total
    }
}
