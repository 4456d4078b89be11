import PithGraph
import PithMath

extension GradientContext {
    /// The products of a convolution's gradients (`ConvolutionGradient`).
    func convolution() throws(PithError) -> [Tensor?] {
        let (x, weight) = (try input(0), try input(1))
        let convolution = try ConvolutionGradient(
            attributes, input: x.shape, weight: weight.shape, output: output.shape, on: compute)
        let inputGradient = needs(0) ? try convolution.input(weight, gradient) : nil
        guard needs(1) || needs(2) else { return [inputGradient] }
        let (weightGradient, biasGradient) = convolution.weightAndBias(x, gradient)
        return [inputGradient, weightGradient, inputs.count > 2 ? biasGradient : nil]
    }
}
