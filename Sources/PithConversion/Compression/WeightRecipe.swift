public import PithGraph

/// What is done to the weights of a tensor to make it smaller; all but `kept` loses precision.
///
/// As text, steps are joined by `+`: `prune:0.1+palette:16`, `int8`, `int4:64`, `bf16`, `kept`.
public struct WeightRecipe: Sendable, Hashable {
    /// The share of elements that stay, those of the greatest magnitude, in 0...1; the others become zero.
    public var density: Double

    /// How the elements that stay are represented.
    public var precision: Precision

    /// A representation of weights.
    public enum Precision: Sendable, Hashable {
        /// As they are.
        case kept
        /// Rounded to bfloat16, to nearest even.
        case bfloat16
        /// 8-bit integers and a scale for each output channel.
        case int8
        /// 4-bit integers and a scale for each run of so many weights.
        case int4(block: Int)
        /// Indices of a table of so many values, 2 to 256.
        case palette(Int)
    }

    /// Weights of one scale with `int4` when none is given.
    public static let defaultBlock = 64

    /// Creates a recipe; `check` says whether it is one that can be followed.
    public init(density: Double = 1, precision: Precision = .kept) {
        self.density = density
        self.precision = precision
    }

    /// Whether it leaves every weight as it is.
    public var isLossless: Bool { density == 1 && precision == .kept }

    /// Checks the ranges.
    ///
    /// - Throws: `invalidArgument`.
    public func check() throws(PithError) {
        guard density >= 0, density <= 1 else {
            throw PithError(.invalidArgument, "a density of \(density) is not from 0 to 1")
        }
        switch precision {
        case .int4(let block) where !EncodingGroups.blockSizes.contains(block):
            throw PithError(
                .invalidArgument,
                "a block of \(block) weights is not \(EncodingGroups.blockSizes.lowerBound) to "
                    + "\(EncodingGroups.blockSizes.upperBound)")
        case .palette(let entries) where !(2...256).contains(entries):
            throw PithError(.invalidArgument, "a palette of \(entries) values is not 2 to 256")
        default: break
        }
    }
}

extension WeightRecipe: CustomStringConvertible {
    /// The text that `init(_:)` reads.
    public var description: String {
        var steps: [String] = []
        if density != 1 { steps.append("prune:\(density)") }
        switch precision {
        case .kept: if steps.isEmpty { steps.append("kept") }
        case .bfloat16: steps.append("bf16")
        case .int8: steps.append("int8")
        case .int4(let block): steps.append("int4:\(block)")
        case .palette(let entries): steps.append("palette:\(entries)")
        }
        return steps.joined(separator: "+")
    }

    /// Reads a recipe's text.
    ///
    /// - Throws: `invalidArgument` for another form or a number out of its range.
    public init(_ text: String) throws(PithError) {
        self.init()
        var isSet = false
        for step in text.split(separator: "+", omittingEmptySubsequences: false) {
            let parts = step.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let number = parts.count == 2 ? parts[1] : nil
            if parts[0] == "prune" {
                guard let value = number.flatMap({ Double($0) }), density == 1 else { throw Self.unreadable(text) }
                density = value
                continue
            }
            guard !isSet else { throw Self.unreadable(text) }
            isSet = true
            switch (parts[0], number, number.flatMap { Int($0) }) {
            case ("kept", nil, _): precision = .kept
            case ("bf16", nil, _): precision = .bfloat16
            case ("int8", nil, _): precision = .int8
            case ("int4", nil, _): precision = .int4(block: Self.defaultBlock)
            case ("int4", _?, let block?): precision = .int4(block: block)
            case ("palette", _?, let entries?): precision = .palette(entries)
            default: throw Self.unreadable(text)
            }
        }
        try check()
    }

    private static func unreadable(_ text: String) -> PithError {
        PithError(
            .invalidArgument, "'\(text)' says nothing to do with a tensor",
            advice: "write palette:16, int8, int4:64, bf16, prune:0.1 or kept, or prune and another joined by +")
    }
}
