import PithGraph
import PithMath

extension GradientContext {
    /// The same elements in another shape.
    func reshaped() throws(PithError) -> [Tensor?] { [try gradient.reshaped(to: input(0).shape)] }

    /// The inverse order of dimensions.
    func transposed() throws(PithError) -> [Tensor?] {
        let rank = gradient.shape.rank
        let order = try attributes.ints(.perm) ?? Array((0..<rank).reversed())
        var inverse = [Int64](repeating: 0, count: rank)
        for (position, axis) in order.enumerated() { inverse[axis] = Int64(position) }
        return try Execution.apply(
            .transpose, [.perm: .ints(inverse)], [gradient], on: compute, outputShapes: [input(0).shape])
    }

    /// Operators that move elements without looking at them: applied to positions in place of numbers, each tells
    /// where the elements of its output come from, and the gradients go back there.
    ///
    /// An element that was taken several times adds up its gradients from +0, in ascending row-major order of the
    /// output.
    func moved() throws(PithError) -> [Tensor?] {
        var starts: [Int] = []
        var total = 0
        for index in inputs.indices {
            starts.append(total)
            if needs(index) { total += try input(index).count }
        }
        var sums = [Float](repeating: 0, count: total)
        let sources = try sources(starts)
        unsafe gradient.withFloatPointer { g in
            for (position, source) in sources.enumerated() where source > 0 {
                unsafe sums[Int(source) - 1] += g[position]
            }
        }
        return try inputs.indices.map { index throws(PithError) in
            guard needs(index) else { return nil }
            let x = try input(index)
            return Tensor(Array(sums[starts[index]..<(starts[index] + x.count)]), shape: x.shape)
        }
    }

    /// For each element of the output its position, from 1, in the inputs that need gradients, one after another from
    /// their starts; 0 where it comes from elsewhere, as what `Pad` fills in does.
    private func sources(_ starts: [Int]) throws(PithError) -> [Int64] {
        let positions = inputs.enumerated().map { index, tensor -> Tensor? in
            guard let tensor, tensor.elementType == .float32 else { return tensor }
            let (first, isNeeded) = (Int64(starts[index]) + 1, needs(index))
            return Tensor(
                integers: (0..<tensor.count).map { isNeeded ? first + Int64($0) : 0 }, shape: tensor.shape)
        }
        let outputs = try Execution.apply(op, attributes, positions, on: compute, outputCount: outputPosition.count)
        return outputs[outputPosition.index].elements(as: Int64.self)
    }
}
