import CPithKernels
import PithGraph

extension pith_loops {
    /// Loops over a row-major tensor: for each of its dimensions how far two operands move.
    ///
    /// Nil when too many dimensions differ.
    init?(_ extents: [Int], _ a: [Int], _ b: [Int]) {
        self.init()
        for (axis, extent) in extents.enumerated() {
            guard unsafe pith_loops_add(&self, extent, a[axis], b[axis]) != 0 else { return nil }
        }
    }

    /// Rounds of the outermost loop.
    var rounds: Int {
        var loops = self
        return unsafe pith_loops_rounds(&loops)
    }
}

/// How threads share the rounds of an outermost loop.
struct Rounds: Sendable {
    private let count: Int
    private let perPiece: Int

    /// Elements of one piece of work, at least.
    private static let elementsPerPiece = 1 << 15

    /// - Parameters:
    ///   - count: The rounds.
    ///   - elements: The elements that all of them touch.
    init(_ count: Int, elements: Int) {
        self.count = count
        perPiece = max(1, Self.elementsPerPiece * count / max(elements, 1))
    }

    /// Calls a function for each piece with the rounds that are its own, on all threads; on one, all rounds are one piece.
    ///
    /// - Parameters:
    ///   - work: What the function needs. Each call has a copy.
    ///   - body: Captures nothing, or else a closure is allocated.
    func forEachPiece<Work>(
        on pool: ThreadPool, of work: Work, _ body: @escaping (_ work: Work, _ rounds: Range<Int>) -> Void
    ) {
        let perPiece = pool.threads == 1 ? max(count, 1) : perPiece
        let pieces = (count + perPiece - 1) / perPiece
        pool.forEach(count: pieces, of: (work, count, perPiece, body)) { work, piece, _ in
            let (work, count, perPiece, body) = work
            body(work, (piece * perPiece)..<min((piece + 1) * perPiece, count))
        }
    }
}

extension Shape {
    /// How far an operand of this shape, broadcast to another, moves along each of that one's dimensions.
    func broadcastStrides(to shape: Shape) -> [Int] {
        let missing = shape.rank - rank
        let own = strides
        return shape.dimensions.indices.map { axis in
            axis < missing || self[axis - missing] == 1 ? 0 : own[axis - missing]
        }
    }
}
