import PithConversion

/// What became of a conversion, for programs.
enum ConversionReport {
    static func object(_ conversion: Conversion, input: String) -> [String: Any] {
        let problems = conversion.problems.map { problem in
            [
                "operator": problem.operatorName, "operatorSet": problem.operatorSet, "node": problem.node,
                "inputs": problem.inputs, "reason": problem.reason, "advice": problem.advice,
            ] as [String: Any]
        }
        return [
            "input": input, "converted": conversion.file != nil, "problems": problems, "steps": conversion.steps,
        ]
    }
}
