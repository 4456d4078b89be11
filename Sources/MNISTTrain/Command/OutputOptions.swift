import ArgumentParser

/// What a training writes.
struct OutputOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Where the checkpoint goes (default: mnist-MODEL.ckpt).", valueName: "file"))
    var out: String?

    @Option(help: ArgumentHelp("Steps from one checkpoint to the next (default: an epoch's).", valueName: "steps"))
    var checkpointEvery: Int?

    @Option(
        help: ArgumentHelp("Writes a line of JSON at the start, after each epoch and at the end.", valueName: "file"))
    var metrics: String?

    @Option(
        help: ArgumentHelp(
            "Writes graph and weights alone, each tensor in the smallest form that keeps its bits.",
            valueName: "file.pith"))
    var pith: String?

    @Option(help: ArgumentHelp("Writes a page with curves, mistakes, filters and weights.", valueName: "file.html"))
    var report: String?
}
