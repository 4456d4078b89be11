import Foundation
import PithConversion

/// What became of a conversion, for programs.
enum ConversionReport {
    static func json(_ conversion: Conversion, input: String) throws -> [UInt8] {
        let problems = conversion.problems.map { problem in
            [
                "operator": problem.operatorName, "operatorSet": problem.operatorSet, "node": problem.node,
                "inputs": problem.inputs, "reason": problem.reason, "advice": problem.advice,
            ] as [String: Any]
        }
        let object: [String: Any] = [
            "input": input, "converted": conversion.file != nil, "problems": problems, "steps": conversion.steps,
        ]
        let data = try JSONSerialization.data(
            withJSONObject: object, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        return Array(data) + [UInt8(ascii: "\n")]
    }
}
