public import PithGraph

/// Pictures of one size and their labels, as MNIST and sets of its form hold them.
public struct ImageSet: Sendable {
    /// The pixels, 0 the ground: `count × rows × columns` bytes.
    public let images: [UInt8]
    /// A label for each picture.
    public let labels: [UInt8]
    /// How many pictures there are.
    public var count: Int { labels.count }
    /// Rows of a picture.
    public let rows: Int
    /// Columns of a picture.
    public let columns: Int

    /// A half of the data.
    public enum Part: Sendable {
        /// The pictures to train on: `train-images-idx3-ubyte` and its labels.
        case train
        /// The pictures to test with: `t10k-images-idx3-ubyte` and its labels.
        case test

        var prefix: String {
            switch self {
            case .train: "train"
            case .test: "t10k"
            }
        }
    }

    /// Where the full set can be had, for messages.
    public static let advice =
        "get MNIST's four files, gzip or not, for example from https://ossci-datasets.s3.amazonaws.com/mnist/, and name their folder"

    /// Reads pictures and labels.
    ///
    /// - Throws: `fileNotFound` with advice on where to get the files, other errors of reading, `malformed` when the
    ///   files do not belong together.
    public static func load(directory: String, _ part: Part) throws(PithError) -> ImageSet {
        let images = try file(directory, part.prefix + "-images-idx3-ubyte")
        let labels = try file(directory, part.prefix + "-labels-idx1-ubyte")
        guard images.shape.rank == 3, labels.shape.rank == 1, images.shape[0] == labels.shape[0],
            images.shape[0] > 0
        else {
            throw PithError(
                .malformed, "pictures of shape \(images.shape) and labels of shape \(labels.shape)",
                at: .file(directory))
        }
        return ImageSet(
            images: images.bytes, labels: labels.bytes, rows: images.shape[1], columns: images.shape[2])
    }

    private static func file(_ directory: String, _ name: String) throws(PithError) -> IDXFile {
        for path in [directory + "/" + name, directory + "/" + name + ".gz"] {
            do throws(PithError) {
                return try IDXFile.read(from: path)
            } catch {
                guard error.code == .fileNotFound else { throw error }
            }
        }
        throw PithError(
            .fileNotFound, "there is no \(name) or \(name).gz", at: .file(directory), advice: advice)
    }
}
