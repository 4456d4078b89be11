import PithGraph

extension ReferenceNode {
    /// For each element, which scale it has: one, that of its place along the axis, or that of its block.
    private func scaleIndices(_ input: Shape, _ scale: Shape) throws(PithError) -> [Int] {
        guard scale.elementCount != 1 || scale.rank > 1 else { return [Int](repeating: 0, count: input.elementCount) }
        let rows = AxisRows(input, axis: try attributes.int(.axis))
        let block = try attributes.int(.blockSize)
        return (0..<input.elementCount).map { index in
            let place = index / rows.stride % rows.length
            guard block > 0 else { return place }
            let blocks = (rows.length - 1) / block + 1
            return (index / rows.stride / rows.length * blocks + place / block) * rows.stride + index % rows.stride
        }
    }

    /// y = round(x / scale) + zero point, to nearest and ties to even, saturated; to a float8 without rounding before.
    func quantize() throws(PithError) -> Tensor {
        let (x, scale): (ReferenceTensor<Float>, ReferenceTensor<Float>) = (try numbers(0), try numbers(1))
        let indices = try scaleIndices(x.shape, scale.shape)
        let type = outputs[0].elementType
        if type.isFloatingPoint {
            let saturates = try attributes.flag(.saturate)
            let format: Float8 = type == .float8e4m3fn ? .e4m3fn : .e5m2
            let words = zip(x.elements, indices).map {
                UInt64(format.encode($0 / scale.elements[$1], saturates: saturates))
            }
            return Tensor(words: words, elementType: type, shape: shape)
        }
        let zero = optionalNumbers(2, as: Int64.self)?.elements
        let (low, high) = (Int64.least(of: type), Int64.greatest(of: type))
        let elements = zip(x.elements, indices).map { x, index -> Int64 in
            let quotient = Self.rounded(x / scale.elements[index])
            let (sum, overflow) = quotient.addingReportingOverflow(zero?[index] ?? 0)
            return overflow ? quotient < 0 ? low : high : min(max(sum, low), high)
        }
        return output(0, elements)
    }

    private static func rounded(_ value: Float) -> Int64 { SaturatingInteger.int64(value.rounded(.toNearestOrEven)) }

    /// y = (x − zero point) · scale.
    func dequantize() throws(PithError) -> Tensor {
        let scale: ReferenceTensor<Float> = try numbers(1)
        let indices = try scaleIndices(shape, scale.shape)
        if try input(0).elementType.isFloatingPoint {
            let x: ReferenceTensor<Float> = try numbers(0)
            let zero = optionalNumbers(2, as: Float.self)?.elements
            return output(
                0,
                zip(x.elements, indices).map { x, index in
                    ((zero.map { x - $0[index] } ?? x) * scale.elements[index]).canonical
                })
        }
        let x: ReferenceTensor<Int64> = try numbers(0)
        let zero = optionalNumbers(2, as: Int64.self)?.elements
        return output(
            0,
            zip(x.elements, indices).map { x, index in
                (Float(x &- (zero?[index] ?? 0)) * scale.elements[index]).canonical
            })
    }

    /// Scale and zero point from the greatest and least element and 0, then as `QuantizeLinear` to uint8.
    func dynamicQuantize() throws(PithError) -> [Tensor] {
        let x: ReferenceTensor<Float> = try numbers(0)
        var (low, high): (Float, Float) = (0, 0)
        for element in x.elements {
            low = element < low ? element : low
            high = element > high ? element : high
        }
        let scale = low == high ? 1 : (high - low) / 255
        let zero = min(max(Self.rounded(-low / scale), 0), 255)
        let elements = x.elements.map { element -> Int64 in
            let quotient = min(max(Self.rounded(element / scale), -255), 255)
            return min(max(quotient + zero, 0), 255)
        }
        return [output(0, elements), output(1, [scale]), output(2, [zero])]
    }

    /// Integers less their zero points, summed exactly and wrapped to 32 bits.
    func matMulInteger() throws(PithError) -> Tensor {
        var (a, b): (ReferenceTensor<Int64>, ReferenceTensor<Int64>) = (try numbers(0), try numbers(1))
        if let zero = optionalNumbers(2, as: Int64.self)?.elements {
            let columns = a.shape.dimensions.last ?? 1
            for index in a.elements.indices {
                a.elements[index] -= zero[zero.count == 1 ? 0 : index / columns % zero.count]
            }
        }
        if let zero = optionalNumbers(3, as: Int64.self)?.elements {
            for index in b.elements.indices { b.elements[index] -= zero[zero.count == 1 ? 0 : index % zero.count] }
        }
        return Reference.matMul(a, b, shape).tensor(of: .int32)
    }

    /// Another type for each element (`spec/arithmetic-functions.md`, "Conversions").
    func cast() throws(PithError) -> Tensor {
        let source = try input(0)
        let (from, to) = (source.elementType, outputs[0].elementType)
        let saturates = try attributes.flag(.saturate)
        guard from != to else { return source }
        let words = source.words.map { word -> UInt64 in
            switch from {
            case .float64: Self.converted(Double(bitPattern: word), to: to, saturates: saturates)
            case _ where from.isFloatingPoint:
                Self.converted(Float(word: word, of: from), to: to, saturates: saturates)
            case .uint64: Self.converted(word, to: to)
            default: Self.converted(Int64(word: word, of: from), to: to)
            }
        }
        return Tensor(words: words, elementType: to, shape: shape)
    }

    private static func converted<S: Scalar>(_ value: S, to type: ElementType, saturates: Bool) -> UInt64 {
        switch type {
        case .bool: value == 0 ? 0 : 1
        case .uint64: SaturatingInteger.uint64(Double(value))
        case .float8e4m3fn: UInt64(Float8.e4m3fn.encode(Float(value), saturates: saturates))
        case .float8e5m2: UInt64(Float8.e5m2.encode(Float(value), saturates: saturates))
        case _ where type.isFloatingPoint: value.canonical.word(of: type)
        default:
            UInt64(
                bitPattern: min(
                    max(SaturatingInteger.int64(Double(value)), .least(of: type)), .greatest(of: type)))
        }
    }

    private static func converted<N: WrappingNumber>(_ value: N, to type: ElementType) -> UInt64 {
        switch type {
        case .bool: value == 0 ? 0 : 1
        case .float64: Double(value).bitPattern
        case _ where type.isFloatingPoint: Float(value).word(of: type)
        default: value.word(of: type)
        }
    }
}
