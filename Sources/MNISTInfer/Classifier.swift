import DigitImages
import Pith
import PithData
import PithGraph
import PithMath

/// A model and a session, as this program uses them: 784 pixels in, a probability for each class out.
struct Classifier {
    /// A class and how probable it is.
    struct Prediction {
        let label: String
        let probability: Float
    }

    let model: Model
    private var session: Session

    /// Loads a model, the embedded one when no path is given.
    init(path: String?, threads: Int) throws(PithError) {
        if let path {
            model = try Model(contentsOf: path)
        } else {
            model = try Model(bytes: PackageResources.mnist_pith)
        }
        session = try model.makeSession(threads: threads)
    }

    /// The probabilities for pixels of 0...1, `[count, 784]`, as `count` rows.
    mutating func run(_ pixels: [Float], count: Int) throws(PithError) -> [[Float]] {
        let mean = Float(model.inputMean)
        let deviation = Float(model.inputStandardDeviation)
        let input = mean == 0 && deviation == 1 ? pixels : pixels.map { ($0 - mean) / deviation }
        let side = DigitImage.side
        let output = try session.run(Tensor(input, shape: try Shape(checking: [count, side * side])))
        guard output.elementType == .float32, output.shape.rank == 2, output.shape[0] == count, output.shape[1] > 0
        else {
            throw PithError(
                .shapeMismatch, "the model gives \(output), expected f32 [\(count), classes]",
                advice: "use a model that classifies digits")
        }
        let (values, classes) = (output.floats, output.shape[1])
        return (0..<count).map { Array(values[($0 * classes)..<(($0 + 1) * classes)]) }
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
