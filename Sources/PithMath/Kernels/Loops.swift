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

    /// The pieces for the threads of a pool; for one thread all rounds are one.
    func pieces(for pool: ThreadPool) -> Pieces {
        Pieces(rounds: count, perPiece: pool.threads == 1 ? max(count, 1) : perPiece)
    }

    /// Rounds cut into pieces.
    struct Pieces: Sendable {
        fileprivate let rounds: Int
        fileprivate let perPiece: Int

        /// How many there are.
        var count: Int { (rounds + perPiece - 1) / perPiece }

        /// The rounds of a piece.
        subscript(piece: Int) -> Range<Int> { (piece * perPiece)..<min((piece + 1) * perPiece, rounds) }
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
