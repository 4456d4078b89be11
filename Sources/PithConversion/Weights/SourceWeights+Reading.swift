import PithData
public import PithGraph

extension SourceWeights {
    /// The tensors of a file of any kind that holds tensors without a graph.
    ///
    /// - Parameters:
    ///   - file: The file, told apart by its content.
    ///   - key: Where in a PyTorch checkpoint the state dict is, its parts separated by dots; nil finds it.
    /// - Throws: `wrongKind` for a kind that has no bare tensors, and errors of reading.
    public static func read(_ file: SourceFile, key: String? = nil) throws(PithError) -> SourceWeights {
        let kind = SourceKind(of: try file.prefix(SourceKind.lookedAt))
        do throws(PithError) {
            switch kind {
            case .safetensors: return try SafetensorsFile.read(file)
            case .text: return try ShardedSafetensors.read(file)
            case .npy: return try npy(file)
            case .zip: return try archive(file, key: key)
            case .pickle: return try pickles(file, key: key)
            default:
                throw PithError(
                    .wrongKind, "\(kind.name), where a file of tensors is needed",
                    advice: "PyTorch, safetensors, npz, npy and ONNX files and checkpoints of mnist-train are converted"
                )
            }
        } catch {
            throw error.located(in: file.place)
        }
    }

    private static func npy(_ file: SourceFile) throws(PithError) -> SourceWeights {
        let header = try NpyHeader(file.prefix(NpyHeader.longest), carries: true)
        try header.checkLength(of: file.count)
        let elements = header.byteCount..<file.count
        let tensor = try SourceTensor(
            name: name(of: file), header,
            header.isRowMajor
                ? .bytes(elements, of: file)
                : .whole { () throws(PithError) in header.rowMajor(try file.bytes(elements)) })
        return try SourceWeights([tensor]).checked(sourceBytes: file.count)
    }

    /// The file's name without folders and ending; `array` where that leaves nothing.
    private static func name(of file: SourceFile) -> String {
        let last = file.path.split(separator: "/").last ?? ""
        let stem = last.split(separator: ".", omittingEmptySubsequences: false).first ?? ""
        return stem.isEmpty ? "array" : String(stem)
    }

    private static func archive(_ file: SourceFile, key: String?) throws(PithError) -> SourceWeights {
        #if Conversion
            let archive = try ZipArchive(file)
            if NpzFile.isNpz(archive) { return try NpzFile.read(archive, sourceBytes: file.count) }
            if TorchFile.isTorch(archive) { return try TorchFile.read(archive, key: key, sourceBytes: file.count) }
            throw PithError(.wrongKind, "a zip archive that is neither of PyTorch nor of NumPy")
        #else
            throw withoutTrait(.zip)
        #endif
    }

    private static func pickles(_ file: SourceFile, key: String?) throws(PithError) -> SourceWeights {
        #if Conversion
            return try TorchFile.readPickles(file, key: key)
        #else
            throw withoutTrait(.pickle)
        #endif
    }

    private static func withoutTrait(_ kind: SourceKind) -> PithError {
        PithError(
            .unsupportedFeature, "\(kind.name), which this build does not read",
            advice: "build Pith with the trait Conversion")
    }
}
