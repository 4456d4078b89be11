public import ArgumentParser
public import PithTraining

extension BuiltInModel: ExpressibleByArgument {}
extension LearningRateSchedule: ExpressibleByArgument {}
extension TrainingSettings.OptimizerName: ExpressibleByArgument {}
