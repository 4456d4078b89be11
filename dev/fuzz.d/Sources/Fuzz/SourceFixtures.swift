import Foundation
import PithConversion
import PithGraph

/// Files of other frameworks, as the real libraries wrote them (`Tests/PithConversionTests/Fixtures/make.py`): seeds of
/// the targets that read such files.
enum SourceFixtures {
    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Tests/PithConversionTests/Fixtures")

    /// The fixtures with one of these endings.
    static func files(endingIn endings: String...) throws -> [[UInt8]] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            .filter { name in endings.contains { name.hasSuffix($0) } }
            .map { [UInt8](try Data(contentsOf: folder.appendingPathComponent($0))) }
    }

    /// Tensors of more bytes are not unpacked: a source may say that a small storage is seen many times over.
    private static let largestTensor = 1 << 22

    /// Reads all tensors of a file of any kind, and holds what was read to what it declares.
    @Sendable static func readTensors(_ bytes: [UInt8]) {
        guard let weights = try? SourceWeights.read(SourceFile(bytes: bytes)) else { return }
        for tensor in weights.tensors where tensor.byteCount <= largestTensor {
            guard let stored = try? tensor.stored() else { continue }
            guard stored.bytes.count == tensor.byteCount else {
                finding("'\(tensor.name)' has \(stored.bytes.count) bytes, not \(tensor.byteCount)")
            }
        }
    }
}
