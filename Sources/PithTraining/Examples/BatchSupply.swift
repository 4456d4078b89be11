import PithMath

/// The batches of an epoch as tensors. Those of changed pictures are made a few at a time, those to come beside the
/// training if there are threads. Which batch a step gets, and every bit of it, depends on neither.
final class BatchSupply {
    private let examples: TrainingExamples
    private let augmenter: PictureAugmenter?
    private let size: Int
    private var order: [Int] = []
    private var epoch = 0
    private var ready = Portion(first: 0, batches: [])
    private var coming: BackgroundResult<Portion>?

    /// Batches of changed pictures that are made at once.
    private static let portion = 8

    private struct Portion: Sendable {
        let first: Int
        let batches: [Tensor]

        func holds(_ number: Int) -> Bool { number >= first && number < first + batches.count }
    }

    /// - Parameters:
    ///   - augmenter: What changes the pictures, nil for none.
    ///   - size: Examples of a batch; the last one has what is left.
    init(_ examples: TrainingExamples, _ augmenter: PictureAugmenter?, size: Int) {
        self.examples = examples
        self.augmenter = augmenter
        self.size = size
    }

    /// Begins an epoch.
    ///
    /// - Parameter order: The positions of all examples.
    func begin(epoch: Int, order: [Int]) {
        self.epoch = epoch
        self.order = order
        ready = Portion(first: 0, batches: [])
        coming = nil
    }

    /// The batch of this number in the epoch, and the labels.
    func batch(_ number: Int, on compute: Compute) -> (inputs: Tensor, labels: [UInt8]) {
        let positions = order[(number * size)..<min((number + 1) * size, order.count)]
        let labels = positions.map { examples.labels[$0] }
        guard let augmenter else { return (examples.batch(positions, on: compute), labels) }
        if !ready.holds(number) {
            let next = coming?.get()
            coming = nil
            if let next, next.holds(number) { ready = next } else { ready = make(from: number, augmenter)() }
            let following = ready.first + ready.batches.count
            if compute.pool.threads > 1, following * size < order.count {
                coming = BackgroundResult(make(from: following, augmenter))
            }
        }
        return (ready.batches[number - ready.first], labels)
    }

    private func make(from first: Int, _ augmenter: PictureAugmenter) -> @Sendable () -> Portion {
        let (examples, epoch, order, size) = (examples, epoch, order, size)
        let last = min(first + Self.portion, (order.count + size - 1) / size)
        return {
            let batches = (first..<last).map { number in
                let positions = order[(number * size)..<min((number + 1) * size, order.count)]
                return examples.batch(positions, epoch: epoch, augmenter)
            }
            return Portion(first: first, batches: batches)
        }
    }
}
