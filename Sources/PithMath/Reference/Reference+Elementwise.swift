package import PithGraph

extension Reference {
    /// The function of an operator with one input.
    static func elementwise<S: Scalar>(_ op: Operator, _ attributes: Attributes) throws(PithError) -> (S) -> S {
        switch op {
        case .sqrt: return { $0.squareRoot() }
        case .exp: return { S.exp($0) }
        case .log: return { S.log($0) }
        case .erf: return { S.erf($0) }
        case .sin: return { S.sin($0) }
        case .cos: return { S.cos($0) }
        case .reciprocal: return { 1 / $0 }
        case .leakyRelu:
            let alpha = S(try attributes.float(.alpha))
            return { $0 < 0 ? alpha * $0 : $0 }
        case .sigmoid: return { S.sigmoid($0) }
        case .tanh: return { S.tanh($0) }
        case .gelu: return try gelu(approximate: attributes.string(.approximate))
        case .elu, .selu, .hardSigmoid, .hardSwish, .softplus: return try activation(op, attributes)
        default: throw PithError(.unsupportedOperation, "\(op.name) does not have one number as its input")
        }
    }

    private static func activation<S: Scalar>(
        _ op: Operator, _ attributes: Attributes
    ) throws(PithError) -> (S) -> S {
        switch op {
        case .elu:
            let alpha = S(try attributes.float(.alpha))
            return { $0 < 0 ? alpha * (S.exp($0) - 1) : $0 }
        case .selu:
            let (alpha, gamma) = (S(try attributes.float(.alpha)), S(try attributes.float(.gamma)))
            return { $0 > 0 ? gamma * $0 : gamma * (alpha * S.exp($0) - alpha) }
        case .hardSigmoid:
            return hardSigmoid(S(try attributes.float(.alpha)), S(try attributes.float(.beta)))
        case .hardSwish:
            let gate: (S) -> S = hardSigmoid(S(Float(1) / 6), 0.5)
            return { $0 * gate($0) }
        default:
            return { S.log(1 + S.exp(-$0.magnitude)) + ($0 > 0 ? $0 : 0) }
        }
    }

    static func hardSigmoid<S: Scalar>(_ alpha: S, _ beta: S) -> (S) -> S {
        { x in
            let y = alpha * x + beta
            return y < 0 ? 0 : y > 1 ? 1 : y
        }
    }

    private static func gelu<S: Scalar>(approximate: String) throws(PithError) -> (S) -> S {
        switch approximate {
        case "none":
            let scale = S(Float(bitPattern: 0x3F35_04F3))
            return { (0.5 * $0) * (1 + S.erf($0 * scale)) }
        case "tanh":
            let outer = S(Float(bitPattern: 0x3F4C_422A))
            let inner = S(Float(bitPattern: 0x3D37_2713))
            return { x in
                (0.5 * x) * (1 + S.tanh(outer * S.multiplyAdd(inner * x * x, x, x)))
            }
        default: throw PithError(.invalidAttribute, "attribute 'approximate' must be 'none' or 'tanh'")
        }
    }

    static func binary<N: Number>(
        _ left: ReferenceTensor<N>, _ right: ReferenceTensor<N>, _ shape: Shape, _ function: (N, N) -> N
    ) -> ReferenceTensor<N> {
        let leftIndices = BroadcastIndices(left.shape, to: shape)
        let rightIndices = BroadcastIndices(right.shape, to: shape)
        var result = ReferenceTensor<N>(zeros: shape)
        for index in 0..<shape.elementCount {
            let value = function(left.elements[leftIndices[index]], right.elements[rightIndices[index]])
            result.elements[index] = value.canonical
        }
        return result
    }
}

/// For each element of a broadcast result, the element of an operand that it comes from.
package struct BroadcastIndices {
    private let extents: [Int]
    private let strides: [Int]

    /// - Parameters:
    ///   - operand: The operand's shape, which broadcasts to `shape`.
    ///   - shape: The result's.
    package init(_ operand: Shape, to shape: Shape) {
        extents = shape.dimensions
        let missing = shape.rank - operand.rank
        let own = operand.strides
        strides = (0..<shape.rank).map { axis in
            axis < missing || operand[axis - missing] == 1 ? 0 : own[axis - missing]
        }
    }

    /// Elements of a result of these extents, at these distances in the operand.
    init(extents: Shape, strides: [Int]) {
        self.extents = extents.dimensions
        self.strides = strides
    }

    /// The position in the operand.
    ///
    /// - Complexity: O(rank).
    package subscript(index: Int) -> Int {
        var rest = index
        var position = 0
        for axis in extents.indices.reversed() {
            position += rest % extents[axis] * strides[axis]
            rest /= extents[axis]
        }
        return position
    }
}
