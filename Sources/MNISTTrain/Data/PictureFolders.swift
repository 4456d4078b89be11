import DigitImages
import PithData
import PithGraph
import PithTraining

/// A folder of PNG files for each class.
enum PictureFolders {
    /// The names of the classes: numbers in their order, or else in alphabetical order.
    static func classes(of folder: String) throws(PithError) -> [String] {
        var names = try entries(of: folder).filter { exists("\(folder)/\($0)/") }
        let numbers = names.compactMap { Int($0) }
        if numbers.count == names.count { names = numbers.sorted().map { "\($0)" } }
        guard names.count >= 2, names.count <= 256 else {
            throw PithError(
                .malformed, "\(names.count) folders of classes, where 2 to 256 are needed", at: .file(folder),
                advice: "put the pictures of each class into a folder of its name")
        }
        return names
    }

    /// All pictures, class after class, and files in the order of their names. Pictures of 28 × 28 are taken as they
    /// are, strokes bright on dark; others are prepared as `mnist-infer` does.
    static func read(_ folder: String, _ classes: [String]) throws(PithError) -> TrainingExamples {
        guard exists(folder + "/") else {
            throw PithError(.fileNotFound, "there is no such folder", at: .file(folder))
        }
        var (pixels, labels): ([UInt8], [UInt8]) = ([], [])
        for (label, name) in classes.enumerated() where exists("\(folder)/\(name)/") {
            for file in try entries(of: "\(folder)/\(name)") where file.lowercased().hasSuffix(".png") {
                pixels += try read("\(folder)/\(name)/\(file)")
                labels.append(UInt8(label))
            }
        }
        guard !labels.isEmpty else {
            throw PithError(.fileNotFound, "there is no PNG file in the folders of classes", at: .file(folder))
        }
        return try TrainingExamples(
            pixels: pixels, labels: labels, height: DigitImage.side, width: DigitImage.side)
    }

    private static func read(_ path: String) throws(PithError) -> [UInt8] {
        do throws(PithError) {
            let picture = try GreyPicture(decoding: DataFile.read(path: path))
            if picture.width == DigitImage.side, picture.height == DigitImage.side { return picture.pixels }
            return try DigitImage(preparing: picture).pixels.map { UInt8(($0 * 255).rounded()) }
        } catch {
            throw error.located(in: .file(path))
        }
    }
}
