import DigitImages
import Pith
import PithData
import PithGraph
import PithMath

/// A model and a session, as this program uses them: 784 pixels in, a probability for each class out. The model may take
/// the pixels in any shape of that many, and give logits or log-probabilities, as its metadata say.
struct Classifier {
    /// A class and how probable it is.
    struct Prediction {
        let label: String
        let probability: Float
    }

    let model: Model
    private var session: Session
    private let inputExtents: [Int]
    private let outputKind: OutputKind

    /// Loads a model, the embedded one when no path is given.
    init(path: String?, threads: Int) throws(PithError) {
        if let path {
            model = try Model(contentsOf: path)
        } else {
            model = try Model(bytes: PackageResources.mnist_pith)
        }
        session = try model.makeSession(threads: threads)
        inputExtents = try Self.inputExtents(of: model)
        guard let kind = model.outputKind else {
            throw PithError(
                .invalidArgument,
                "the model does not say what its outputs are: the key output.kind is missing or unknown",
                advice: "convert it with --output logits, log-probabilities or probabilities")
        }
        outputKind = kind
    }

    /// The extents of one picture as the model takes it, for example 784, or 1, 28, 28.
    private static func inputExtents(of model: Model) throws(PithError) -> [Int] {
        guard model.inputs.count == 1, model.outputs.count == 1, let type = model.inputs.first?.type,
            type.elementType == .float32, type.rank > 1
        else { throw other(model, "one picture in and one row of numbers out are needed") }
        let extents = type.dimensions.dropFirst().map { $0.extent ?? 0 }
        guard extents.reduce(1, { $0.multipliedReportingOverflow(by: $1).partialValue }) == DigitImage.pixelCount else {
            throw other(model, "the input is \(type), which is not \(DigitImage.pixelCount) pixels")
        }
        return extents
    }

    private static func other(_ model: Model, _ reason: String) -> PithError {
        PithError(.shapeMismatch, reason, advice: "use a model that classifies digits")
    }

    /// The probabilities for pixels of 0...1, `[count, 784]`, as `count` rows.
    mutating func run(_ pixels: [Float], count: Int) throws(PithError) -> [[Float]] {
        let mean = Float(model.inputMean)
        let deviation = Float(model.inputStandardDeviation)
        let input = mean == 0 && deviation == 1 ? pixels : pixels.map { ($0 - mean) / deviation }
        let output = try session.run(Tensor(input, shape: try Shape(checking: [count] + inputExtents)))
        guard output.elementType == .float32, output.shape.rank == 2, output.shape[0] == count, output.shape[1] > 0
        else {
            throw PithError(
                .shapeMismatch, "the model gives \(output), expected f32 [\(count), classes]",
                advice: "use a model that classifies digits")
        }
        let (values, classes) = (output.floats, output.shape[1])
        return (0..<count).map { probabilities(values[($0 * classes)..<(($0 + 1) * classes)]) }
    }

    private func probabilities(_ outputs: ArraySlice<Float>) -> [Float] {
        switch outputKind {
        case .probabilities: return Array(outputs)
        case .logProbabilities: return outputs.map { Elementary.exp($0) }
        case .logits:
            let greatest = outputs.max() ?? 0
            let powers = outputs.map { Elementary.exp($0 - greatest) }
            let sum = powers.reduce(0, +)
            return powers.map { $0 / sum }
        }
    }

    /// The most probable classes, greatest first; of equals the first class first, NaN last.
    func best(_ probabilities: [Float], top: Int) -> [Prediction] {
        let order = probabilities.indices.sorted { left, right in
            let (a, b) = (probabilities[left], probabilities[right])
            if a.isNaN || b.isNaN || a == b { return a.isNaN == b.isNaN ? left < right : b.isNaN }
            return a > b
        }
        return order.prefix(top).map { Prediction(label: label($0), probability: probabilities[$0]) }
    }

    /// The name of a class, its number when the model does not name it.
    func label(_ index: Int) -> String {
        let labels = model.labels
        return index < labels.count ? labels[index] : "\(index)"
    }
}
