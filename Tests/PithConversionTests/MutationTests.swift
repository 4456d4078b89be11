import PithConversion
import PithGraph
import PithMath
import Testing

/// Files with bytes changed, cut out or doubled: reading ends with tensors or an error, never a trap. `dev/fuzz` goes
/// further; this runs with every test.
@Suite("Mutations") struct MutationTests {
    @Test(
        "reading a damaged file ends",
        arguments: [
            "state.pt", "state-old.pt", "state-deflated.pt", "script.pt", "module-old.pt", "views.pt", "numpy.pt",
            "arrays.npz", "compressed.npz", "types.safetensors", "onnx-branch.onnx", "onnx-function.onnx",
        ])
    func mutate(name: String) throws {
        let original = try Fixtures.bytes(name)
        var random = RandomStream(seed: 1, name: name)
        for _ in 0..<500 {
            var bytes = original
            for _ in 0...random.next(below: 3) {
                let position = random.next(below: bytes.count)
                switch random.next(below: 4) {
                case 0: bytes[position] ^= UInt8(1 << random.next(below: 8))
                case 1: bytes[position] = [0, 0x7F, 0x80, 0xFF][random.next(below: 4)]
                case 2: bytes.removeSubrange(position..<min(position + 1 + random.next(below: 8), bytes.count))
                default:
                    let end = min(position + 1 + random.next(below: 16), bytes.count)
                    bytes.insert(contentsOf: bytes[position..<end], at: position)
                }
                if bytes.isEmpty { bytes = [0] }
            }
            let source = SourceFile(bytes: bytes)
            if name.hasSuffix(".onnx") {
                _ = try? Converter(testVectorCount: 0).attempt(source)
            } else if let weights = try? SourceWeights.read(source) {
                for tensor in weights.tensors where tensor.byteCount < 1 << 20 { _ = try? tensor.stored() }
            }
        }
    }
}
