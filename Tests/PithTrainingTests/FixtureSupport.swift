import Foundation
import PithGraph
import PithMath
import Testing

/// Numbers that PyTorch gave, made by `Fixtures/make`.
struct Fixture: Decodable {
    let kind: String
    let name: String
    var parameters: [[Double]]?
    var factors: [Double]?
    var value: Double?
    var gradients: [[Double]]?
    var output: [Double]?
    var statistics: [[Double]]?
    var shape: [Int]?
    var momentum: Float?
    var epsilon: Float?
    var index: Int?
    var attributes: [String: AttributeText]?
    var inputs: [Operand?]?

    /// An attribute's value.
    struct AttributeText: Decodable {
        private let value: AttributeValue

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let int = try? container.decode(Int64.self) {
                value = .int(int)
            } else if let float = try? container.decode(Float.self) {
                value = .float(float)
            } else if let text = try? container.decode(String.self) {
                value = .string(text)
            } else {
                value = .ints(try container.decode([Int64].self))
            }
        }

        /// JSON does not tell 2 from 2.0.
        func value(isFloat: Bool) -> AttributeValue {
            if isFloat, case .int(let int) = value { return .float(Float(int)) }
            return value
        }
    }

    /// An input: integers, or what `pattern` makes.
    struct Operand: Decodable {
        let shape: [Int]
        var integers: [Int64]?
        var salt: Int?
        var scale: Double?
        var offset: Double?

        /// - Parameter isCondition: Whether integers stand for truth values.
        func tensor(isCondition: Bool) -> Tensor {
            if let integers, isCondition { return Tensor(bools: integers.map { $0 != 0 }, shape: Shape(shape)) }
            if let integers { return Tensor(integers: integers, shape: Shape(shape)) }
            return Fixture.pattern(Shape(shape), salt ?? 0, scale ?? 1, offset ?? 0)
        }
    }

    /// The fixtures of one kind in a file.
    static func all(_ file: String, _ kind: String) throws -> [Fixture] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")
        let data = try Data(contentsOf: folder.appendingPathComponent(file))
        return try JSONDecoder().decode([Fixture].self, from: data).filter { $0.kind == kind }
    }

    /// The tensor that `pattern` in common.py makes.
    static func pattern(_ shape: Shape, _ salt: Int, _ scale: Double = 1, _ offset: Double = 0) -> Tensor {
        Tensor(
            (0..<shape.elementCount).map { index in
                Float(Double((index * 7919 + salt * 104_729) % 2003 - 1001) / 1000 * scale + offset)
            }, shape: shape)
    }

    /// ‖a - b‖ / ‖b‖.
    static func distance(_ a: [Float], _ b: [Double]) -> Double {
        guard a.count == b.count else { return .infinity }
        let difference = zip(a, b).reduce(0.0) { $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1) }
        let size = b.reduce(0.0) { $0 + $1 * $1 }
        return size == 0 ? difference.squareRoot() : (difference / size).squareRoot()
    }
}
