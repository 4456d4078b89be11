public import PithGraph

/// A part of a source that cannot be converted, with what would help.
public struct ConversionProblem: Sendable {
    /// The operator with its domain, empty for a problem of the whole file.
    public var operatorName = ""
    /// The version of the operator set.
    public var operatorSet = 0
    /// The node's name, or that of its first output.
    public var node = ""
    /// The types of the node's inputs, as far as they are known.
    public var inputs: [String] = []
    /// What stands in the way.
    public var reason: String
    /// What would help.
    public var advice = ""
}

extension ConversionProblem: CustomStringConvertible {
    /// One line for people.
    public var description: String {
        var text = operatorName
        if operatorSet > 0 { text += " (operator set \(operatorSet))" }
        if !node.isEmpty { text += (text.isEmpty ? "" : " ") + "'\(node)'" }
        if !inputs.isEmpty { text += " of " + inputs.joined(separator: ", ") }
        text += (text.isEmpty ? "" : ": ") + reason
        if !advice.isEmpty { text += "; " + advice }
        return text
    }
}

/// All that stands in the way of a conversion.
public struct ConversionFailure: Error, Sendable, CustomStringConvertible {
    /// The problems in the order of the source.
    public let problems: [ConversionProblem]

    /// One line for each problem.
    public var description: String {
        (["\(problems.count) parts cannot be converted:"] + problems.map { "  \($0)" }).joined(separator: "\n")
    }

    /// The same as one error, for callers that know only those.
    public var pithError: PithError {
        PithError(
            .unsupportedOperation,
            problems.count == 1 ? "\(problems[0])" : description, advice: problems.count == 1 ? "" : "")
    }
}
