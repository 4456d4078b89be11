import Foundation
import Pith
import PithGraph
import PithMath

/// The times of the steps of several runs of a model.
struct RunProfile {
    /// What the model gave.
    let outputs: [Tensor]

    /// The steps of the last run.
    let last: [StepTime]

    /// For each step, its shortest time.
    let fastest: [StepTime]

    /// Enough that caches are warm and a run without an interruption is among them.
    private static let runs = 20

    init(_ session: inout Session, _ inputs: [Tensor]) throws(PithError) {
        var (outputs, steps) = try session.profile(inputs)
        var fastest = steps
        for _ in 1..<Self.runs {
            (outputs, steps) = try session.profile(inputs)
            for (index, step) in steps.enumerated() where step.duration < fastest[index].duration {
                fastest[index] = step
            }
        }
        self.outputs = outputs
        self.fastest = fastest
        last = steps
    }

    /// A line for each step, the share of the whole beside its time.
    static func table(_ steps: [StepTime]) -> String {
        let total = max(steps.reduce(0) { $0 + $1.duration }, 1)
        var rows = [["us", "%", "kernel", "output", "nodes"]]
        for step in steps {
            rows.append([
                microseconds(step.duration), String(format: "%.1f", 100 * Double(step.duration) / Double(total)),
                step.kernel, step.output.description, step.name,
            ])
        }
        rows.append([microseconds(total), "100.0", "", "", "all"])
        return TextTable.text(rows, numbers: [0, 1])
    }

    private static func microseconds(_ nanoseconds: UInt64) -> String {
        String(format: "%.2f", Double(nanoseconds) / 1000)
    }

    /// The last run in Chrome's trace event format: the names of process and thread, then a complete event for each step,
    /// microseconds.
    func trace(of model: String) throws -> [UInt8] {
        let names = [("process_name", model), ("thread_name", "steps")].map { event, name in
            ["name": event, "ph": "M", "pid": 1, "tid": 1, "args": ["name": name]] as [String: Any]
        }
        let steps = last.map { step in
            [
                "name": step.name, "cat": step.kernel, "ph": "X", "pid": 1, "tid": 1,
                "ts": Double(step.start) / 1000, "dur": Double(step.duration) / 1000,
                "args": ["kernel": step.kernel, "output": step.output.description],
            ] as [String: Any]
        }
        let object: [String: Any] = ["traceEvents": names + steps, "displayTimeUnit": "ns"]
        return Array(try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys]))
    }
}
