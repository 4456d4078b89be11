/// The window of a transposed convolution, with every default worked out.
public struct TransposedWindow: Sendable, Hashable {
    /// Kernel, strides and dilations; its pads have no meaning here.
    public let window: Window
    /// What is cut off before each spatial dimension of the output; negative for what is added.
    public let cutBefore: [Int]
    /// The output's spatial extents.
    public let output: [Int]

    /// Works out a window.
    ///
    /// - Parameters:
    ///   - attributes: With the table's defaults added.
    ///   - kernel: Spatial extents of the weight.
    ///   - input: The input's spatial extents.
    /// - Throws: `invalidAttribute`, `shapeMismatch`.
    public init(_ attributes: Attributes, kernel: [Int], input: [Int]) throws(PithError) {
        let settings = try Settings(attributes, kernel: kernel)
        window = settings.window
        let (automatic, added) = (settings.automatic, settings.added)
        let rank = kernel.count
        var (before, extents): ([Int], [Int]) = ([], [])
        for axis in 0..<rank {
            let (reach, overflow) = max(input[axis] - 1, 0).multipliedReportingOverflow(by: window.strides[axis])
            guard input[axis] >= 1, !overflow, reach <= Limits.elementCount / 2 else {
                throw PithError(.shapeMismatch, "an input extent of \(input[axis])")
            }
            let full = reach + added[axis] + window.span(axis: axis)
            var target = settings.wanted?[axis]
            if target == nil, automatic == .sameUpper || automatic == .sameLower {
                target = input[axis] * window.strides[axis]
            }
            if let target {
                let total = full - target
                before.append(automatic == .sameUpper ? total >> 1 : total - total >> 1)
                extents.append(target)
            } else {
                let pads = automatic == .valid ? (0, 0) : (window.pads[axis], window.pads[axis + rank])
                guard full - pads.0 - pads.1 >= 1 else { throw PithError(.shapeMismatch, "pads leave no output") }
                before.append(pads.0)
                extents.append(full - pads.0 - pads.1)
            }
        }
        cutBefore = before
        output = extents
    }
}

extension TransposedWindow {
    /// What the attributes say by themselves.
    struct Settings {
        let window: Window
        let automatic: AutomaticPadding?
        let added: [Int]
        let wanted: [Int]?

        init(_ attributes: Attributes, kernel: [Int]) throws(PithError) {
            var explicit = attributes
            explicit[.autoPad] = nil
            window = try Window(explicit, kernel: kernel)
            automatic = try AutomaticPadding(attributes)
            added = try attributes.ints(.outputPadding, count: kernel.count) ?? kernel.map { _ in 0 }
            for extent in added where extent < 0 || extent > Window.largestExtent {
                throw PithError(.invalidAttribute, "an output padding of \(extent) is out of range")
            }
            wanted = try attributes.ints(.outputShape, count: kernel.count)
            for extent in wanted ?? [] where extent < 1 || extent > Limits.elementCount / 2 {
                throw PithError(.invalidAttribute, "an output extent of \(extent) is out of range")
            }
        }
    }
}
