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

    private func text(_ operand: OperatorDefinition.Operand) -> String {
        let typed = "\(operand.name):\(operand.variable.isEmpty ? operand.types.description : operand.variable)"
        return switch operand.presence {
        case .needed: typed
        case .optional: "[\(typed)]"
        case .variadic: "\(typed)…"
        }
    }

    private func types(_ definition: OperatorDefinition) throws -> String {
        var variables: [(name: String, set: ElementTypeSet)] = []
        for operand in definition.inputs + definition.outputs where !operand.variable.isEmpty {
            if let known = variables.first(where: { $0.name == operand.variable }) {
                #expect(known.set == operand.types, "\(definition.name): \(operand.variable) is two sets")
            } else {
                variables.append((operand.variable, operand.types))
            }
        }
        return variables.map { "\($0.name) \($0.set)" }.joined(separator: "; ")
    }

    @Test func theSpecificationHasTheSameRows() throws {
        let rows = try Operator.allCases.map { op in
            let definition = op.definition
            let cells = [
                "\(op.rawValue)", definition.name, "\(definition.sinceVersion)",
                definition.inputs.map(text).joined(separator: ", "),
                definition.outputs.map(text).joined(separator: ", "), try types(definition),
                definition.attributes.map(text).joined(separator: ", "),
            ]
            return "|" + cells.map { $0.isEmpty ? " |" : " \($0) |" }.joined()
        }
        let specified = try specifiedRows()
        for (row, expected) in zip(specified, rows) { #expect(row == expected) }
        #expect(specified.count == rows.count)
    }

    @Test func codesAndAttributesAreInOrder() {
        for (left, right) in zip(Operator.allCases, Operator.allCases.dropFirst()) {
            #expect(left.rawValue < right.rawValue)
        }
        for op in Operator.allCases {
            #expect(op.rawValue < 0x80)
            let codes = op.definition.attributes.map(\.name.rawValue)
            #expect(codes == codes.sorted(), "\(op.name)")
        }
    }
}
