/// The extents and scales of a `Resize`.
public struct ResizeGeometry: Sendable, Hashable {
    /// The axes that may change, in the order of the inputs.
    public let axes: [Int]
    /// The output's extents, one per dimension of the input.
    public let output: [Int]
    /// How many elements of the output one of the input becomes, one per dimension of the input.
    public let scales: [Double]

    /// Works out the geometry.
    ///
    /// - Parameters:
    ///   - attributes: With the table's defaults added.
    ///   - input: The input's extents.
    ///   - scales: One per axis, or nil.
    ///   - sizes: One per axis, or nil; exactly one of the two is there.
    /// - Throws: `invalidGraph`, `invalidAttribute`, `shapeMismatch`, `limitExceeded`.
    public init(_ attributes: Attributes, input: [Int], scales: [Double]?, sizes: [Int]?) throws(PithError) {
        let axes = try Self.axes(attributes, rank: input.count)
        var output = input
        var factors = [Double](repeating: 1, count: input.count)
        switch (scales, sizes) {
        case (let scales?, nil):
            guard scales.count == axes.count else { throw PithError(.shapeMismatch, "one scale per axis is needed") }
            for (axis, scale) in zip(axes, scales) {
                let extent = (Float(input[axis]) * Float(scale)).rounded(.down)
                guard scale > 0, extent <= Float(Limits.elementCount) / 2 else {
                    throw PithError(.shapeMismatch, "a scale of \(scale)")
                }
                output[axis] = Int(extent)
                factors[axis] = scale
            }
        case (nil, let sizes?):
            guard sizes.count == axes.count else { throw PithError(.shapeMismatch, "one size per axis is needed") }
            for (axis, size) in zip(axes, sizes) {
                guard size >= 0, size <= Limits.elementCount, input[axis] > 0 else {
                    throw PithError(.shapeMismatch, "an extent of \(input[axis]) cannot become \(size)")
                }
                output[axis] = size
                factors[axis] = Double(size) / Double(input[axis])
            }
            try Self.keepRatio(attributes, input, axes, &output, &factors)
        default: throw PithError(.invalidGraph, "Resize needs one of scales and sizes")
        }
        self.axes = axes
        self.output = output
        self.scales = factors
    }

    static func axes(_ attributes: Attributes, rank: Int) throws(PithError) -> [Int] {
        guard let given = try attributes.ints(.axes) else { return Array(0..<rank) }
        return try ShapeContext.axes(given, rank: rank)
    }

    static func policy(_ attributes: Attributes) throws(PithError) -> String {
        try attributes.choice(.keepAspectRatioPolicy, of: ["stretch", "not_larger", "not_smaller"])
    }

    private static func keepRatio(
        _ attributes: Attributes, _ input: [Int], _ axes: [Int], _ output: inout [Int], _ factors: inout [Double]
    ) throws(PithError) {
        let policy = try policy(attributes)
        guard policy != "stretch", let first = axes.first else { return }
        var common = factors[first]
        for axis in axes { common = policy == "not_larger" ? min(common, factors[axis]) : max(common, factors[axis]) }
        for axis in axes {
            let extent = (Double(input[axis]) * common + 0.5).rounded(.down)
            guard extent <= Double(Limits.elementCount) else {
                throw PithError(.limitExceeded, "an extent of \(extent)")
            }
            output[axis] = Int(extent)
            factors[axis] = common
        }
    }
}

extension ShapeRules {
    static func resize(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        let input = try context.input(0)
        let axes = try ResizeGeometry.axes(context.attributes, rank: input.rank)
        _ = try ResizeGeometry.policy(context.attributes)
        let scales = try list(context, 2)
        let sizes = try list(context, 3)
        let unknown = [ValueType(input.elementType, [Dimension](repeating: .unknown, count: input.rank))]
        guard (scales == nil) != (sizes == nil) else {
            throw PithError(.invalidGraph, "Resize needs one of scales and sizes")
        }
        guard try context.length(scales == nil ? 3 : 2) == axes.count else {
            throw PithError(.shapeMismatch, "one scale or size per axis is needed")
        }
        if case .unknown? = scales ?? sizes { return unknown }
        var extents: [Int] = []
        for (axis, dimension) in input.dimensions.enumerated() {
            // An extent that is not known and does not change may stay so.
            let isKept = !axes.contains(axis) || scales?.factor(axes.firstIndex(of: axis) ?? 0) == 1
            guard let extent = dimension.extent ?? (isKept ? 1 : nil) else { return unknown }
            extents.append(extent)
        }
        let geometry = try ResizeGeometry(
            context.attributes, input: extents, scales: scales?.numbers, sizes: sizes?.integers)
        var dimensions: [Dimension] = []
        for (axis, extent) in geometry.output.enumerated() {
            dimensions.append(input.dimensions[axis].extent == nil ? input.dimensions[axis] : .fixed(extent))
        }
        return [ValueType(input.elementType, dimensions)]
    }

    private enum List {
        case unknown
        case numbers([Double])
        case integers([Int])

        var numbers: [Double]? {
            guard case .numbers(let values) = self else { return nil }
            return values
        }
        var integers: [Int]? {
            guard case .integers(let values) = self else { return nil }
            return values
        }
        func factor(_ index: Int) -> Double? { numbers.flatMap { index < $0.count ? $0[index] : nil } }
    }

    /// Scales or sizes; nil when left out or empty.
    private static func list(_ context: ShapeContext, _ index: Int) throws(PithError) -> List? {
        guard context.optionalInput(index) != nil, try context.length(index) > 0 else { return nil }
        if case .numbers(let numbers)? = context.known(index) { return .numbers(numbers) }
        return context.integers(index).map { .integers($0) } ?? .unknown
    }
}
