import Pith
import PithFormat
import PithGraph

import class Foundation.ProcessInfo

extension FuzzTarget {
    /// A few nodes of any operators, with operands and attributes as odd as they come: every one is refused, or its plan
    /// gives the reference's bits, and shape and known elements are what comes out.
    static let operators = FuzzTarget(
        name: "operators",
        seeds: { Operator.allCases.map { op in [UInt8(Operator.allCases.firstIndex(of: op) ?? 0)] + pattern(64) } },
        run: { bytes in
            var program = RandomProgram(Choices(bytes))
            guard let file = program.file() else { return }
            if isShown { print(program.graph.text) }
            guard let model = try? Model(file), var session = try? model.makeSession(threads: bytes.count % 3 / 2 + 1)
            else { return }
            // The second time in memory that the first has written to.
            for _ in 0..<2 {
                guard let outputs = try? session.run(program.inputs) else { return }
                for (id, output) in Swift.zip(file.graph?.outputs ?? [], outputs) {
                    guard let expected = program.values[id.index] else { continue }
                    if output != expected {
                        finding("\(output) is not the reference's \(expected) in \(program.graph.text)")
                    }
                }
            }
        })

    /// With `PITH_FUZZ_SHOW` in the environment the graphs are printed.
    private static let isShown = ProcessInfo.processInfo.environment["PITH_FUZZ_SHOW"] != nil

    private static func pattern(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 29) } }
}
