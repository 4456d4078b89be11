/// What a file tells of the command that wrote it.
enum Provenance {
    private static let outputOptions = ["-o", "--out", "--output"]

    /// The options that the program was given after the subcommand's name, without the paths of input and output and
    /// without `--json`, which say nothing of the file.
    static func options(_ arguments: [String] = CommandLine.arguments, input: String) -> [String] {
        var kept: [String] = []
        var isPath = false
        for argument in arguments.dropFirst(2) {
            if isPath {
                isPath = false
            } else if outputOptions.contains(argument) {
                isPath = true
            } else if argument != input, argument != "--json",
                !outputOptions.contains(where: { argument.hasPrefix($0 + "=") })
            {
                kept.append(argument)
            }
        }
        return kept
    }
}
