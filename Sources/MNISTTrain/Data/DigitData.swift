import PithData
import PithGraph
import PithMath
import PithTraining

/// Pictures to learn from and pictures to measure with, from any of the forms that a folder may have.
struct DigitData {
    let train: TrainingExamples
    /// Nil when the folder has no half to test with.
    let test: TrainingExamples?
    /// What is missing for a half to test with, nil when there is one.
    let missing: PithError?
    /// The names of the classes, in the order of the labels.
    let classes: [String]

    /// The forms, in the order in which they are looked for.
    static let forms = """
        the four IDX files of MNIST, gzip or not; train.csv and test.csv, a label and then pixels of 0 to 255 on each \
        line; train-images.npy, train-labels.npy, test-images.npy and test-labels.npy; or folders train and test, each \
        with a folder of PNG files per class
        """

    private static let digits = (0..<10).map { "\($0)" }

    /// Reads a folder. Its half to test with may be missing.
    ///
    /// - Throws: `fileNotFound` with advice when it has none of the forms, and what reading throws.
    static func load(_ directory: String) throws(PithError) -> DigitData {
        if exists(directory + "/train.csv") {
            return try halves { half throws(PithError) in try csv("\(directory)/\(half).csv") }
        }
        if exists(directory + "/train-images.npy") {
            return try halves { half throws(PithError) in
                try npy("\(directory)/\(half)-images.npy", "\(directory)/\(half)-labels.npy")
            }
        }
        if exists(directory + "/train/") {
            let classes = try PictureFolders.classes(of: directory + "/train")
            return try halves(classes) { half throws(PithError) in
                try PictureFolders.read("\(directory)/\(half)", classes)
            }
        }
        return try halves { half throws(PithError) in
            let set = try ImageSet.load(directory: directory, half == "train" ? .train : .test)
            return try TrainingExamples(
                pixels: set.images, labels: set.labels, height: set.rows, width: set.columns)
        }
    }

    private static func halves(
        _ classes: [String] = digits, _ read: (String) throws(PithError) -> TrainingExamples
    ) throws(PithError) -> DigitData {
        let train = try read("train")
        var test: TrainingExamples?
        var missing: PithError?
        do throws(PithError) {
            test = try read("test")
        } catch {
            guard error.code == .fileNotFound else { throw error }
            missing = error
        }
        if let test, test.height != train.height || test.width != train.width {
            throw PithError(.shapeMismatch, "the pictures to test with have another size than those to learn from")
        }
        return DigitData(train: train, test: test, missing: missing, classes: classes)
    }

    private static func csv(_ path: String) throws(PithError) -> TrainingExamples {
        do throws(PithError) {
            let table = try CSVFile.decode(DataFile.read(path: path))
            let (rows, columns) = (table.shape[0], table.shape[1])
            let side = try side(features: columns - 1)
            let values = table.floats
            var (pixels, labels): ([UInt8], [UInt8]) = ([], [])
            pixels.reserveCapacity(rows * (columns - 1))
            for row in 0..<rows {
                for column in 0..<columns {
                    let value = values[row * columns + column]
                    guard value >= 0, value <= 255, value == value.rounded() else {
                        throw PithError(
                            .malformed, "row \(row + 1) has \(value), where a whole number from 0 to 255 is needed")
                    }
                    if column == 0 { labels.append(UInt8(value)) } else { pixels.append(UInt8(value)) }
                }
            }
            return try TrainingExamples(pixels: pixels, labels: labels, height: side, width: side)
        } catch {
            throw error.located(in: .file(path))
        }
    }

    private static func npy(_ images: String, _ labels: String) throws(PithError) -> TrainingExamples {
        let pixels = try array(images)
        let classes = try array(labels)
        guard (2...3).contains(pixels.shape.rank), classes.shape.rank == 1 else {
            throw PithError(
                .shapeMismatch, "pictures of shape \(pixels.shape) and labels of shape \(classes.shape)",
                at: .file(images), advice: "save them as [count, rows, columns] and [count]")
        }
        let isFlat = pixels.shape.rank == 2
        let height = isFlat ? try side(features: pixels.shape[1]) : pixels.shape[1]
        let width = isFlat ? height : pixels.shape[2]
        do throws(PithError) {
            return try TrainingExamples(
                pixels: pixels.bytes, labels: classes.bytes, height: height, width: width)
        } catch {
            throw error.located(in: .file(images))
        }
    }

    /// An array of bytes; labels are often saved as int64, whose low bytes are taken when they are all.
    private static func array(_ path: String) throws(PithError) -> (shape: Shape, bytes: [UInt8]) {
        do throws(PithError) {
            let tensor = try NpyFile.decode(DataFile.read(path: path))
            if tensor.elementType == .uint8 { return (tensor.shape, tensor.bytes) }
            let (bytes, width) = (tensor.bytes, tensor.elementType.byteCount)
            guard [.int64, .int32, .int16, .uint64, .uint32, .uint16].contains(tensor.elementType) else {
                throw PithError(.typeMismatch, "an array of \(tensor.elementType.shortName), where bytes are needed")
            }
            var result: [UInt8] = []
            for start in stride(from: 0, to: bytes.count, by: width) {
                guard bytes[(start + 1)..<(start + width)].allSatisfy({ $0 == 0 }) else {
                    throw PithError(.malformed, "element \(start / width) is not from 0 to 255")
                }
                result.append(bytes[start])
            }
            return (tensor.shape, result)
        } catch {
            throw error.located(in: .file(path))
        }
    }

    private static func side(features: Int) throws(PithError) -> Int {
        let side = Int(Double(max(features, 0)).squareRoot())
        guard side > 0, side * side == features else {
            throw PithError(.shapeMismatch, "\(features) pixels to a picture, which make no square")
        }
        return side
    }
}
