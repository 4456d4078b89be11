/// The elements of a small value as far as they are known without running its node, for shape rules: what a `Constant`
/// holds, and what is worked out from it and from the extents of other values.
public enum KnownElements: Sendable, Hashable {
    /// Whole numbers: `.fixed` ones of either sign, extents that have a name, and unknown ones.
    case integers([Dimension])
    /// Other numbers.
    case numbers([Double])

    /// What a constant holds, nil when it is of another type or has over `Limits.knownElements` elements.
    public init?(_ value: TensorValue) {
        guard value.shape.elementCount <= Limits.knownElements else { return nil }
        if let integers = value.integers {
            self = .integers(integers.map { .fixed(Int(clamping: $0)) })
        } else if let numbers = value.numbers {
            self = .numbers(numbers)
        } else {
            return nil
        }
    }

    /// How many there are.
    public var count: Int {
        switch self {
        case .integers(let elements): elements.count
        case .numbers(let elements): elements.count
        }
    }

    /// The whole numbers, known or not; nil for other numbers.
    var dimensions: [Dimension]? {
        guard case .integers(let elements) = self else { return nil }
        return elements
    }
}

extension Operator {
    /// What is known of the elements of a node's first output; nil for nothing.
    ///
    /// - Parameters:
    ///   - context: The node's inputs.
    ///   - output: The type of the output.
    func knownElements(_ context: ShapeContext, output: ValueType) -> KnownElements? {
        guard output.rank <= 1 || self == .constant else { return nil }
        let known = knownElements(context)
        guard let known, known.count <= Limits.knownElements else { return nil }
        // A Squeeze of no elements by axes that are not known has one, though none is known; it fails in every run.
        if case .fixed(let count) = ShapeRules.product(output.dimensions[...]), count != known.count { return nil }
        guard let elements = known.dimensions else { return known }
        return .integers(
            elements.map { $0.extent.map { output.elementType.holds($0) } ?? true ? $0 : .unknown })
    }

    private func knownElements(_ context: ShapeContext) -> KnownElements? {
        switch self {
        case .constant:
            if case .ints(let integers) = context.attributes[.valueInts] {
                return .integers(integers.map { .fixed(Int(clamping: $0)) })
            }
            guard case .tensor(let value) = context.attributes[.value] else { return nil }
            return KnownElements(value)
        case .identity, .reshape, .squeeze, .unsqueeze, .flatten:
            return context.known(0)
        case .cast:
            guard let type = try? context.attributes.elementType(.to), type == .int64 || type == .int32,
                context.known(0)?.dimensions != nil
            else { return nil }
            return context.known(0)
        case .shape:
            guard let input = context.optionalInput(0), let range = try? ShapeRules.shapeRange(context, input) else {
                return nil
            }
            return .integers(Array(input.dimensions[range]))
        case .size:
            guard let input = context.optionalInput(0) else { return nil }
            return .integers([ShapeRules.product(input.dimensions[...])])
        case .concat:
            var all: [Dimension] = []
            for index in context.inputs.indices {
                guard let part = context.known(index)?.dimensions else { return nil }
                all += part
            }
            return .integers(all)
        case .gather: return gathered(context)
        case .slice: return sliced(context)
        case .add, .sub, .mul, .div: return combined(context)
        case .neg:
            guard let elements = context.known(0)?.dimensions else { return nil }
            return .integers(elements.map { combined(.fixed(0), $0) })
        case .constantOfShape:
            guard case .tensor(let value) = context.attributes[.value], let element = value.integers?.first,
                let count = context.integers(0)?.first, count >= 0, count <= Limits.knownElements
            else { return nil }
            return .integers([Dimension](repeating: .fixed(Int(clamping: element)), count: count))
        default: return nil
        }
    }

    private func gathered(_ context: ShapeContext) -> KnownElements? {
        guard context.optionalInput(0)?.rank == 1, let data = context.known(0)?.dimensions,
            let indices = context.integers(1)
        else { return nil }
        var result: [Dimension] = []
        for index in indices {
            let position = index < 0 ? index + data.count : index
            guard data.indices.contains(position) else { return nil }
            result.append(data[position])
        }
        return .integers(result)
    }

    private func sliced(_ context: ShapeContext) -> KnownElements? {
        guard let input = context.optionalInput(0), input.rank == 1, let data = context.known(0)?.dimensions,
            let cuts = try? SliceCut.cuts(context, rank: 1), let cut = cuts[0]
        else { return nil }
        let (start, count) = cut.bounds(extent: data.count)
        return .integers((0..<count).map { data[start + $0 * cut.step] })
    }

    private func combined(_ context: ShapeContext) -> KnownElements? {
        guard let left = context.known(0)?.dimensions, let right = context.known(1)?.dimensions,
            left.count == right.count || left.count == 1 || right.count == 1
        else { return nil }
        var result: [Dimension] = []
        let count = left.isEmpty || right.isEmpty ? 0 : Swift.max(left.count, right.count)
        for index in 0..<count {
            let pair = (left[left.count == 1 ? 0 : index], right[right.count == 1 ? 0 : index])
            result.append(combined(pair.0, pair.1))
        }
        return .integers(result)
    }

    private func combined(_ left: Dimension, _ right: Dimension) -> Dimension {
        switch (self, left, right) {
        case (.add, let other, .fixed(0)), (.add, .fixed(0), let other), (.sub, let other, .fixed(0)),
            (.mul, let other, .fixed(1)), (.mul, .fixed(1), let other), (.div, let other, .fixed(1)):
            return other
        case (_, .fixed(let a), .fixed(let b)):
            let result: (partialValue: Int, overflow: Bool)
            switch self {
            case .add: result = a.addingReportingOverflow(b)
            case .mul: result = a.multipliedReportingOverflow(by: b)
            case .div: result = a.dividedReportingOverflow(by: b)
            default: result = a.subtractingReportingOverflow(b)
            }
            return result.overflow ? .unknown : .fixed(result.partialValue)
        default: return .unknown
        }
    }
}

extension ElementType {
    /// Whether a whole number is one of this type.
    fileprivate func holds(_ number: Int) -> Bool {
        switch self {
        case .int64: true
        case .int32: Int32(exactly: number) != nil
        case .int16: Int16(exactly: number) != nil
        case .int8: Int8(exactly: number) != nil
        case .uint64: number >= 0
        case .uint32: UInt32(exactly: number) != nil
        case .uint16: UInt16(exactly: number) != nil
        case .uint8: UInt8(exactly: number) != nil
        case .bool: number == 0 || number == 1
        default: false
        }
    }
}
