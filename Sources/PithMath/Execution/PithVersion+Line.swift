package import PithGraph

extension PithVersion {
    /// What a program's `--version` prints: the versions of package and format, and the instruction set that sessions take.
    package static func line(of program: String) -> String {
        "\(program) \(package), format \(format), instruction set \(InstructionSet.nameInUse)"
    }
}
