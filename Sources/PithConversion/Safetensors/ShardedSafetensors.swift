import Foundation
import PithGraph

/// A set of safetensors files with the index that says which tensor is in which (`model.safetensors.index.json`).
enum ShardedSafetensors {
    /// Bytes of an index.
    static let indexLimit = 64 << 20

    /// The tensors that the index names, in the order of the files' names.
    ///
    /// - Throws: `malformed` for an index that names a file outside its own folder or a tensor that its file has not,
    ///   and what `SafetensorsFile.read` throws.
    static func read(_ index: SourceFile) throws(PithError) -> SourceWeights {
        let object: [String: Any]
        do throws(PithError) {
            object = try StrictJSON.object(index.all(limit: indexLimit))
        } catch {
            throw PithError(
                error.code, "a text file that is no index of a safetensors set: \(error.reason)", at: index.place,
                advice: error.advice)
        }
        guard let map = object["weight_map"] as? [String: String] else {
            throw PithError(.wrongKind, "a JSON file without the weight_map of an index", at: .file(index.path))
        }
        var result = SourceWeights([])
        var sourceBytes = index.count
        for shard in Set(map.values).sorted() {
            let file = try SourceFolder(of: index.path).open(shard)
            sourceBytes += file.count
            let weights = try SafetensorsFile.read(file)
            result.notes.merge(weights.notes) { first, _ in first }
            result.tensors += weights.tensors.filter { map[$0.name] == shard }
        }
        let found = Set(result.tensors.map { $0.name })
        if let missing = map.keys.sorted().first(where: { !found.contains($0) }) {
            throw PithError(
                .malformed, "the index says that the tensor is in \(map[missing] ?? ""), which has not got it",
                at: PithError.Location(file: index.path, tensor: missing))
        }
        return try result.checked(sourceBytes: sourceBytes)
    }
}
