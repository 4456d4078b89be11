import CPithKernels

/// One step of a training rule with every constant worked out (`spec/arithmetic-training.md`, "Steps").
package enum OptimizerStep: Sendable {
    /// State per parameter: the velocity, without momentum none.
    case sgd(rate: Float, momentum: Float, nesterov: Bool, weightDecay: Float)

    /// Adam and AdamW. State per parameter: mean and variance.
    case adam(Adam)

    /// State per parameter: the square; then the mean when centered; then the velocity with momentum.
    case rmsProp(RMSProp)

    /// The constants of a step of Adam.
    package struct Adam: Sendable {
        /// The rate divided by 1 - β₁ᵗ.
        package var size: Float
        /// √(1 - β₂ᵗ).
        package var root: Float
        /// 1 - β₁.
        package var share1: Float
        package var beta2: Float
        /// 1 - β₂.
        package var share2: Float
        package var epsilon: Float
        /// Added to the gradient, times the parameter.
        package var weightDecay: Float
        /// What the parameter is multiplied by first.
        package var shrinkage: Float

        package init(
            size: Float, root: Float, share1: Float, beta2: Float, share2: Float, epsilon: Float, weightDecay: Float,
            shrinkage: Float
        ) {
            self.size = size
            self.root = root
            self.share1 = share1
            self.beta2 = beta2
            self.share2 = share2
            self.epsilon = epsilon
            self.weightDecay = weightDecay
            self.shrinkage = shrinkage
        }
    }

    /// The constants of a step of RMSprop.
    package struct RMSProp: Sendable {
        package var rate: Float
        package var alpha: Float
        /// 1 - α.
        package var share: Float
        package var epsilon: Float
        package var weightDecay: Float
        package var momentum: Float
        package var isCentered: Bool

        package init(
            rate: Float, alpha: Float, share: Float, epsilon: Float, weightDecay: Float, momentum: Float,
            isCentered: Bool
        ) {
            self.rate = rate
            self.alpha = alpha
            self.share = share
            self.epsilon = epsilon
            self.weightDecay = weightDecay
            self.momentum = momentum
            self.isCentered = isCentered
        }
    }
}

extension OptimizerStep {
    /// Elements of one piece of work.
    private static let elementsPerPiece = 1 << 14

    /// Where one piece of a parameter lies.
    @safe private struct Piece {
        let parameter: UnsafeMutablePointer<Float>
        let gradient: UnsafePointer<Float>
        let state: [UnsafeMutablePointer<Float>]
        let count: Int
    }

    /// Changes parameters and their state in place.
    ///
    /// - Parameters:
    ///   - parameters: What is changed.
    ///   - state: For each parameter the tensors that the rule keeps, of the parameter's shape.
    ///   - gradients: One per parameter; one without a gradient stays as it is.
    /// - Complexity: O(n), in place where nobody else holds a tensor.
    package func apply(
        to parameters: inout [Tensor], state: inout [[Tensor]], gradients: [Tensor?], on compute: Compute
    ) {
        var pieces: [Piece] = []
        for index in parameters.indices {
            guard let gradient = gradients[index] else { continue }
            let count = parameters[index].count
            let values = unsafe parameters[index].withMutableFloatPointer { unsafe $0 }
            let slopes = unsafe gradient.withFloatPointer { unsafe $0 }
            var kept: [UnsafeMutablePointer<Float>] = unsafe []
            for position in state[index].indices {
                unsafe kept.append(state[index][position].withMutableFloatPointer { unsafe $0 })
            }
            for start in stride(from: 0, to: count, by: Self.elementsPerPiece) {
                unsafe pieces.append(
                    Piece(
                        parameter: values + start, gradient: slopes + start, state: kept.map { unsafe $0 + start },
                        count: min(Self.elementsPerPiece, count - start)))
            }
        }
        let isa = compute.instructionSet.rawValue
        compute.pool.forEach(count: pieces.count) { change(pieces[$0], isa) }
        withExtendedLifetime((parameters, state, gradients)) {}
    }

    private func change(_ piece: Piece, _ isa: Int32) {
        switch self {
        case .sgd(let rate, let momentum, let nesterov, let weightDecay):
            var rule = pith_sgd(
                rate: rate, momentum: momentum, weight_decay: weightDecay, nesterov: nesterov ? 1 : 0)
            unsafe pith_sgd_f32(isa, piece.parameter, piece.state.first, piece.gradient, piece.count, &rule)
        case .adam(let adam):
            var rule = pith_adam(
                size: adam.size, root: adam.root, share1: adam.share1, beta2: adam.beta2, share2: adam.share2,
                epsilon: adam.epsilon, weight_decay: adam.weightDecay, shrinkage: adam.shrinkage)
            unsafe pith_adam_f32(
                isa, piece.parameter, piece.state[0], piece.state[1], piece.gradient, piece.count, &rule)
        case .rmsProp(let rms):
            var rule = pith_rmsprop(
                rate: rms.rate, alpha: rms.alpha, share: rms.share, epsilon: rms.epsilon,
                weight_decay: rms.weightDecay, momentum: rms.momentum)
            unsafe pith_rmsprop_f32(
                isa, piece.parameter, piece.state[0], rms.isCentered ? piece.state[1] : nil,
                rms.momentum != 0 ? piece.state[rms.isCentered ? 2 : 1] : nil, piece.gradient, piece.count, &rule)
        }
    }
}
