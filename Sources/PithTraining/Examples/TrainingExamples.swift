public import PithGraph
import PithMath

/// Examples to learn from or to measure with: a picture of bytes and a label each.
public struct TrainingExamples: Sendable {
    /// All pixels, example after example, rows from the top.
    public let pixels: [UInt8]
    /// The label of each example.
    public let labels: [UInt8]
    /// Rows of a picture.
    public let height: Int
    /// Columns of a picture.
    public let width: Int

    /// Creates a set.
    ///
    /// - Throws: `shapeMismatch` when there are not `height * width` pixels per label, or nothing at all.
    public init(pixels: [UInt8], labels: [UInt8], height: Int, width: Int) throws(PithError) {
        let features = try Shape(checking: [height, width]).elementCount
        guard !labels.isEmpty, features > 0, pixels.count / features == labels.count, pixels.count % features == 0
        else {
            throw PithError(
                .shapeMismatch,
                "\(pixels.count) pixels do not make \(labels.count) pictures of \(height) × \(width)")
        }
        self.pixels = pixels
        self.labels = labels
        self.height = height
        self.width = width
    }

    /// The number of examples.
    public var count: Int { labels.count }

    /// Bytes per example.
    public var features: Int { height * width }

    /// The examples at some positions, in their order.
    ///
    /// - Precondition: There is at least one, and each is below `count`.
    public func selecting(_ positions: some Sequence<Int>) -> TrainingExamples {
        var (chosenPixels, chosenLabels): ([UInt8], [UInt8]) = ([], [])
        for position in positions {
            chosenPixels += pixels[(position * features)..<((position + 1) * features)]
            chosenLabels.append(labels[position])
        }
        precondition(!chosenLabels.isEmpty, "no example is chosen")
        return TrainingExamples(chosenPixels, chosenLabels, like: self)
    }

    private init(_ pixels: [UInt8], _ labels: [UInt8], like other: TrainingExamples) {
        self.pixels = pixels
        self.labels = labels
        height = other.height
        width = other.width
    }

    /// Splits off examples to choose settings by: the last ones of the permutation that the stream `validation` draws.
    ///
    /// - Returns: The others, in their order, and those split off; nil for none.
    /// - Throws: `invalidArgument` when nothing would be left to learn from.
    func split(validation count: Int, seed: UInt64) throws(PithError) -> (TrainingExamples, TrainingExamples?) {
        guard count >= 0, count < self.count else {
            throw PithError(
                .invalidArgument, "\(count) of \(self.count) examples for validation leave none to learn from")
        }
        guard count > 0 else { return (self, nil) }
        var stream = RandomStream(seed: seed, name: "validation")
        let order = stream.permutation(count: self.count)
        let kept = self.count - count
        return (selecting(order[..<kept].sorted()), selecting(order[kept...].sorted()))
    }

    /// Rows that a thread converts at a time.
    private static let rowsPerPiece = 16

    /// The examples at some positions as a tensor [positions, features], each byte divided by 255.
    func batch(_ positions: ArraySlice<Int>, on compute: Compute) -> Tensor {
        var result = Tensor(uninitialized: .float32, [positions.count, features])
        let features = self.features
        unsafe pixels.withUnsafeBufferPointer { pixels in
            guard let pixels = pixels.baseAddress else { return }
            unsafe result.withMutableFloatPointer { result in
                let pieces = (positions.count + Self.rowsPerPiece - 1) / Self.rowsPerPiece
                compute.pool.forEach(count: pieces) { piece in
                    for row in piece * Self.rowsPerPiece..<min((piece + 1) * Self.rowsPerPiece, positions.count) {
                        let source = unsafe pixels + positions[positions.startIndex + row] * features
                        let target = unsafe result + row * features
                        for index in 0..<features { unsafe target[index] = Float(source[index]) / 255 }
                    }
                }
            }
        }
        return result
    }

    /// The same after an augmentation.
    ///
    /// - Parameter epoch: From 0; the random numbers of an example are those of its epoch.
    func batch(_ positions: ArraySlice<Int>, epoch: Int, _ augmenter: PictureAugmenter) -> Tensor {
        var result = Tensor(zeros: [positions.count, features])
        var scratch = augmenter.makeScratch()
        unsafe pixels.withUnsafeBufferPointer { source in
            guard let source = source.baseAddress else { return }
            unsafe result.withMutableFloatPointer { target in
                for (row, position) in positions.enumerated() {
                    unsafe augmenter.write(
                        number: UInt64(epoch) * UInt64(count) + UInt64(position), from: source + position * features,
                        to: target + row * features, scratch: &scratch)
                }
            }
        }
        return result
    }

    /// FNV-1a over count, size, labels and pixels, eight of those at a time: tells one data set from another when a
    /// training goes on.
    var identity: UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func take(_ word: UInt64) { hash = (hash ^ word) &* 0x100_0000_01B3 }
        for number in [count, height, width] { take(UInt64(number)) }
        for label in labels { take(UInt64(label)) }
        unsafe pixels.withUnsafeBytes { bytes in
            let words = bytes.count / 8
            for word in 0..<words {
                take(UInt64(littleEndian: unsafe bytes.loadUnaligned(fromByteOffset: 8 * word, as: UInt64.self)))
            }
            for index in (8 * words)..<bytes.count { take(UInt64(unsafe bytes[index])) }
        }
        return hash
    }
}
