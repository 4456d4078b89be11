import PithGraph

/// What becomes of the parameters while they are trained: how many weights stay, which values they share, and whom the
/// network learns from.
///
/// Weights are the parameters of rank 2 and more, biases those of rank 1.
public struct CompressionSettings: Sendable, Hashable {
    /// How many elements of all weights together are not zero in the end; nil for all.
    public var nonzeros: Int?
    /// What decides which.
    public var criterion = PruningCriterion.lamp
    /// The share of the steps after which no more are taken away.
    public var pruningEnd = 0.6
    /// Steps from one choice of the weights that stay to the next. Those that went go on learning and may come back.
    public var pruningInterval = 50
    /// The share of the steps up to which weights that went go on learning, so that they may come back.
    public var regrowthEnd = 0.0
    /// What each step takes from the magnitude of every weight, times the learning rate.
    public var penalty = 0.0
    /// How many values the elements of a parameter share; none for parameters that no rule is for.
    public var palettes: [PaletteRule] = []
    /// The share of the steps after which palettes are made.
    public var paletteStart = 0.0
    /// The share of the steps after which each element keeps its entry.
    public var paletteFixed = 0.8
    /// How a teacher's answers count; nil for no teacher.
    public var distillation: Distillation?

    /// Palettes of so many entries for some parameters. The last rule that fits a parameter counts.
    public struct PaletteRule: Sendable, Hashable {
        /// Which parameters: all `weights`, all `biases`, or the one of this name.
        public var name: String
        /// The entries, 2 to 256.
        public var entries: Int

        /// The names of groups.
        static let weights = "weights", biases = "biases"
        static let groups = [weights, biases]

        /// Creates a rule.
        public init(_ name: String, entries: Int) {
            self.name = name
            self.entries = entries
        }
    }

    /// Creates settings that change nothing.
    public init() {}

    /// The entries of a parameter's palette, nil for none.
    public func paletteEntries(of name: String, rank: Int) -> Int? {
        palettes.last { $0.name == name || $0.name == (rank >= 2 ? PaletteRule.weights : PaletteRule.biases) }?.entries
    }

    /// Whether the parameters that the network computes with differ from those that are trained.
    var changesParameters: Bool { nonzeros != nil || !palettes.isEmpty }

    /// - Throws: `invalidArgument` naming the setting that is out of range.
    func check() throws(PithError) {
        func require(_ condition: Bool, _ reason: String) throws(PithError) {
            guard condition else { throw PithError(.invalidArgument, reason) }
        }
        try require(nonzeros ?? 1 >= 1, "at least one weight must stay")
        try require(pruningInterval >= 1, "the steps between two prunings must be at least 1")
        try require(pruningEnd > 0 && pruningEnd <= 1, "the end of pruning must be over 0 and at most 1")
        try require((0...1).contains(regrowthEnd), "the end of regrowth must be from 0 to 1")
        try require(penalty >= 0 && penalty.isFinite, "the penalty must not be below 0")
        try require(
            palettes.allSatisfy { (2...ValuePalette.mostEntries).contains($0.entries) },
            "a palette has 2 to 256 entries")
        try require((0...1).contains(paletteStart), "the start of palettes must be from 0 to 1")
        try require(
            paletteFixed >= paletteStart && paletteFixed <= 1, "palettes must be fixed between their start and 1")
        try require(
            nonzeros == nil || palettes.isEmpty || paletteFixed >= max(pruningEnd, regrowthEnd),
            "palettes must not be fixed before the weights that stay are")
        try require((0...1).contains(distillation?.share ?? 0), "the teacher's share must be from 0 to 1")
        let temperature = distillation?.temperature ?? 1
        try require(temperature > 0 && temperature.isFinite, "the temperature must be over 0")
    }
}
