public import ArgumentParser
public import PithTraining

extension BuiltInModel: ExpressibleByArgument {}
extension Initialization: ExpressibleByArgument {}
extension LearningRateSchedule: ExpressibleByArgument {}
extension TrainingSettings.OptimizerName: ExpressibleByArgument {}

extension Augmentation: ExpressibleByArgument {
    /// As `init(text:)` reads it, nil where that throws.
    public init?(argument: String) {
        do {
            try self.init(text: argument)
        } catch {
            return nil
        }
    }
}
