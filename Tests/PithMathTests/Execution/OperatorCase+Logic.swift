import PithGraph
import PithMath

extension OperatorCase {
    /// Operators that compare elements, choose among them, find or frame them, and cut tensors: each with operands that
    /// repeat, and of more elements than one piece of work.
    static let logic = relations + truthValues + choices + positions + paddings + splits

    private static let relations =
        [.equal, .less, .lessOrEqual, .greater, .greaterOrEqual].flatMap { (op: Operator) in
            [
                OperatorCase(op: op, shapes: [[3, 41], [3, 41]]), OperatorCase(op: op, shapes: [[4, 1], [1, 5]]),
                OperatorCase(op: op, shapes: [[], [3, 150]]), OperatorCase(op: op, shapes: [[3, 70], [1]]),
                OperatorCase(op: op, shapes: [[3, 1, 5, 1], [2, 1, 67]]), OperatorCase(op: op, shapes: [[], []]),
                OperatorCase(op: op, shapes: [[300, 210], [300, 1]]),
                OperatorCase(op: op, shapes: [[2, 3], [3]], integers: [0: [1, 2, 3, -4, 0, 9], 1: [1, 3, 3]]),
            ]
        }

    private static let truthValues =
        [.and, .or].flatMap { (op: Operator) in
            [
                OperatorCase(op: op, shapes: [[3, 130], [3, 130]], truths: [0, 1]),
                OperatorCase(op: op, shapes: [[3, 1, 5], [2, 1]], truths: [0, 1]),
                OperatorCase(op: op, shapes: [[400, 90], [1]], truths: [0, 1]),
            ]
        } + [
            OperatorCase(op: .not, shapes: [[5, 130]], truths: [0]), OperatorCase(op: .not, shapes: [[]], truths: [0]),
        ]

    private static let choices = [
        OperatorCase(op: .where, shapes: [[3, 41], [3, 41], [3, 41]], truths: [0]),
        OperatorCase(op: .where, shapes: [[3, 1], [1, 70], []], truths: [0]),
        OperatorCase(op: .where, shapes: [[2, 1, 70], [], [3, 1]], truths: [0]),
        OperatorCase(op: .where, shapes: [[], [3, 5], [5]], truths: [0]),
        OperatorCase(op: .where, shapes: [[300, 210], [210], [300, 1]], truths: [0]),
        OperatorCase(op: .where, shapes: [[9], [5, 9], [1]], truths: [0, 1, 2]),
        OperatorCase(
            op: .where, shapes: [[3], [2, 3], [1]], integers: [1: [1, 2, 3, 4, 5, 6], 2: [-1]], truths: [0]),
    ]

    private static let rows: [(shape: Shape, axis: Int64, takesLast: Int64)] = [
        ([5, 37], -1, 0), ([5, 37], -1, 1), ([5, 37], 0, 0), ([2, 9, 70], 1, 1), ([3, 40, 3], 1, 0),
        ([300, 210], 1, 1),
        ([7], 0, 0), ([200, 3, 100], 1, 0), ([4, 1], 1, 1),
    ]

    private static let positions = [.argMax, .argMin].flatMap { (op: Operator) in
        rows.map { row in
            OperatorCase(
                op: op, shapes: [row.shape],
                attributes: [
                    .axis: .int(row.axis), .selectLastIndex: .int(row.takesLast), .keepDims: .int(row.takesLast),
                ])
        }
    }

    private static let paddings = [
        OperatorCase(op: .pad, shapes: [[3, 5], [4]], integers: [1: [1, 0, 2, 3]]),
        OperatorCase(op: .pad, shapes: [[3, 5], [4], []], integers: [1: [0, 2, 0, 1]]),
        OperatorCase(op: .pad, shapes: [[3, 5, 7], [6], []], integers: [1: [-1, 2, -3, 4, -2, 1]]),
        OperatorCase(op: .pad, shapes: [[3, 5], [4]], integers: [1: [-3, 0, 4, 0]]),
        OperatorCase(op: .pad, shapes: [[2, 3, 9, 11], [4], [], [2]], integers: [1: [1, 2, 1, 0], 3: [-1, 2]]),
        OperatorCase(op: .pad, shapes: [[2, 2], [4], [0]], integers: [1: [1, 0, 1, 0]]),
        OperatorCase(op: .pad, shapes: [[70, 90], [4]], integers: [1: [3, 3, 3, 3]]),
        OperatorCase(op: .pad, shapes: [[2, 2], [4], [1]], integers: [0: [1, 2, 3, 4], 1: [1, 1, 1, 1], 2: [9]]),
    ]

    private static let splits = [
        OperatorCase(op: .split, shapes: [[4, 6]], attributes: [.axis: 1, .numOutputs: 3], outputCount: 3),
        OperatorCase(
            op: .split, shapes: [[2, 9, 5], [3]], attributes: [.axis: 1], integers: [1: [4, 0, 5]], outputCount: 3),
        OperatorCase(op: .split, shapes: [[7], [2]], integers: [1: [3, 4]], outputCount: 2),
        OperatorCase(
            op: .split, shapes: [[2, 6], [2]], attributes: [.axis: -1], integers: [1: [2, 4]], outputCount: 2),
    ]
}
