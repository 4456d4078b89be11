import CPithKernels
import PithGraph

/// Operators on planes or rows of neighbouring elements that take their sum: normalisations in evaluation, and global
/// average pooling. Operands the operator's inputs and the output.
package struct NormalisationKernel: Sendable {
    private let function: Function
    /// How many planes, and the elements of each.
    private let planes: Int
    private let size: Int
    private let epsilon: Float
    private let output: Int

    private enum Function: Sendable {
        /// With scale, offset, mean and variance of each channel.
        case batch(channels: Int)
        /// With scale and offset of each channel.
        case instance(channels: Int)
        /// With a scale of each element, and an offset if there is one.
        case layer(hasOffset: Bool)
        case average
    }

    init?(_ op: Operator, _ attributes: Attributes, _ inputs: [KernelOperand?]) throws(PithError) {
        guard let input = inputs[0], inputs.allSatisfy({ $0?.isPlainFloat ?? true }) else { return nil }
        let dimensions = input.shape.dimensions
        let axis: Int
        if op == .layerNormalization {
            let given = try attributes.int(.axis)
            axis = given < 0 ? given + dimensions.count : given
        } else {
            axis = 2
        }
        guard dimensions.count >= axis else { return nil }
        planes = dimensions[..<axis].reduce(1, *)
        size = dimensions[axis...].reduce(1, *)
        output = inputs.count
        epsilon = op == .globalAveragePool ? 0 : try attributes.float(.epsilon)
        switch op {
        case .batchNormalization:
            guard try !attributes.flag(.trainingMode) else { return nil }
            function = .batch(channels: dimensions[1])
        case .instanceNormalization: function = .instance(channels: dimensions[1])
        case .layerNormalization:
            let offset = inputs.count > 2 ? inputs[2] : nil
            let row = Array(dimensions[axis...])
            for parameter in [inputs[1], offset] {
                guard parameter?.shape.isOne(row) ?? true else { return nil }
            }
            function = .layer(hasOffset: offset != nil)
        default: function = .average
        }
    }

    var name: String {
        switch function {
        case .batch: "batch normalization"
        case .instance: "instance normalization"
        case .layer: "layer normalization"
        case .average: "global average pooling"
        }
    }

    func run(_ memory: KernelMemory, on compute: Compute) {
        unsafe compute.pool.forEach(count: planes, of: (self, memory, compute)) { work, plane, _ in
            let (kernel, memory, compute) = unsafe work
            let from = unsafe memory.floats(0) + plane * kernel.size
            let to = unsafe memory.floats(kernel.output)
            if case .average = kernel.function {
                let sum = unsafe LaneTotals.sum(from, kernel.row, compute.instructionSet.rawValue)
                unsafe to[plane] = (sum / Float(kernel.size)).canonical
            } else {
                unsafe kernel.normalise(plane, from, to + plane * kernel.size, memory, compute)
            }
        }
    }

    private func normalise(
        _ plane: Int, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ memory: KernelMemory,
        _ compute: Compute
    ) {
        let isa = compute.instructionSet.rawValue
        var row = row
        switch function {
        case .batch(let channels):
            let channel = plane % channels
            let root = unsafe (memory.floats(4)[channel] + epsilon).squareRoot()
            unsafe pith_normalize_f32(
                isa, y, x, memory.floats(3)[channel], memory.floats(1)[channel] / root, memory.floats(2)[channel], &row)
        case .instance(let channels):
            let channel = plane % channels
            let (mean, variance) = unsafe moments(x, isa)
            let root = (variance + epsilon).squareRoot()
            unsafe pith_normalize_f32(
                isa, y, x, mean, memory.floats(1)[channel] / root, memory.floats(2)[channel], &row)
        case .layer(let hasOffset):
            let (mean, variance) = unsafe moments(x, isa)
            let factor = 1 / (variance + epsilon).squareRoot()
            // Adding -0 changes nothing, so this is the product alone.
            unsafe pith_normalize_f32(isa, y, x, mean, factor, -0.0, &row)
            if hasOffset {
                unsafe pith_multiply_add_f32(isa, y, y, memory.floats(1), memory.floats(2), size)
            } else {
                unsafe pith_mul_f32(isa, y, y, memory.floats(1), size)
            }
        case .average: break
        }
    }

    private var row: pith_rows { pith_rows(length: size, count: 1, pitch: size) }

    /// Mean and variance of a plane.
    private func moments(_ x: UnsafePointer<Float>, _ isa: Int32) -> (mean: Float, variance: Float) {
        let mean = unsafe LaneTotals.sum(x, row, isa) / Float(size)
        return unsafe (mean, LaneTotals.products(x, less: mean, x, less: mean, row, isa) / Float(size))
    }
}

extension Shape {
    /// Whether these are the extents of one row, with any number of ones before them.
    fileprivate func isOne(_ row: [Int]) -> Bool {
        dimensions.drop { $0 == 1 }.elementsEqual(row.drop { $0 == 1 })
    }
}
