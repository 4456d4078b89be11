import PithGraph
import PithMath

/// What a model does when it runs, whatever the shapes: the graph's nodes after folding constants and fusing, with the
/// constants in the layout that the kernels want.
///
/// Neither folding nor fusing changes a bit of an output.
struct Plan: Sendable {
    /// The steps in order.
    let steps: [Step]

    /// For each value, the one whose memory it shares: itself, but for the outputs of operators that only rename.
    let sources: [Graph.ValueID]

    /// The values that do not depend on an input, where a step or an output takes them row by row.
    let constants: [Tensor?]

    /// One or more nodes that run as one.
    struct Step: Sendable {
        /// The operator.
        let op: Operator
        /// Its attributes.
        let attributes: Attributes
        /// Its inputs.
        var inputs: [Operand]
        /// What follows the operator before its output is stored.
        var fusion: Fusion
        /// The outputs.
        var outputs: [Graph.ValueID]
        /// The nodes, by position in the graph.
        var nodes: [Int]
    }

    /// What a step takes.
    enum Operand: Sendable {
        /// Nothing: an optional input left out.
        case none
        /// A value computed by a step, or an input.
        case value(Graph.ValueID)
        /// A constant, by value.
        case constant(Graph.ValueID)
        /// A constant matrix in the kernels' layout, already transposed if the operator transposes it.
        case packed(PackedMatrix)
    }

    /// Bytes of all constants.
    var constantBytes: Int { allConstants.reduce(0) { $0 + $1.byteCount } }

    /// Bytes of those constants that lie in a mapped file.
    var mappedBytes: Int { allConstants.reduce(0) { $0 + ($1.isBorrowed ? $1.byteCount : 0) } }

    /// Each constant once, in the layout it has.
    private var allConstants: [Tensor] {
        var all = constants.compactMap { $0 }
        for step in steps {
            for case .packed(let matrix) in step.inputs {
                // Several products may share one.
                if !all.contains(where: { $0.sharesMemory(with: matrix.panels) }) { all.append(matrix.panels) }
            }
        }
        return all
    }
}
