public import PithGraph
import PithMath

/// Examples to learn from or to measure with: bytes per example, and a label each.
public struct TrainingExamples: Sendable {
    /// All pixels, example after example.
    public let pixels: [UInt8]
    /// The label of each example.
    public let labels: [UInt8]
    /// Bytes per example.
    public let features: Int

    /// Creates a set.
    ///
    /// - Throws: `shapeMismatch` when there are not `features` pixels per label, or nothing at all.
    public init(pixels: [UInt8], labels: [UInt8], features: Int) throws(PithError) {
        guard !labels.isEmpty, features > 0, pixels.count / features == labels.count, pixels.count % features == 0
        else {
            throw PithError(
                .shapeMismatch, "\(pixels.count) pixels do not make \(labels.count) examples of \(features)")
        }
        self.pixels = pixels
        self.labels = labels
        self.features = features
    }

    /// The number of examples.
    public var count: Int { labels.count }

    /// The examples at some positions as a tensor [positions, features], each byte divided by 255.
    func batch(_ positions: ArraySlice<Int>) -> Tensor {
        let table = (0...255).map { Float($0) / 255 }
        var result = Tensor(zeros: [positions.count, features])
        unsafe result.withMutableFloatPointer { target in
            for (row, position) in positions.enumerated() {
                let source = position * features
                for index in 0..<features { unsafe target[row * features + index] = table[Int(pixels[source + index])] }
            }
        }
        return result
    }

    /// FNV-1a over count and labels: enough to tell one data set from another when a training goes on.
    var identity: UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for label in labels { hash = (hash ^ UInt64(label)) &* 0x100_0000_01B3 }
        return hash ^ UInt64(count)
    }
}
