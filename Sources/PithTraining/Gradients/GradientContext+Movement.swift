import PithGraph
import PithMath

extension GradientContext {
    /// The same elements in another shape.
    func reshaped() throws(PithError) -> [Tensor?] { [try gradient.reshaped(to: input(0).shape)] }

    /// The inverse order of dimensions.
    func transposed() throws(PithError) -> [Tensor?] {
        let rank = output.shape.rank
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
        var gradients = [Tensor?](repeating: nil, count: inputs.count)
        for index in inputs.indices where needs(index) {
            let sources = try sources(in: index)
            var result = Tensor(zeros: try input(index).shape)
            unsafe gradient.withFloatPointer { g in
                unsafe result.withMutableFloatPointer { sums in
                    for (position, source) in sources.enumerated() where source > 0 {
                        unsafe sums[Int(source) - 1] += g[position]
                    }
                }
            }
            gradients[index] = result
        }
        return gradients
    }

    /// For each element of the output its position in an input, from 1; 0 where it comes from elsewhere, as what `Pad`
    /// fills in does.
    private func sources(in index: Int) throws(PithError) -> [Int64] {
        let positions = inputs.enumerated().map { other, tensor -> Tensor? in
            guard let tensor, tensor.elementType == .float32 else { return tensor }
            let numbers = (1...max(Int64(tensor.count), 1)).prefix(tensor.count)
            return Tensor(integers: numbers.map { other == index ? $0 : 0 }, shape: tensor.shape)
        }
        let outputs = try Execution.apply(op, attributes, positions, on: compute, outputCount: outputPosition.count)
        return outputs[outputPosition.index].elements(as: Int64.self)
    }
}
