import PithConversion
import PithFormat

extension FuzzTarget {
    /// ONNX models: converted without running them, or refused with something that stands in the way. What is converted
    /// can be written and read again.
    static let onnx = FuzzTarget(
        name: "onnx",
        seeds: { try SourceFixtures.files(endingIn: ".onnx") },
        run: { bytes in
            guard let converter = try? Converter(testVectorCount: 0),
                let conversion = try? converter.attempt(SourceFile(bytes: bytes))
            else { return }
            guard let file = conversion.file else {
                if conversion.problems.isEmpty { finding("nothing is converted and nothing stands in the way") }
                return
            }
            guard let encoded = try? file.inMemory().encoded() else { return }
            do {
                _ = try ModelFile.decode(encoded)
            } catch {
                finding("what was converted cannot be read: \(error)")
            }
        })
}
