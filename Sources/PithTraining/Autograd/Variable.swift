public import PithMath

/// A value of a computation that is differentiated: a tensor and, after `Tape.backward`, the gradient of the result.
public final class Variable {
    /// The value.
    public let value: Tensor

    /// Whether a gradient is wanted, for itself or for something that it was computed from.
    public let requiresGradient: Bool

    /// The gradient of the result, of the value's shape; nil before `Tape.backward` or when nothing depends on it.
    public var gradient: Tensor? { slot.gradient }

    /// Where the gradient comes to stand: what a tape holds of a variable, so that nothing but a gradient that needs the
    /// value keeps it.
    let slot = Slot()

    final class Slot {
        var gradient: Tensor?
    }

    /// Creates a leaf.
    ///
    /// - Parameters:
    ///   - value: The value.
    ///   - requiresGradient: Whether `Tape.backward` computes its gradient.
    public init(_ value: Tensor, requiresGradient: Bool = false) {
        self.value = value
        self.requiresGradient = requiresGradient
    }
}
