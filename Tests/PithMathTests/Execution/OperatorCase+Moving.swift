import PithGraph
import PithMath

extension OperatorCase {
    /// Operators that change elements, move them, take pairs of them, or reduce them: each with neighbours that stay, that part and that
    /// repeat, and of more elements than one piece of work.
    static let moving = functions + transpositions + cuts + pairs + reductions + poolings + stacks

    private static let functions = [
        OperatorCase(op: .clip, shapes: [[3, 41], [], []]), OperatorCase(op: .clip, shapes: [[3, 41], nil, []]),
        OperatorCase(op: .clip, shapes: [[3, 41], []]), OperatorCase(op: .clip, shapes: [[3, 41]]),
        OperatorCase(op: .elu, shapes: [[3, 41]], attributes: [.alpha: 1.5]),
        OperatorCase(op: .hardSigmoid, shapes: [[3, 41]]), OperatorCase(op: .hardSwish, shapes: [[3, 41]]),
        OperatorCase(op: .reciprocal, shapes: [[3, 41]]),
    ]

    private static let transpositions =
        [
            ([5, 7], [1, 0]), ([130, 67], [1, 0]), ([2, 3, 4, 5], [0, 2, 1, 3]), ([2, 19, 4, 33], [0, 2, 3, 1]),
            ([3, 17, 9, 21], [0, 3, 1, 2]), ([4, 6, 8, 18], [3, 2, 1, 0]), ([2, 37, 3, 64], [0, 2, 1, 3]),
            ([3, 1, 5], [2, 1, 0]), ([2, 3, 2, 3, 2, 3], [5, 0, 4, 1, 3, 2]), ([300, 210], [1, 0]), ([], []),
        ].map { shape, order in
            OperatorCase(op: .transpose, shapes: [Shape(shape)], attributes: [.perm: .ints(order.map { Int64($0) })])
        }

    private static let cuts = [
        OperatorCase(op: .expand, shapes: [[3, 1], [3]], integers: [1: [2, 3, 4]]),
        OperatorCase(op: .expand, shapes: [[], [2]], integers: [1: [33, 5]]),
        OperatorCase(op: .tile, shapes: [[3, 5], [2]], integers: [1: [2, 3]]),
        OperatorCase(op: .tile, shapes: [[70, 9], [2]], integers: [1: [1, 60]]),
        OperatorCase(op: .tile, shapes: [[1, 2, 1, 3, 2], [5]], integers: [1: [2, 1, 3, 2, 2]]),
        OperatorCase(op: .tile, shapes: [[1, 1, 1, 2, 1, 1, 3, 1], [8]], integers: [1: [1, 2, 1, 3, 1, 1, 2, 1]]),
        OperatorCase(op: .slice, shapes: [[9, 11], [2], [2]], integers: [1: [1, -9], 2: [7, -1]]),
        OperatorCase(
            op: .slice, shapes: [[9, 11], [2], [2], [2], [2]],
            integers: [1: [-1, 10], 2: [-100, 0], 3: [1, 0], 4: [-2, -3]]),
        OperatorCase(op: .slice, shapes: [[2, 40, 30], [1], [1], [1]], integers: [1: [3], 2: [1000], 3: [-2]]),
        OperatorCase(op: .concat, shapes: [[2, 3, 4], [2, 5, 4], [2, 0, 4]], attributes: [.axis: 1]),
        OperatorCase(op: .concat, shapes: [[2, 3, 1], [2, 3, 7]], attributes: [.axis: -1]),
        OperatorCase(op: .concat, shapes: [[2, 3], [4, 3]], attributes: [.axis: 0]),
        OperatorCase(op: .gather, shapes: [[9, 5], [2, 3]], integers: [1: [0, -1, 8, 3, -9, 3]]),
        OperatorCase(op: .gather, shapes: [[2, 9, 5], [3]], attributes: [.axis: 1], integers: [1: [8, 0, -2]]),
        OperatorCase(op: .gather, shapes: [[4, 9], []], attributes: [.axis: -1], integers: [1: [7]]),
    ]

