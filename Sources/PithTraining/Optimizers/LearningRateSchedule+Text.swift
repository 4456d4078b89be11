extension LearningRateSchedule: RawRepresentable {
    private static let warmUpName = "warm-up"

    /// The schedule as text.
    public var rawValue: String {
        let text =
            switch shape {
            case .constant: "constant"
            case .linear: "linear"
            case .step(let every, let factor): "step:\(every):\(factor)"
            case .cosine: "cosine"
            case .oneCycle: "one-cycle"
            }
        return warmUp == 0 ? text : "\(Self.warmUpName):\(warmUp)+\(text)"
    }

    /// Reads a schedule, nil for text that is none.
    public init?(rawValue: String) {
        let parts = rawValue.split(separator: "+", omittingEmptySubsequences: false)
        guard let last = parts.last, let shape = Self.shape(last) else { return nil }
        switch parts.count {
        case 1: self.init(shape)
        case 2:
            let words = parts[0].split(separator: ":", omittingEmptySubsequences: false)
            guard words.count == 2, words[0] == Self.warmUpName, let steps = Int(words[1]), steps >= 1 else {
                return nil
            }
            self = Self(shape).warmedUp(over: steps)
        default: return nil
        }
    }

    private static func shape(_ text: Substring) -> Shape? {
        let words = text.split(separator: ":", omittingEmptySubsequences: false)
        switch (words[0], words.count) {
        case ("constant", 1): return .constant
        case ("linear", 1): return .linear
        case ("cosine", 1): return .cosine
        case ("one-cycle", 1): return .oneCycle
        case ("step", 2...3):
            guard let every = Int(words[1]), every >= 1, let factor = words.count == 3 ? Double(words[2]) : 0.1,
                factor > 0, factor.isFinite
            else { return nil }
            return .step(every: every, factor: factor)
        default: return nil
        }
    }
}
