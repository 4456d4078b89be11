import PithGraph

extension Tensor {
    /// Some of the rows of a float32 tensor [rows, …].
    package func rows(_ range: Range<Int>) -> Tensor {
        guard range != 0..<shape[0] else { return self }
        let size = shape[0] == 0 ? 0 : count / shape[0]
        var result = Tensor(uninitialized: .float32, Shape([range.count] + shape.dimensions.dropFirst()))
        unsafe withFloatPointer { source in
            unsafe result.withMutableFloatPointer {
                unsafe $0.update(from: source + range.lowerBound * size, count: range.count * size)
            }
        }
        return result
    }

    /// The rows of several float32 tensors, at least one, of equal rows.
    package init(rowsOf parts: [Tensor]) {
        guard parts.count > 1 else {
            self = parts[0]
            return
        }
        let rows = parts.reduce(0) { $0 + $1.shape[0] }
        self.init(uninitialized: .float32, Shape([rows] + parts[0].shape.dimensions.dropFirst()))
        var first = 0
        for part in parts {
            let (start, count) = (first, part.count)
            unsafe withMutableFloatPointer { target in
                unsafe part.withFloatPointer { unsafe (target + start).update(from: $0, count: count) }
            }
            first += count
        }
    }
}
