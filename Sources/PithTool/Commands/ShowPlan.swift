import ArgumentParser
import Pith
import PithGraph

/// `pith plan`.
struct ShowPlan: ParsableCommand, JSONPrinting {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Show what a run of a model does, without running it: its steps, their kernels and the memory.",
        discussion: """
            'general' is an operator without a kernel, which allocates; 'chosen in the run' stands where values \
            decide shapes. Kernels are those of this machine, or of PITH_ISA.

            Examples:
              pith plan digits.pith
              pith plan digits.pith --batch 64 --threads 2
              pith plan digits.pith --mapped --json

            Exit codes: 0, 1 for a failure, 64 for wrong usage.
            """)

    @Argument(help: "The model.")
    var file: String

    @Option(help: "What every extent is that the model leaves open.")
    var batch = 1

    @OptionGroup var work: SessionThreads

    @Flag(help: "Map the file, so that weights may stay in it.")
    var mapped = false

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard batch > 0 else { throw ValidationError("--batch must be 1 or more") }
    }

    func run() throws {
        let plan = try Model(contentsOf: file, mapped: mapped).describe(batch: batch, threads: work.threads)
        print(json ? try JSONText.of(Self.object(plan)) : Self.text(plan))
    }

    private static func text(_ plan: PlanDescription) -> String {
        var rows = [["kernel", "output", "bytes out", "weights", "nodes"]]
        for step in plan.steps {
            rows.append([
                step.kernel, "\(step.output)", step.outputBytes.map(String.init) ?? "?", String(step.constantBytes),
                step.name,
            ])
        }
        let memory = plan.arenaBytes.map { "\($0) bytes" } ?? "as values need it"
        return TextTable.text(rows, numbers: [2, 3])
            + "\nintermediate values and scratch: \(memory)\nweights: \(plan.constantBytes) bytes"
            + (plan.mappedBytes > 0 ? ", \(plan.mappedBytes) of them in the mapped file" : "")
    }

    /// `arenaBytes` and `outputBytes` are left out where they are not known.
    private static func object(_ plan: PlanDescription) -> [String: Any] {
        var object: [String: Any] = [
            "constantBytes": plan.constantBytes, "mappedBytes": plan.mappedBytes,
            "steps": plan.steps.map { step in
                var object: [String: Any] = [
                    "name": step.name, "nodes": step.nodes, "kernel": step.kernel, "constantBytes": step.constantBytes,
                    "type": step.output.elementType.shortName,
                    "shape": step.output.dimensions.map { $0.extent.map { $0 as Any } ?? "\($0)" },
                ]
                object["outputBytes"] = step.outputBytes
                return object
            },
        ]
        object["arenaBytes"] = plan.arenaBytes
        return object
    }
}
