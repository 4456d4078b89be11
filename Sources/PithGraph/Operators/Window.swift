/// The window of a two-dimensional convolution or pooling, with every default worked out.
public struct Window: Sendable, Hashable {
    /// Rows and columns of the window.
    public let kernel: [Int]
    /// Rows and columns between windows.
    public let strides: [Int]
    /// Rows and columns between elements of the window.
    public let dilations: [Int]
    /// Padding at the top, left, bottom and right.
    public let pads: [Int]
    /// Whether a last window that runs over the padded end counts.
    public let roundsUp: Bool

    /// The largest kernel extent, stride, dilation or padding.
    public static let largestExtent = 1 << 20

    /// Works out a window from a node's attributes.
    ///
    /// - Parameter kernel: Rows and columns, from the attribute or the weight.
    /// - Throws: `invalidAttribute` for a list of another length than two (four for pads) or a number out of range.
    public init(_ attributes: Attributes, kernel: [Int]) throws(PithError) {
        self.kernel = kernel
        strides = try attributes.ints(.strides, count: 2) ?? [1, 1]
        dilations = try attributes.ints(.dilations, count: 2) ?? [1, 1]
        pads = try attributes.ints(.pads, count: 4) ?? [0, 0, 0, 0]
        roundsUp = attributes[.ceilMode] == nil ? false : try attributes.flag(.ceilMode)
        for number in kernel + strides + dilations where number < 1 || number > Self.largestExtent {
            throw PithError(.invalidAttribute, "a kernel, stride or dilation of \(number) is out of range")
        }
        for number in pads where number < 0 || number > Self.largestExtent {
            throw PithError(.invalidAttribute, "a padding of \(number) is out of range")
        }
    }

    /// A window of pooling must have at least one element in the image, so padding is less than the kernel.
    func checkPoolingPads() throws(PithError) {
        for axis in 0..<2 where max(pads[axis], pads[axis + 2]) >= kernel[axis] {
            throw PithError(.invalidAttribute, "pads \(pads) are not smaller than the kernel \(kernel)")
        }
    }

    /// The output's rows and columns for an input's.
    func outputDimensions(_ input: [Dimension]) throws(PithError) -> [Dimension] {
        var result: [Dimension] = []
        for axis in 0..<2 {
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
        let span = dilations[axis] * (kernel[axis] - 1) + 1
        let room = input + pads[axis] + pads[axis + 2] - span
        guard input >= 1, room >= 0 else {
            throw PithError(.shapeMismatch, "a window of \(span) does not fit in an extent of \(input)")
        }
        var extent = room / strides[axis] + 1
        if roundsUp, room % strides[axis] != 0, extent * strides[axis] < input + pads[axis] { extent += 1 }
        return extent
    }
}
