public import PithMath

/// An operator of a user's own: its value and its vector-Jacobian product, written once for every precision.
///
///     struct Cube: CustomOperator {
///         func value<S: Scalar>(of inputs: [ReferenceTensor<S>]) -> ReferenceTensor<S> {
///             ReferenceTensor(inputs[0].elements.map { $0 * $0 * $0 }, shape: inputs[0].shape)
///         }
///         func inputGradients<S: Scalar>(
///             of inputs: [ReferenceTensor<S>], output: ReferenceTensor<S>, gradient: ReferenceTensor<S>
///         ) -> [ReferenceTensor<S>?] {
///             let slopes = zip(inputs[0].elements, gradient.elements).map { 3 * $0 * $0 * $1 }
///             return [ReferenceTensor(slopes, shape: inputs[0].shape)]
///         }
///     }
///     print(try checkGradients(of: Cube(), at: [x]))
///     let y = tape.apply(Cube(), [x])
public protocol CustomOperator: Sendable {
    /// The output.
    func value<S: Scalar>(of inputs: [ReferenceTensor<S>]) -> ReferenceTensor<S>

    /// For each input the gradient of the result, of the input's shape; nil for one that has none.
    ///
    /// - Parameters:
    ///   - inputs: What the operator was applied to.
    ///   - output: What it gave.
    ///   - gradient: The gradient of the result for the output.
    func inputGradients<S: Scalar>(
        of inputs: [ReferenceTensor<S>], output: ReferenceTensor<S>, gradient: ReferenceTensor<S>
    ) -> [ReferenceTensor<S>?]
}

extension Tape {
    /// Applies an operator of the user's own.
    ///
    /// - Precondition: The inputs are float32.
    public func apply(_ op: some CustomOperator, _ inputs: [Variable]) -> Variable {
        let operands = inputs.map { ReferenceTensor<Float>($0.value.floats, shape: $0.value.shape) }
        let output = op.value(of: operands)
        return record(Tensor(output.elements, shape: output.shape), inputs: inputs) { gradient in
            op.inputGradients(
                of: operands, output: output, gradient: ReferenceTensor(gradient.floats, shape: gradient.shape)
            ).map { $0.map { Tensor($0.elements, shape: $0.shape) } }
        }
    }
}
