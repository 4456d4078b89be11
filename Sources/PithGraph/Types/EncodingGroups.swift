/// Which elements of a tensor share a scale or a palette.
public enum EncodingGroups: Sendable, Hashable {
    /// All of them.
    case tensor
    /// Those whose index along an axis lies in the same run of `size`; a size of 1 is one group for each channel.
    case slices(axis: Int, size: Int)
    /// Those that differ only by their index along an axis, in runs of `size`.
    case blocks(axis: Int, size: Int)
}

extension EncodingGroups {
    /// The least and greatest size of `blocks`.
    public static let blockSizes = 32...256

    /// Whether a tensor of this shape can be grouped so.
    public func fits(_ shape: Shape) -> Bool {
        switch self {
        case .tensor: true
        case .slices(let axis, let size): shape.dimensions.indices.contains(axis) && size >= 1
        case .blocks(let axis, let size):
            shape.dimensions.indices.contains(axis) && Self.blockSizes.contains(size)
        }
    }

    /// How many groups a tensor of this shape has.
    ///
    /// - Precondition: `fits(shape)`.
    public func count(_ shape: Shape) -> Int {
        guard shape.elementCount > 0 else { return self == .tensor ? 1 : 0 }
        return switch self {
        case .tensor: 1
        case .slices(let axis, let size): Self.runs(shape[axis], size)
        case .blocks(let axis, let size): shape.elementCount / shape[axis] * Self.runs(shape[axis], size)
        }
    }

    /// Calls a closure for each run of elements of one group, in row-major order.
    ///
    /// - Precondition: `fits(shape)`.
    /// - Parameter body: Gets the elements' places and their group.
    public func forEachRun(_ shape: Shape, _ body: (Range<Int>, Int) -> Void) {
        guard shape.elementCount > 0 else { return }
        switch self {
        case .tensor: body(0..<shape.elementCount, 0)
        case .slices(let axis, let size):
            let inner = shape.strides[axis]
            let length = shape[axis]
            for outer in 0..<(shape.elementCount / (inner * length)) {
                for start in stride(from: 0, to: length, by: size) {
                    let place = (outer * length + start) * inner
                    body(place..<(place + min(size, length - start) * inner), start / size)
                }
            }
        case .blocks(let axis, let size):
            let inner = shape.strides[axis]
            let length = shape[axis]
            let runs = Self.runs(length, size)
            for row in 0..<(shape.elementCount / inner) {
                let group = (row / length * runs + row % length / size) * inner
                if inner == 1 {
                    guard row % length % size == 0 else { continue }
                    body(row..<(row + min(size, length - row % length)), group)
                } else {
                    for place in 0..<inner { body((row * inner + place)..<(row * inner + place + 1), group + place) }
                }
            }
        }
    }

    private static func runs(_ extent: Int, _ size: Int) -> Int { extent / size + (extent % size == 0 ? 0 : 1) }
}
