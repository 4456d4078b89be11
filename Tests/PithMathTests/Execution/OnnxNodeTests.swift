import Foundation
import PithGraph
import PithMath
import Testing

/// ONNX's own test cases, which `dev/onnx-node-tests` writes and names by `PITH_ONNX_CASES`.
@Suite("ONNX node tests", .enabled(if: ProcessInfo.processInfo.environment["PITH_ONNX_CASES"] != nil))
struct OnnxNodeTests {
    /// Cases that no implementation can pass but by the generator's own random numbers, and why.
    private static let excused: [String: String] = [
        "test_training_dropout": "random", "test_training_dropout_default": "random",
        "test_training_dropout_default_mask": "random", "test_training_dropout_mask": "random",
    ]

    @Test func everyCasePasses() throws {
        let root = URL(fileURLWithPath: try #require(ProcessInfo.processInfo.environment["PITH_ONNX_CASES"]))
        let folders = try FileManager.default.contentsOfDirectory(at: root, includingPropertiesForKeys: nil)
        var (passed, failed): (Int, [String]) = (0, [])
        for folder in folders.sorted(by: { $0.path < $1.path }) {
            let name = folder.lastPathComponent
            if let reason = Self.excused[name] {
                print("skipped: \(name): \(reason)")
                continue
            }
            do {
                let fault = try run(folder)
                if let fault { failed.append("\(name): \(fault)") } else { passed += 1 }
            } catch {
                failed.append("\(name): \(error)")
            }
        }
        for failure in failed { print("FAILED: \(failure)") }
        print("ONNX node tests: \(passed) passed, \(failed.count) failed")
        #expect(failed.isEmpty)
        #expect(passed > 800)
    }

    /// Nil when every output is within the case's tolerance.
    private func run(_ folder: URL) throws -> String? {
        let text = try String(contentsOf: folder.appendingPathComponent("graph.onnxtxt"), encoding: .utf8)
        let graph = try Graph(text: text)
        let tolerance = try String(contentsOf: folder.appendingPathComponent("tolerance.txt"), encoding: .utf8)
            .split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
        let expected = try tensors(folder.appendingPathComponent("outputs.bin"))
        let outputs = try Execution.run(
            graph, inputs: try tensors(folder.appendingPathComponent("inputs.bin")), on: Compute())
        for (output, expected) in zip(outputs, expected) {
            guard output.elementType == expected.elementType, output.shape == expected.shape else {
                return "\(output) where \(expected) is expected"
            }
            let (left, right) = (values(output), values(expected))
            for (index, (a, b)) in zip(left, right).enumerated() {
                let isClose = a == b || a.isNaN && b.isNaN || abs(a - b) <= tolerance[1] + tolerance[0] * abs(b)
                if !isClose { return "element \(index) is \(a), expected \(b)" }
            }
        }
        return outputs.count == expected.count ? nil : "\(outputs.count) outputs"
    }

    private func values(_ tensor: Tensor) -> [Double] {
        switch tensor.elementType {
        case .float64: tensor.elements(as: Double.self)
        case .uint64: tensor.elements(as: UInt64.self).map { Double($0) }
        default: tensor.numbersForTests
        }
    }

    private func tensors(_ file: URL) throws -> [Tensor] {
        var rest = [UInt8](try Data(contentsOf: file))[...]
        var result: [Tensor] = []
        while let end = rest.firstIndex(of: 0x0A) {
            let words = String(decoding: rest[..<end], as: UTF8.self).split(separator: " ").map(String.init)
            let type = try #require(ElementType(name: words[0]))
            let shape = try Shape(checking: words.dropFirst().compactMap { Int($0) })
            let count = shape.elementCount * type.byteCount
            result.append(
                try Tensor(bytes: Array(rest[(end + 1)...].prefix(count)), elementType: type, shape: shape))
            rest = rest[(end + 1 + count)...]
        }
        return result
    }
}

extension Tensor {
    /// The elements as float64; of float8 by their bits, which must be equal.
    fileprivate var numbersForTests: [Double] {
        switch elementType {
        case .float32, .float16, .bfloat16: floats.map { Double($0) }
        case .int64: elements(as: Int64.self).map { Double($0) }
        case .int32: elements(as: Int32.self).map { Double($0) }
        case .int16: elements(as: Int16.self).map { Double($0) }
        case .int8: elements(as: Int8.self).map { Double($0) }
        case .uint32: elements(as: UInt32.self).map { Double($0) }
        case .uint16: elements(as: UInt16.self).map { Double($0) }
        default: bytes.map { Double($0) }
        }
    }
}
