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
