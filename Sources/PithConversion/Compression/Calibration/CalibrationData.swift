import PithData
public import PithFormat
public import PithGraph

/// Where examples come from: a `.npy` file, whose arrays serve for all, or a folder with MNIST's IDX files, whose training
/// half is for choosing and whose test half is for measuring. A half of a folder is read when it is asked for.
public struct CalibrationData: Sendable {
    private let path: String
    private let graph: Graph
    private let metadata: Metadata

    /// The examples of a file; nil for a folder.
    private let array: Examples?

    /// Most examples that rounding is chosen by.
    static let roundingLimit = 1024

    /// Opens a folder, or reads a file.
    ///
    /// - Parameter file: The model that the examples are for.
    /// - Throws: Errors of reading, `wrongRole` for weights without a graph, and what `Examples` throws.
    public init(_ path: String, for file: ModelFile) throws(PithError) {
        guard let graph = file.graph else {
            throw PithError(.wrongRole, "weights have no graph that could be run", advice: "compress a model")
        }
        (self.path, self.graph, metadata) = (path, graph, file.metadata)
        do throws(PithError) {
            array = try Examples(NpyFile.decode(DataFile.read(path: path)), for: graph)
        } catch  where error.code == .isADirectory {
            array = nil
        } catch {
            throw error.located(in: .file(path))
        }
    }

    /// What rounding is chosen by: the first `roundingLimit` examples.
    ///
    /// - Throws: Errors of reading the folder's training half, and what `Examples` throws.
    public func rounding() throws(PithError) -> Examples {
        if let array { return array.first(Self.roundingLimit) }
        return try half(.train, limit: Self.roundingLimit)
    }

    /// What the change is measured with: all examples.
    ///
    /// - Throws: Errors of reading the folder's test half, and what `Examples` throws.
    public func measuring() throws(PithError) -> Examples {
        if let array { return array }
        return try half(.test, limit: .max)
    }

    private func half(_ part: ImageSet.Part, limit: Int) throws(PithError) -> Examples {
        do throws(PithError) {
            return try Examples(ImageSet.load(directory: path, part), for: graph, metadata, limit: limit)
        } catch {
            throw error.located(in: .file(path))
        }
    }
}
