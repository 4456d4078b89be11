import CPithKernels
package import PithGraph

/// Vector-Jacobian products that have a kernel of their own; the products among them are those of `matmul`.
extension Execution {
    /// Elements of one piece of element-wise work.
    private static let elementsPerPiece = 1 << 16

    /// A product or convolution and the ReLU after it, in one kernel where there is one.
    package static func activated(
        _ op: Operator, _ attributes: Attributes, _ inputs: [Tensor?], output shape: Shape, on compute: Compute
    ) throws(PithError) -> Tensor {
        var fusion = Fusion()
        if shape.elementCount > 0, try fusion.take(.relu, [:], after: op),
            let results = try kernel(op, attributes, inputs, nil, [shape], compute, fusion: fusion)
        {
            return results[0]
        }
        var result = try apply(op, attributes, inputs, on: compute, outputShapes: [shape])[0]
        applyReLU(to: &result, on: compute)
        return result
    }

    /// ReLU of a tensor that nobody else holds, in place.
    private static func applyReLU(to tensor: inout Tensor, on compute: Compute) {
        let (count, isa) = (tensor.count, compute.instructionSet.rawValue)
        unsafe tensor.withMutableFloatPointer { y in
            let length = Self.elementsPerPiece
            compute.pool.forEach(count: (count + length - 1) / length) { piece in
                let first = piece * length
                unsafe pith_relu_f32(isa, y + first, y + first, min(length, count - first))
            }
        }
    }

    /// The gradient of ReLU: g where its output, or its input, is above 0, else +0.
    package static func reluGradient(_ output: Tensor, _ gradient: Tensor, on compute: Compute) -> Tensor {
        precondition(output.shape == gradient.shape, "the shapes differ")
        var result = Tensor(uninitialized: .float32, gradient.shape)
        let (count, isa) = (result.count, compute.instructionSet.rawValue)
        unsafe result.withMutableFloatPointer { dx in
            unsafe output.withFloatPointer { y in
                unsafe gradient.withFloatPointer { g in
                    let length = Self.elementsPerPiece
                    compute.pool.forEach(count: (count + length - 1) / length) { piece in
                        let first = piece * length
                        unsafe pith_relu_gradient_f32(isa, dx + first, y + first, g + first, min(length, count - first))
                    }
                }
            }
        }
        return result
    }

    /// Max pooling, and for each output the position in its plane of the element that won.
    package static func maxPool(
        _ attributes: Attributes, _ input: Tensor, _ shape: Shape, on compute: Compute
    ) throws(PithError) -> (output: Tensor, winners: Tensor) {
        let w = SlidingWindow(
            try Window(
                attributes, kernel: try attributes.ints(.kernelShape, count: 2) ?? [],
                input: [input.shape[2], input.shape[3]]), input: input.shape, output: shape)
        let result = Tensor(uninitialized: .float32, shape)
        let winners = Tensor(uninitialized: .int32, shape)
        let isa = compute.instructionSet.rawValue
        let output = unsafe result.storage.pointer.assumingMemoryBound(to: Float.self)
        let indices = unsafe winners.storage.pointer.assumingMemoryBound(to: Int32.self)
        unsafe input.withFloatPointer { source in
            compute.pool.forEachRange(of: shape[0] * shape[1]) { range in
                for plane in range {
                    unsafe pith_maxpool_f32(
                        isa, output + plane * w.pixels, indices + plane * w.pixels, source + plane * w.plane, w.height,
                        w.width, w.kernelHeight, w.kernelWidth, w.strideY, w.strideX, w.dilationY, w.dilationX,
                        w.padTop, w.padLeft, w.outputHeight, w.outputWidth)
                }
            }
        }
        return (result, winners)
    }

