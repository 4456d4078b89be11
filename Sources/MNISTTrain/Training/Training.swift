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

    /// What to call this stage, nil where there are none.
    var stage: String? {
        guard case .staged(let staged) = self else { return nil }
        return "stage \(staged.stage + 1) of \(staged.recipe.stages.count), \(staged.recipe.stages[staged.stage].name)"
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
