import PithGraph
import PithMath

extension GradientContext {
    /// The products of a convolution's gradients (`ConvolutionGradient`).
    func convolution() throws(PithError) -> [Tensor?] {
        let (x, weight) = (try input(0), try input(1))
        let planar = try PlanarView(op, attributes, kernel: Array(weight.shape.dimensions[2...]), input: x.shape)
        let convolution = try ConvolutionGradient(
            planar.attributes, input: planar.shape(x.shape), weight: planar.shape(weight.shape),
            output: planar.shape(gradient.shape), on: compute)
        let g = try planar(gradient)
        // The weight's first: what it packs is free again before the input's gradient is there.
        let own = needs(1) || needs(2) ? convolution.weightAndBias(try planar(x), g, needsBias: needs(2)) : nil
        let inputGradient = needs(0) ? try convolution.input(planar(weight), g).reshaped(to: x.shape) : nil
        return [inputGradient, try own?.weight.reshaped(to: weight.shape), own?.bias]
    }
}