    /// Each window's gradient goes to its winner; an element that wins several adds them up in ascending output order.
    package static func maxPoolGradient(
        _ gradient: Tensor, winners: Tensor, input shape: Shape, on compute: Compute
    ) -> Tensor {
        var result = Tensor(uninitialized: .float32, shape)
        let planes = shape[0] * shape[1]
        guard planes > 0 else { return result }
        let (cells, outputs) = (shape.elementCount / planes, gradient.count / planes)
        let indices = unsafe winners.storage.pointer.assumingMemoryBound(to: Int32.self)
        unsafe result.withMutableFloatPointer { dx in
            unsafe gradient.withFloatPointer { g in
                compute.pool.forEachRange(of: planes) { range in
                    for plane in range {
                        unsafe pith_maxpool_gradient_f32(
                            dx + plane * cells, cells, g + plane * outputs, indices + plane * outputs, outputs)
                    }
                }
            }
        }
        withExtendedLifetime(winners) {}
        return result
    }

    /// Max pooling of 2 × 2 elements side by side, and ReLU after it if asked.
    ///
    /// - Parameters:
    ///   - input: [N, C, H, W].
    ///   - shape: [N, C, H / 2, W / 2].
    package static func poolPairs(_ input: Tensor, _ shape: Shape, relu: Bool, on compute: Compute) -> Tensor {
        var result = Tensor(uninitialized: .float32, shape)
        let (height, width, isa) = (input.shape[2], input.shape[3], compute.instructionSet.rawValue)
        let outputs = shape[2] * shape[3]
        unsafe result.withMutableFloatPointer { y in
            unsafe input.withFloatPointer { x in
                compute.pool.forEachRange(of: shape[0] * shape[1]) { range in
                    for plane in range {
                        unsafe pith_pool_pairs_f32(
                            isa, y + plane * outputs, x + plane * height * width, height, width, relu ? 1 : 0)
                    }
                }
            }
        }
        return result
    }

    /// The gradient of `poolPairs` in its input.
    package static func poolPairsGradient(
        _ gradient: Tensor, _ input: Tensor, relu: Bool, on compute: Compute
    ) -> Tensor {
        var result = Tensor(uninitialized: .float32, input.shape)
        let (height, width, isa) = (input.shape[2], input.shape[3], compute.instructionSet.rawValue)
        let outputs = gradient.shape[2] * gradient.shape[3]
        unsafe result.withMutableFloatPointer { dx in
            unsafe input.withFloatPointer { x in
                unsafe gradient.withFloatPointer { g in
                    compute.pool.forEachRange(of: input.shape[0] * input.shape[1]) { range in
                        for plane in range {
                            let first = plane * height * width
                            unsafe pith_pool_pairs_gradient_f32(
                                isa, dx + first, x + first, g + plane * outputs, height, width, relu ? 1 : 0)
                        }
                    }
                }
            }
        }
        return result
    }

    /// The sum of the rows of [rows, count], in ascending order from +0.
    package static func summedRows(_ tensor: Tensor, count: Int, shape: Shape, on compute: Compute) -> Tensor {
        precondition(shape.elementCount == count, "the shape is not that of a row")
        var result = Tensor(zeros: shape)
        let (rows, isa) = (count == 0 ? 0 : tensor.count / count, compute.instructionSet.rawValue)
        unsafe result.withMutableFloatPointer { sum in
            unsafe tensor.withFloatPointer { source in
                for row in 0..<rows { unsafe pith_add_f32(isa, sum, sum, source + row * count, count) }
            }
        }
        return result
    }

    /// The sum of two tensors of one shape.
    package static func sum(_ a: Tensor, _ b: Tensor, on compute: Compute) -> Tensor {
        precondition(a.shape == b.shape, "the shapes differ")
        var result = Tensor(uninitialized: .float32, a.shape)
        let (count, isa) = (result.count, compute.instructionSet.rawValue)
        unsafe result.withMutableFloatPointer { y in
            unsafe a.withFloatPointer { a in
                unsafe b.withFloatPointer { b in unsafe pith_add_f32(isa, y, a, b, count) }
            }
        }
        return result
    }
}
