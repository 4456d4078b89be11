import Foundation
import PithGraph
import Testing

/// The rows of `spec/OPERATORS.md` against those of the code.
@Suite("Operator table") struct OperatorTableTests {
    private func specifiedRows() throws -> [String] {
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../spec/OPERATORS.md")
        return try String(contentsOf: page, encoding: .utf8).split(separator: "\n").map(String.init).filter {
            $0.hasPrefix("| ") && $0.dropFirst(2).first?.isNumber == true
        }
    }

    private func text(_ attribute: OperatorDefinition.Attribute) -> String {
        switch attribute.presence {
        case .required: attribute.name.spelling + "!"
        case .optional: attribute.name.spelling + "?"
        case .defaulted(.int(let value)): "\(attribute.name.spelling)=\(value)"
        case .defaulted(.float(let value)): "\(attribute.name.spelling)=\(value)"
        case .defaulted(.string(let value)): "\(attribute.name.spelling)=\(value)"
        case .defaulted: attribute.name.spelling + "=…"
        }
    }

    @Test func theSpecificationHasTheSameRows() throws {
        let rows = Operator.allCases.map { op in
            let definition = op.definition
            let inputs = definition.inputs.map { $0.isOptional ? "[\($0.name)]" : $0.name }.joined(separator: ", ")
            let attributes = definition.attributes.map(text).joined(separator: ", ")
            return "| \(op.rawValue) | \(definition.name) | \(definition.sinceVersion) |"
                + (inputs.isEmpty ? " |" : " \(inputs) |") + (attributes.isEmpty ? " |" : " \(attributes) |")
        }
        #expect(try specifiedRows() == rows)
    }
}
