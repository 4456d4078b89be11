public import PithFormat
public import PithGraph
public import PithMath

extension Trainer {
    /// A model of the graph and what it computes with, each tensor in the smallest representation that holds its bits: no
    /// metadata and no test vectors.
    ///
    /// - Parameter weights: One tensor per initializer, nil for the parameters as the last step left them.
    public func model(weights: [Tensor]? = nil) throws(PithError) -> ModelFile {
        var file = ModelFile(role: .model, graph: graph)
        for (id, tensor) in zip(graph.initializers, weights ?? parameters) {
            file.tensors.append(try stored(graph[id].name, tensor).smallest())
        }
        return file
    }

    /// The positions of the parameters of rank 2 and more.
    private var weights: [Int] { parameters.indices.filter { parameters[$0].shape.rank >= 2 && isTrained[$0] } }

    /// Elements of weights that are not zero.
    static func nonzeros(_ parameters: [Tensor]) -> Int {
        parameters.reduce(0) { sum, tensor in
            tensor.shape.rank < 2 || tensor.elementType != .float32
                ? sum : sum + tensor.floats.reduce(0) { $0 + ($1 == 0 ? 0 : 1) }
        }
    }

    /// Brings masks and palettes to what the settings ask for before the next step.
    func compress() {
        guard let settings = settings.compression, var compressed, settings.changesParameters else { return }
        let progress = Double(stepsTaken) / Double(totalSteps)
        if let nonzeros = settings.nonzeros {
            let weights = self.weights
            let schedule = PruningSchedule(
                from: max(firstNonzeros, nonzeros), to: nonzeros, end: settings.pruningEnd)
            let count = schedule.count(at: progress)
            let isDue = stepsTaken % settings.pruningInterval == 0
            let isRegrowing = progress < settings.regrowthEnd
            let hasRegrown = !isRegrowing && weights.contains { compressed[$0].learnsOutside }
            let isOver =
                (isDue || progress >= settings.pruningEnd)
                && weights.reduce(0) { $0 + compressed[$1].kept } > count
            if isOver || isDue && isRegrowing || hasRegrown {
                compressed.prune(weights, keeping: count, by: settings.criterion, regrowing: isRegrowing)
            }
        }
        for (index, id) in graph.initializers.enumerated() where isTrained[index] {
            guard progress >= settings.paletteStart,
                let entries = settings.paletteEntries(of: graph[id].name, rank: parameters[index].shape.rank)
            else { continue }
            if compressed[index].palette == nil { compressed[index].makePalette(entries: entries) }
            if progress >= settings.paletteFixed, !compressed[index].isAssignmentFixed {
                compressed[index].fixAssignment()
            }
        }
        self.compressed = compressed
        parameters = compressed.values
    }

    /// Adds the slope of the penalty on magnitudes to the gradients of the weights.
    func penalize(_ gradients: inout [Tensor?]) {
        guard let penalty = settings.compression?.penalty, penalty > 0 else { return }
        let slope = Float(penalty)
        for index in weights {
            guard let gradient = gradients[index] else { continue }
            gradients[index] = zipMap(gradient, compressed?[index].trained ?? parameters[index]) {
                $1 > 0 ? $0 + slope : $1 < 0 ? $0 - slope : $0
            }
        }
    }

    /// The loss's share of a batch that comes from the teacher.
    func teacherScores(of batch: Tensor, on compute: Compute) throws(PithError) -> Tensor? {
        guard let teacher, settings.compression?.distillation != nil else { return nil }
        return try teacher.scores(of: batch, on: compute)
    }

    /// - Throws: `invalidArgument` for a teacher that is missing or has other classes, a palette of no parameter, or an
    ///   average of parameters that change their form.
    static func check(_ settings: TrainingSettings, _ teacher: Teacher?, _ graph: Graph) throws(PithError) {
        guard let compression = settings.compression else { return }
        let classes = try ClassifierObjective(graph).classes
        let names = Set(graph.initializers.map { graph[$0].name } + CompressionSettings.PaletteRule.groups)
        if let rule = compression.palettes.first(where: { !names.contains($0.name) }) {
            throw PithError(
                .invalidArgument, "there is no parameter '\(rule.name)' to have a palette",
                advice: "name weights, biases or a parameter, as fc1.weight")
        }
        guard compression.distillation == nil || teacher?.classes == classes else {
            throw PithError(
                .invalidArgument,
                teacher == nil
                    ? "the settings ask for a teacher"
                    : "the teacher has \(teacher?.classes ?? 0) classes, not \(classes)",
                advice: "name a model of the same task")
        }
        guard settings.averageDecay == 0 || !compression.changesParameters else {
            throw PithError(.invalidArgument, "a moving average has neither masks nor palettes", advice: "leave it out")
        }
    }
}
