/// The window of a convolution or pooling over any number of spatial dimensions, with every default worked out.
public struct Window: Sendable, Hashable {
    /// Extents of the window.
    public let kernel: [Int]
    /// Distances between windows.
    public let strides: [Int]
    /// Distances between elements of the window.
    public let dilations: [Int]
    /// Padding before each dimension, then after each: for an image top, left, bottom and right.
    public let pads: [Int]
    /// Whether a last window that runs over the padded end counts.
    public let roundsUp: Bool

    /// The largest kernel extent, stride, dilation or padding.
    public static let largestExtent = 1 << 20

    /// The largest extent from a window's first element to its last.
    private static let largestSpan = 1 << 30

    /// Works out a window from a node's attributes.
    ///
    /// - Parameters:
    ///   - attributes: With the table's defaults added.
    ///   - kernel: Spatial extents, from the attribute or the weight.
    ///   - input: The input's spatial extents, nil where not known; `auto_pad` needs them.
    /// - Throws: `invalidAttribute` for a list of another length than the kernel's (twice that for pads) or a number out
    ///   of range.
    public init(_ attributes: Attributes, kernel: [Int], input: [Int?] = []) throws(PithError) {
        let rank = kernel.count
        self.kernel = kernel
        strides = try attributes.ints(.strides, count: rank) ?? [Int](repeating: 1, count: rank)
        dilations = try attributes.ints(.dilations, count: rank) ?? [Int](repeating: 1, count: rank)
        roundsUp = attributes[.ceilMode] == nil ? false : try attributes.flag(.ceilMode)
        for number in kernel + strides + dilations where number < 1 || number > Self.largestExtent {
            throw PithError(.invalidAttribute, "a kernel, stride or dilation of \(number) is out of range")
        }
        for (extent, dilation) in zip(kernel, dilations) {
            let (span, overflow) = (extent - 1).multipliedReportingOverflow(by: dilation)
            guard !overflow, span < Self.largestSpan else {
                throw PithError(.invalidAttribute, "a window of \(extent) elements \(dilation) apart is too large")
            }
        }
        let given = try attributes.ints(.pads, count: 2 * rank) ?? [Int](repeating: 0, count: 2 * rank)
        for number in given where number < 0 || number > Self.largestExtent {
            throw PithError(.invalidAttribute, "a padding of \(number) is out of range")
        }
        guard let automatic = try AutomaticPadding(attributes) else {
            pads = given
            return
        }
        guard automatic == .valid || input.count == rank else {
            throw PithError(.invalidAttribute, "auto_pad needs the input's extents")
        }
        pads = automatic.pads(input, strides: strides, spans: zip(kernel, dilations).map { ($0 - 1) * $1 + 1 })
    }

    /// The dimension's extent from a window's first element to its last.
    public func span(axis: Int) -> Int { dilations[axis] * (kernel[axis] - 1) + 1 }

    /// A window of pooling must have at least one element in the image, so padding is less than the kernel.
    ///
    /// - Throws: `invalidAttribute` for that, and for a window of more than `largestExtent` elements, which no weight bounds.
    func checkPooling() throws(PithError) {
        var area = 1
        for extent in kernel {
            area *= extent
            guard area <= Self.largestExtent else {
                throw PithError(.invalidAttribute, "a pooling window of \(kernel) is too large")
            }
        }
        for axis in kernel.indices where max(pads[axis], pads[axis + kernel.count]) >= span(axis: axis) {
            throw PithError(.invalidAttribute, "pads \(pads) are not smaller than the kernel \(kernel)")
        }
    }

    /// The output's spatial extents for an input's.
    func outputDimensions(_ input: [Dimension]) throws(PithError) -> [Dimension] {
        var result: [Dimension] = []
        for axis in kernel.indices {
            guard let extent = input[axis].extent else {
                result.append(.unknown)
                continue
            }
            result.append(.fixed(try outputExtent(extent, axis: axis)))
        }
        return result
    }

    /// The output's extent along an axis: ⌊(input + pads − dilation · (kernel − 1) − 1) / stride⌋ + 1, rounded up with
    /// `roundsUp`, where a window that begins in the padding at the end does not count.
    public func outputExtent(_ input: Int, axis: Int) throws(PithError) -> Int {
        let (padded, overflow) = input.addingReportingOverflow(pads[axis] + pads[axis + kernel.count])
        let room = overflow ? -1 : padded - span(axis: axis)
        guard input >= 1, room >= 0 else {
            throw PithError(
                .shapeMismatch, "a window of \(span(axis: axis)) does not fit in an extent of \(input)")
        }
        var extent = room / strides[axis] + 1
        if roundsUp, room % strides[axis] != 0, extent * strides[axis] < input + pads[axis] { extent += 1 }
        return extent
    }
}

/// How padding follows from the input.
enum AutomaticPadding {
    case valid
    case sameUpper
    case sameLower

    /// Nil for `NOTSET`, and for an operator that does not pad by itself.
    init?(_ attributes: Attributes) throws(PithError) {
        guard attributes[.autoPad] != nil else { return nil }
        switch try attributes.choice(.autoPad, of: ["NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"]) {
        case "VALID": self = .valid
        case "SAME_UPPER": self = .sameUpper
        case "SAME_LOWER": self = .sameLower
        default: return nil
        }
    }

    /// Pads so that the output's extent is the input's over the stride, rounded up; 0 where the input's is not known.
    func pads(_ input: [Int?], strides: [Int], spans: [Int]) -> [Int] {
        var before = [Int](repeating: 0, count: spans.count)
        var after = before
        if self != .valid {
            for axis in spans.indices {
                guard let extent = input[axis], extent > 0 else { continue }
                let total = max((extent - 1) / strides[axis] * strides[axis] + spans[axis] - extent, 0)
                before[axis] = self == .sameUpper ? total / 2 : total - total / 2
                after[axis] = total - before[axis]
            }
        }
        return before + after
    }
}
