/// What a file tells of the command that wrote it.
enum Provenance {
    /// The options that the program was given after the subcommand's name, without `--json`, the path of the input, and
    /// options with paths that say nothing of the file.
    ///
    /// - Parameter paths: The names of the latter.
    static func options(
        _ arguments: [String] = CommandLine.arguments, input: String, paths: [String]
    ) -> [String] {
        var kept: [String] = []
        var isPath = false
        for argument in arguments.dropFirst(2) {
            if isPath {
                isPath = false
            } else if paths.contains(argument) {
                isPath = true
            } else if argument != input, argument != "--json", !paths.contains(where: { argument.hasPrefix($0 + "=") })
            {
                kept.append(argument)
            }
        }
        return kept
    }
}
