import PithGraph
public import PithMath

/// The parameters of a network whose masks and palettes belong to them, so that an optimizer respects both.
///
///     var parameters = CompressedParameters(tensors)
///     parameters.prune([0, 2], keeping: 3500, by: .lamp)
///     parameters[0].makePalette(entries: 8)
///     optimizer.step(&parameters, gradients: gradients, rate: 0.05, on: compute)
///
/// Gradients are those of the values that the network computes with; they pass straight through to what is trained
/// (Bengio, Léonard and Courville, "Estimating or propagating gradients through stochastic neurons", 2013).
public struct CompressedParameters: Sendable {
    private var elements: [CompressedParameter]

    /// Parameters without masks and palettes.
    public init(_ tensors: [Tensor]) { elements = tensors.map { CompressedParameter($0) } }

    init(_ elements: [CompressedParameter]) { self.elements = elements }

    /// The number of parameters.
    public var count: Int { elements.count }

    /// What the network computes with.
    public var values: [Tensor] { elements.map { $0.value } }

    /// A parameter.
    public subscript(index: Int) -> CompressedParameter {
        get { elements[index] }
        _modify { yield &elements[index] }
    }

    /// Keeps those elements of some parameters, taken together, that have the greatest scores; of equals the first.
    ///
    /// - Parameters:
    ///   - positions: Which parameters, none of them with a fixed assignment.
    ///   - count: How many elements stay.
    ///   - criterion: What scores them, by what is trained.
    ///   - regrowing: Whether the others go on learning, so that they may come back the next time.
    /// - Complexity: O(n log n).
    public mutating func prune(
        _ positions: [Int], keeping count: Int, by criterion: PruningCriterion, regrowing: Bool = false
    ) {
        let scores = positions.flatMap { criterion.scores(of: elements[$0].trained) }
        var isKept = [Bool](repeating: false, count: scores.count)
        for place in PruningCriterion.descending(scores).prefix(max(count, 0)) { isKept[place] = true }
        var start = 0
        for position in positions {
            let end = start + elements[position].trained.count
            elements[position].setMask(Array(isKept[start..<end]), learnsOutside: regrowing)
            start = end
        }
    }

    /// Replaces a value that is not trained by gradients, as a running statistic.
    mutating func replace(_ index: Int, with tensor: Tensor) { elements[index] = CompressedParameter(tensor) }

    mutating func takeTrained() -> [Tensor] {
        let tensors = elements.map { $0.trained }
        for index in elements.indices { elements[index].trained = Tensor(zeros: [0]) }
        return tensors
    }

    /// Takes back what `takeTrained` gave, so that nobody else holds it while it changes in place.
    mutating func setTrained(_ tensors: inout [Tensor]) {
        for index in elements.indices {
            swap(&elements[index].trained, &tensors[index])
            elements[index].clearOutside()
            elements[index].refresh()
        }
    }
}

extension Optimizer {
    /// Takes a step on what is trained, and works out what the network computes with.
    ///
    /// Elements outside a mask stay zero, unless they go on learning; elements of a palette stay equal where their entries are.
    ///
    /// - Parameters:
    ///   - parameters: As many as the rule was made for.
    ///   - gradients: One per parameter, of its shape, or nil.
    ///   - rate: The learning rate.
    ///   - compute: Kernels and threads.
    /// - Complexity: O(n) in the elements.
    public mutating func step(
        _ parameters: inout CompressedParameters, gradients: [Tensor?], rate: Double, on compute: Compute
    ) {
        var trained = parameters.takeTrained()
        step(&trained, gradients: gradients, rate: rate, on: compute)
        parameters.setTrained(&trained)
    }
}
