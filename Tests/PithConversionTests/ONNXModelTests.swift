import Foundation
import Pith
import PithConversion
import PithGraph
import PithMath
import Testing

/// ONNX's own test cases as models, which `dev/onnx-node-tests` writes and names by `PITH_ONNX_MODELS`: each is converted
/// as `pith convert` does and run in a session.
@Suite("ONNX's models", .enabled(if: ProcessInfo.processInfo.environment["PITH_ONNX_MODELS"] != nil))
struct ONNXModelTests {
    /// What became of a case.
    private enum Outcome {
        case passed(how: String)
        case failed(String)
        case leftOut(String)
    }

    /// What other engines say of themselves, of the cases that there were then.
    private static let others = [
        "tract: about 85 % (its README)", "onnx-go: 21.1 % (its ONNX_COVERAGE.md)",
    ]

    @Test func everyCasePasses() throws {
        let root = try #require(ProcessInfo.processInfo.environment["PITH_ONNX_MODELS"]) + "/"
        var passed: [String: Int] = [:]
        var leftOut: [String: Int] = [:]
        var failures = 0
        let names = try FileManager.default.contentsOfDirectory(atPath: root).sorted()
        for name in names {
            switch outcome(root + name + "/") {
            case .passed(let how): passed[how, default: 0] += 1
            case .failed(let reason):
                failures += 1
                print("FAILED: \(name): \(reason)")
            case .leftOut(let reason):
                leftOut[reason, default: 0] += 1
                print("left out: \(name): \(reason)")
            }
        }
        for (reason, count) in leftOut.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
            print("ONNX: \(count) left out: \(reason)")
        }
        let total = passed.values.reduce(0, +)
        for (how, count) in passed.sorted(by: { $0.key < $1.key }) { print("ONNX: \(count) \(how)") }
        let share = String(format: "%.1f", 100 * Double(total) / Double(names.count))
        print(
            "ONNX: \(total) of \(names.count) cases passed (\(share) %), \(failures) failed, "
                + "\(leftOut.values.reduce(0, +)) left out. Others: " + Self.others.joined(separator: "; "))
        #expect(failures == 0)
        #expect(total > 1000)
    }

    private func outcome(_ folder: String) -> Outcome {
        if let reason = try? String(contentsOfFile: folder + "left-out.txt", encoding: .utf8) {
            return .leftOut(reason)
        }
        do {
            let given = try tensors(folder + "inputs.safetensors")
            let file = try SourceFile(path: folder + "model.onnx")
            var last: Outcome?
            // Shapes that depend on an input's elements are known only where the input always has one value.
            for (count, how) in [
                (given.count, "as they are"), (1, "with all inputs but the first fixed"), (0, "with all inputs fixed"),
            ]
            where count <= given.count {
                let result = try attempt(file, given, open: count, how: how, folder)
                if case .passed = result { return result }
                if case .failed = result { return result }
                last = last ?? result
            }
            return last ?? .failed("nothing was tried")
        } catch {
            return .failed("\(error)")
        }
    }

    private func attempt(
        _ file: SourceFile, _ given: [(name: String, tensor: Tensor)], open: Int, how: String, _ folder: String
    ) throws -> Outcome {
        var converter = try Converter(testVectorCount: 0)
        if open < given.count {
            for (name, tensor) in given.dropFirst(open) { converter.options.fixedInputs[name] = .tensor(tensor) }
        }
        let outputs: [Tensor]
        do throws(PithError) {
            let conversion = try converter.attempt(file)
            guard let converted = conversion.file else { return .leftOut(Self.reason(conversion.problems)) }
            var session = try Model(converted.inMemory()).makeSession()
            outputs = try session.run(given.prefix(open).map { $0.tensor })
        } catch {
            return .leftOut(error.reason)
        }
        return try difference(outputs, folder).map { .failed("\($0) (\(how))") } ?? .passed(how: how)
    }

    private static func reason(_ problems: [ConversionProblem]) -> String {
        let problem = problems[0]
        if problem.reason == "Pith has no such operator" { return "the operator \(problem.operatorName)" }
        return problem.operatorName.isEmpty ? problem.reason : "\(problem.operatorName): \(problem.reason)"
    }

    /// What is wrong with the outputs, nil when all are within the case's tolerance.
    private func difference(_ outputs: [Tensor], _ folder: String) throws -> String? {
        let tolerance = try String(contentsOfFile: folder + "tolerance.txt", encoding: .utf8)
            .split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
        let expected = try tensors(folder + "outputs.safetensors")
        guard outputs.count == expected.count else { return "\(outputs.count) outputs, not \(expected.count)" }
        for (output, expected) in zip(outputs, expected.map { $0.tensor }) {
            guard output.elementType == expected.elementType, output.shape == expected.shape else {
                return "\(output) where \(expected) is expected"
            }
            for (index, (got, want)) in zip(numbers(output), numbers(expected)).enumerated() {
                let isClose =
                    got == want || got.isNaN && want.isNaN || abs(got - want) <= tolerance[1] + tolerance[0] * abs(want)
                if !isClose { return "element \(index) is \(got), expected \(want)" }
            }
        }
        return nil
    }

    /// Tensors in their order, each named by its number and its name in the model.
    private func tensors(_ path: String) throws -> [(name: String, tensor: Tensor)] {
        var result: [(number: Int, name: String, tensor: Tensor)] = []
        for tensor in try SourceWeights.read(SourceFile(path: path)).tensors {
            let parts = tensor.name.split(separator: " ", maxSplits: 1)
            result.append(
                (
                    try #require(Int(parts[0])), parts.count > 1 ? String(parts[1]) : "",
                    try Tensor(bytes: tensor.stored().bytes, elementType: tensor.elementType, shape: tensor.shape)
                ))
        }
        return result.sorted { $0.number < $1.number }.map { ($0.name, $0.tensor) }
    }

    /// The elements as float64; of float8 by their bits, which must be equal.
    private func numbers(_ tensor: Tensor) -> [Double] {
        switch tensor.elementType {
        case .float64: tensor.elements(as: Double.self)
        case .float32, .float16, .bfloat16: tensor.floats.map { Double($0) }
        case .int64: tensor.elements(as: Int64.self).map { Double($0) }
        case .int32: tensor.elements(as: Int32.self).map { Double($0) }
        case .int16: tensor.elements(as: Int16.self).map { Double($0) }
        case .int8: tensor.elements(as: Int8.self).map { Double($0) }
        case .uint64: tensor.elements(as: UInt64.self).map { Double($0) }
        case .uint32: tensor.elements(as: UInt32.self).map { Double($0) }
        case .uint16: tensor.elements(as: UInt16.self).map { Double($0) }
        default: tensor.bytes.map { Double($0) }
        }
    }
}
