import PithFormat
import PithGraph
import PithTraining

/// A training by settings alone, or by a recipe in stages.
enum Training {
    case single(Trainer)
    case staged(StagedTraining)

    /// What trains, in this stage.
    var trainer: Trainer {
        switch self {
        case .single(let trainer): trainer
        case .staged(let staged): staged.trainer
        }
    }

    /// A stage of a recipe.
    struct Stage {
        /// From 1.
        let number: Int
        let count: Int
        let name: String
    }

    /// The stage it is in, nil where there are none.
    var stage: Stage? {
        guard case .staged(let staged) = self else { return nil }
        return Stage(
            number: staged.stage + 1, count: staged.recipe.stages.count, name: staged.recipe.stages[staged.stage].name)
    }

    /// The text of the recipe, nil where there is none.
    var recipe: String? {
        guard case .staged(let staged) = self else { return nil }
        return staged.recipe.text
    }

    /// Epochs of all stages together.
    var epochs: Int {
        guard case .staged(let staged) = self else { return trainer.settings.epochs }
        return staged.recipe.stages.reduce(0) { $0 + $1.settings.epochs }
    }

    /// Whether there is a moving average of the weights in the end.
    var endsWithAverage: Bool {
        guard case .staged(let staged) = self else { return trainer.averagedParameters != nil }
        return staged.recipe.stages.last.map { $0.settings.averageDecay > 0 } ?? false
    }

    /// Whether it goes on from where another one stopped, or from another stage.
    var isContinued: Bool {
        guard case .staged(let staged) = self else { return trainer.stepsTaken > 0 }
        return staged.stage > 0 || trainer.stepsTaken > 0
    }

    func checkpoint() throws(PithError) -> ModelFile {
        switch self {
        case .single(let trainer): try trainer.checkpoint()
        case .staged(let staged): try staged.checkpoint()
        }
    }

    /// Goes to the next stage, false when there is none.
    mutating func advance() throws(PithError) -> Bool {
        guard case .staged(var staged) = self else { return false }
        let isNext = try staged.advance()
        self = .staged(staged)
        return isNext
    }
}
