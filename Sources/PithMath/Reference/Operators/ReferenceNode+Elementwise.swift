import PithGraph

extension ReferenceNode {
    /// Operators of two or more numbers; more than two are taken from left to right.
    func arithmetic<N: Number>(_ type: N.Type) throws(PithError) -> ReferenceTensor<N> {
        let function: (N, N) -> N =
            switch op {
            case .add: { N.sum($0, $1) }
            case .sub: { N.difference($0, $1) }
            case .mul: { N.product($0, $1) }
            case .div: { N.quotient($0, $1) }
            case .min: { $0.isNaN || $0 <= $1 ? $0 : $1 }
            default: { $0.isNaN || $0 >= $1 ? $0 : $1 }
            }
        var result = try numbers(0, as: type)
        if inputs.count == 1 { result.elements = result.elements.map { $0.canonical } }
        for index in inputs.indices.dropFirst() {
            let next = try numbers(index, as: type)
            let shape = index == inputs.count - 1 ? shape : try broadcast(result.shape, next.shape)
            result = Reference.binary(result, next, shape, function)
        }
        return result
    }

    private func broadcast(_ left: Shape, _ right: Shape) throws(PithError) -> Shape {
        let type = outputs[0].elementType
        return try Operator.add.outputTypes(
            inputs: [ValueType(type, left), ValueType(type, right)], attributes: [:])[0].shape()
    }

    func comparison<N: Number>(_ type: N.Type) throws(PithError) -> Tensor {
        let holds: (N, N) -> Bool =
            switch op {
            case .and: { $0 != .zero && $1 != .zero }
            case .or: { $0 != .zero || $1 != .zero }
            case .equal: { $0 == $1 }
            case .less: { $0 < $1 }
            case .lessOrEqual: { $0 <= $1 }
            case .greater: { $0 > $1 }
            default: { $0 >= $1 }
            }
        let (left, right) = (try numbers(0, as: type), try numbers(1, as: type))
        let (leftIndices, rightIndices) = (
            BroadcastIndices(left.shape, to: shape), BroadcastIndices(right.shape, to: shape)
        )
        return Tensor(
            bools: (0..<shape.elementCount).map {
                holds(left.elements[leftIndices[$0]], right.elements[rightIndices[$0]])
            },
            shape: shape)
    }

    func unary<N: Number>(_ type: N.Type) throws(PithError) -> ReferenceTensor<N> {
        let function: (N) -> N =
            switch op {
            case .neg: { $0.negated }
            case .abs: { $0.absolute }
            case .not: { $0 == .zero ? N(count: 1) : .zero }
            default: { $0 > .zero || $0.isNaN ? $0 : .zero }
            }
        return try mapped(function)
    }

    private func mapped<N: Number>(_ function: (N) -> N) throws(PithError) -> ReferenceTensor<N> {
        ReferenceTensor(try numbers(0, as: N.self).elements.map { function($0).canonical }, shape: shape)
    }

    func clip<N: Number>(_ type: N.Type) throws(PithError) -> ReferenceTensor<N> {
        let (low, high) = (optionalNumbers(1, as: type)?.elements.first, optionalNumbers(2, as: type)?.elements.first)
        return try mapped { x in
            var y = x
            if let low, y < low || low.isNaN { y = low }
            if let high, y > high || high.isNaN { y = high }
            return y
        }
    }

    func pRelu<N: Number>(_ type: N.Type) throws(PithError) -> ReferenceTensor<N> {
        try Reference.binary(numbers(0, as: type), numbers(1, as: type), shape) { x, slope in
            x < .zero ? N.product(slope, x) : x
        }
    }

    /// In the base's kind of number; an integer base in float64 where the exponent is a float.
    func power() throws(PithError) -> Tensor {
        let type = outputs[0].elementType
        switch type {
        case .float64: return try powers(Double.self) { Double.pow($0, $1) }.tensor(of: type)
        case _ where type.isFloatingPoint: return try powers(Float.self) { Float.pow($0, $1) }.tensor(of: type)
        case _ where try input(1).elementType.isFloatingPoint:
            let floats = try powers(Double.self) { Double.pow($0, $1) }.elements
            return ReferenceTensor(floats.map { SaturatingInteger.int64($0) }, shape: shape).tensor(of: type)
        default: return try powers(Int64.self) { Self.power($0, $1) }.tensor(of: type)
        }
    }

    private func powers<N: Number>(_ type: N.Type, _ function: (N, N) -> N) throws(PithError) -> ReferenceTensor<N> {
        try Reference.binary(numbers(0, as: type), numbers(1, as: type), shape, function)
    }

    /// A power of integers that wraps; 1/x is 0 but for x of 1 and -1.
    private static func power(_ base: Int64, _ exponent: Int64) -> Int64 {
        if exponent < 0 {
            switch base {
            case 1: return 1
            case -1: return exponent & 1 == 0 ? 1 : -1
            default: return 0
            }
        }
        var (result, square, rest): (Int64, Int64, Int64) = (1, base, exponent)
        while rest > 0 {
            if rest & 1 == 1 { result = result &* square }
            square = square &* square
            rest >>= 1
        }
        return result
    }

    func range<N: Number>(_ type: N.Type) throws(PithError) -> ReferenceTensor<N> {
        let (start, delta) = (try numbers(0, as: type).elements[0], try numbers(2, as: type).elements[0])
        return ReferenceTensor(
            (0..<shape.elementCount).map { N.sum(start, N.product(N(count: $0), delta)) }, shape: shape)
    }

    /// The functions of one float.
    func elementwise<S: Scalar>(_ type: S.Type) throws(PithError) -> ReferenceTensor<S> {
        let function: (S) -> S = try Reference.elementwise(op, attributes)
        return try mapped(function)
    }
}
