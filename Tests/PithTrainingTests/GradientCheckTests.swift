import PithGraph
import PithMath
import PithTraining
import Testing

/// x³, with a slope that may be wrong at one element.
private struct Cube: CustomOperator {
    var wrongAt: Int?

    func value<S: Scalar>(of inputs: [ReferenceTensor<S>]) -> ReferenceTensor<S> {
        ReferenceTensor(inputs[0].elements.map { $0 * $0 * $0 }, shape: inputs[0].shape)
    }

    func inputGradients<S: Scalar>(
        of inputs: [ReferenceTensor<S>], output: ReferenceTensor<S>, gradient: ReferenceTensor<S>
    ) -> [ReferenceTensor<S>?] {
        var slopes = zip(inputs[0].elements, gradient.elements).map { 3 * $0 * $0 * $1 }
        if let wrongAt { slopes[wrongAt] += 1 }
        return [ReferenceTensor(slopes, shape: inputs[0].shape)]
    }
}

struct GradientCheckTests {
    @Test func rightGradientsPass() throws {
        let x = Check.random([3, 5], "x")
        let check = try checkGradients(of: Cube(), at: [x])
        #expect(check.isCorrect)
        #expect(check.inputs.count == 1 && check.inputs[0].relativeError < 1e-6)
        #expect(try checkGradients(of: .softmax, [.axis: 0], at: [x]).isCorrect)
        let gemm = try checkGradients(of: .gemm, at: [x, Check.random([5, 2], "w"), Check.random([2], "b")])
        #expect(gemm.isCorrect && gemm.inputs.map(\.index) == [0, 1, 2])
    }

    @Test func wrongGradientsAreFoundAndShown() throws {
        let check = try checkGradients(of: Cube(wrongAt: 7), at: [Check.random([3, 5], "x")])
        #expect(!check.isCorrect)
        #expect(check.inputs[0].worstIndex == 7)
        #expect(abs(check.inputs[0].gradient - check.inputs[0].difference - 1) < 1e-5)
        #expect(check.description.contains("WRONG"))
    }

    @Test func customOperatorsTrain() throws {
        let x = Variable(Tensor([2, -1] as [Float], shape: [2]), requiresGradient: true)
        let tape = Tape(on: .single)
        let y = tape.apply(Cube(), [x])
        #expect(y.value.floats == [8, -1])
        try tape.backward(from: y)
        #expect(x.gradient?.floats == [12, 3])
    }
}
