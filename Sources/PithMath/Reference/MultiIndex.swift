/// Counts through the indices of a tensor in row-major order.
struct MultiIndex {
    /// The index of the current element.
    private(set) var index: [Int]
    private let extents: [Int]

    init(_ extents: [Int]) {
        self.extents = extents
        index = [Int](repeating: 0, count: extents.count)
    }

    /// Goes to the next element, after the last to the first.
    mutating func advance() {
        for axis in extents.indices.reversed() {
            index[axis] += 1
            if index[axis] < extents[axis] { return }
            index[axis] = 0
        }
    }
}
