import ArgumentParser
import PithFormat
import PithGraph
import PithMath
import PithTraining

/// `mnist-train`: trains a network on MNIST, or on a set of the same form, and writes a checkpoint.
@main
struct MNISTTrain: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mnist-train", abstract: "Trains a network on MNIST and writes a checkpoint.",
        discussion: """
            The folder of --data holds \(DigitData.forms).

            Ctrl-C and SIGTERM finish the step and write a checkpoint that --resume goes on from, with the very bits of \
            a training that was never interrupted. kill -9 leaves the last checkpoint, whole.

            examples:
              mnist-train --data mnist --model lenet5 \\
                --augment shift=2,rotate=10,scale=0.1,elastic=3
              mnist-train --data mnist --resume mnist-lenet5.ckpt
              mnist-train --data mnist --graph samples/graphs/pytorch-mnist.txt \\
                --optimizer adam --epochs 3
              mnist-train --data mine --from mnist.pith --epochs 3 --lr 0.01 \\
                --report tuned.html
              mnist-train --data mnist --validation 10000 --metrics steps.jsonl \\
                --ema 0.999 --weights ema
              mnist-train --data mnist --compress samples/compress/lenet-5.recipe \\
                --pith small.pith

            exit codes: 0, 1 for a failure, 64 for wrong usage, 130 after Ctrl-C, 143 after SIGTERM.
            """,
        version: PithVersion.line(of: "mnist-train"))

    @OptionGroup(title: "What to train") var source: SourceOptions
    @OptionGroup(title: "How to train") var how: SettingOptions
    @OptionGroup(title: "What to write") var output: OutputOptions

    func validate() throws {
        try source.check()
        try how.check()
        if source.resume != nil, let option = how.given ?? source.fixedByCheckpoint {
            throw ValidationError("\(option) cannot be changed with --resume: the checkpoint holds the settings.")
        }
        if source.compress != nil, let option = how.givenBesideSeed {
            throw ValidationError("\(option) cannot be given with --compress: the recipe holds the settings.")
        }
        guard (output.checkpointEvery ?? 1) >= 1 else {
            throw ValidationError("--checkpoint-every must be at least 1.")
        }
    }

    func run() throws {
        do throws(PithError) {
            try train()
        } catch {
            complain("mnist-train: \(error)")
            throw ExitCode(1)
        }
        if let signal = Interruption.signal { throw ExitCode(128 + signal) }
    }

    private func train() throws(PithError) {
        Interruption.watch()
        FreedMemory.keep()
        let compute = try Compute(threads: how.threads ?? processorCount())
        let data = try DigitData.load(source.directory)
        let training = try source.training(data.train, how)
        let weights = try source.resultWeights(of: training)
        let path = output.out ?? source.resume ?? "mnist-\(training.trainer.settings.model).ckpt"
        removeLeftovers(beside: path)
        for path in [path, output.metrics, output.report, output.pith] { if let path { try checkWritable(path) } }
        var run = try TrainingRun(training: training, data: data, compute: compute, path: path, output: output)
        repeat {
            try run.train()
            let trainer = run.training.trainer
            guard trainer.isFinished else {
                complain(
                    "mnist-train: interrupted at step \(trainer.stepsTaken) of \(trainer.totalSteps); "
                        + "go on with --resume \(path)")
                return
            }
        } while try run.advance()
        try run.conclude(weights: weights)
    }
}
