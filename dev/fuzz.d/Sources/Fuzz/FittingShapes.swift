import PithGraph

extension Choices {
    /// Shapes of an operator's operands that belong together; nil where any that broadcast do.
    mutating func fittingShapes(_ op: Operator) -> [[Int]]? {
        let (batch, channels) = (extent(), extent())
        let (height, width) = (extent(), extent())
        switch op {
        case .matMul, .matMulInteger: return [[batch, height], [height, width]]
        case .gemm: return [[batch, height], [height, width], [width]]
        case .conv: return [[1, channels, 4, width], [height, channels, 2, 1], [height]]
        case .convTranspose: return [[1, channels, 4, width], [channels, height, 2, 1], [height]]
        case .maxPool, .averagePool, .globalMaxPool, .globalAveragePool: return [[batch, channels, height, width]]
        case .batchNormalization: return [[batch, channels, height]] + [[Int]](repeating: [channels], count: 4)
        case .instanceNormalization: return [[batch, channels, height], [channels], [channels]]
        case .layerNormalization: return [[batch, height, width], [height, width], [width]]
        case .lstm: return recurrent(gates: 4, batch, channels)
        case .gru: return recurrent(gates: 3, batch, channels)
        case .resize: return [[1, 1, height, width], [8], [4], [4]]
        case .slice: return [[batch, height, width]] + [[Int]](repeating: [2], count: 4)
        case .pad: return [[batch, width], [4], [], [2]]
        case .reduceSum, .reduceMean, .reduceMax, .reduceMin, .reduceL2, .gather, .topK, .split, .squeeze, .unsqueeze:
            return [[batch, 1, width], [1]]
        case .reshape, .tile, .expand: return [[batch, width], [2]]
        case .cumSum, .quantizeLinear, .dequantizeLinear: return [[batch, width], [], []]
        case .range: return [[], [], []]
        default: return nil
        }
    }

    private mutating func recurrent(gates: Int, _ batch: Int, _ input: Int) -> [[Int]] {
        let (length, hidden) = (extent(), one(of: [2, 1, 3]))
        return [
            [length, batch, input], [1, gates * hidden, input], [1, gates * hidden, hidden], [1, 2 * gates * hidden],
            [batch], [1, batch, hidden], [1, batch, hidden], [1, 3 * hidden],
        ]
    }

    private mutating func extent() -> Int { one(of: [2, 3, 1, 4, 2, 3, 17]) }
}