    private static let pairs =
        [.add, .sub, .mul, .div, .min, .max].flatMap { (op: Operator) in
            [
                OperatorCase(op: op, shapes: [[4, 1], [1, 5]]), OperatorCase(op: op, shapes: [[2, 3, 4], [3, 1]]),
                OperatorCase(op: op, shapes: [[], [3, 34]]), OperatorCase(op: op, shapes: [[3, 34], [1]]),
                OperatorCase(op: op, shapes: [[3, 1, 5, 1], [2, 1, 19]]), OperatorCase(op: op, shapes: [[], []]),
            ]
        } + [
            OperatorCase(op: .mul, shapes: [[40, 30, 7, 9], [30, 1, 1]]),
            OperatorCase(op: .add, shapes: [[300, 210], [300, 1]]),
            OperatorCase(op: .pRelu, shapes: [[2, 3, 17], [3, 1]]),
            OperatorCase(op: .min, shapes: [[3, 41], [3, 41]]),
        ]

    private static let reductions =
        [.reduceSum, .reduceMean, .reduceL2, .reduceMax, .reduceMin].flatMap { (op: Operator) in
            [
                ([3, 70], [1]), ([3, 70], [0]), ([40, 100], [0]), ([2, 3, 17, 5], [0, 2]), ([2, 3, 17, 5], [1, 3]),
                ([4, 40, 3], [1]), ([2, 3, 4], [0, 1, 2]), ([5, 3, 20], [0, 2]), ([2, 35, 1, 7], [-3, -1]),
                ([300, 130], [1]), ([2, 130, 130], [1]), ([7], [0]), ([3, 1, 5], [1]),
            ].map { (shape: [Int], axes: [Int64]) in
                OperatorCase(op: op, shapes: [Shape(shape), [axes.count]], integers: [1: axes])
            }
        } + [
            OperatorCase(op: .reduceSum, shapes: [[3, 5]], attributes: [.keepDims: 0]),
            OperatorCase(op: .globalMaxPool, shapes: [[2, 3, 7, 9]]),
        ]

    private static let poolings = [
        OperatorCase(
            op: .averagePool, shapes: [[2, 3, 9, 40]],
            attributes: [.kernelShape: [3, 2], .strides: [2, 2], .pads: [1, 0, 1, 1], .ceilMode: 1]),
        OperatorCase(
            op: .averagePool, shapes: [[2, 3, 9, 10]],
            attributes: [
                .kernelShape: [3, 2], .strides: [2, 3], .pads: [1, 0, 1, 1], .ceilMode: 1, .countIncludePad: 1,
            ]),
        OperatorCase(
            op: .averagePool, shapes: [[1, 2, 20, 37]],
            attributes: [.kernelShape: [3, 3], .pads: [1, 1, 1, 1], .countIncludePad: 1]),
        OperatorCase(op: .averagePool, shapes: [[1, 2, 20, 37]], attributes: [.kernelShape: [2, 2]]),
        OperatorCase(
            op: .averagePool, shapes: [[1, 2, 21, 37]],
            attributes: [.kernelShape: [2, 3], .dilations: [3, 2], .autoPad: "SAME_UPPER"]),
        OperatorCase(
            op: .averagePool, shapes: [[2, 3, 45]],
            attributes: [.kernelShape: [3], .strides: [2], .pads: [1, 1], .ceilMode: 1]),
    ]

    private static let stacks = [
        OperatorCase(op: .matMul, shapes: [[2, 1, 3, 4], [5, 4, 2]]),
        OperatorCase(op: .matMul, shapes: [[5, 4], [3, 4, 20]]),
        OperatorCase(op: .matMul, shapes: [[2, 3, 17, 9], [2, 3, 9, 33]]),
        OperatorCase(op: .matMul, shapes: [[2, 1, 1, 40], [1, 3, 40, 35]]),
    ]
}
