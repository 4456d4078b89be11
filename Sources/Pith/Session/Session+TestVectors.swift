package import PithFormat
package import PithGraph
package import PithMath

extension Session {
    /// What the model gives for the inputs of a test vector.
    ///
    /// - Throws: As `run(_:)` of tensors.
    package mutating func run(_ vector: TestVector) throws(PithError) -> [Tensor] {
        var inputs: [Tensor] = []
        for input in vector.inputs { inputs.append(try Tensor(input)) }
        return try run(inputs)
    }
}
