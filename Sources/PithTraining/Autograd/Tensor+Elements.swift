import PithGraph
import PithMath

/// A function of each element.
@inline(__always)
func map(_ x: Tensor, _ function: (Float) -> Float) -> Tensor {
    var result = Tensor(uninitialized: .float32, x.shape)
    let count = x.count
    unsafe x.withFloatPointer { x in
        unsafe result.withMutableFloatPointer { y in
            for index in 0..<count { unsafe y[index] = function(x[index]) }
        }
    }
    return result
}

/// A function of each pair of elements of two tensors of one shape.
@inline(__always)
func zipMap(_ a: Tensor, _ b: Tensor, _ function: (Float, Float) -> Float) -> Tensor {
    precondition(a.shape == b.shape, "the shapes differ")
    var result = Tensor(uninitialized: .float32, a.shape)
    let count = a.count
    unsafe a.withFloatPointer { a in
        unsafe b.withFloatPointer { b in
            unsafe result.withMutableFloatPointer { y in
                for index in 0..<count { unsafe y[index] = function(a[index], b[index]) }
            }
        }
    }
    return result
}
