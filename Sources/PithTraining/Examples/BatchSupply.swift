import PithMath

/// The batches of an epoch as tensors, a few at a time, those to come made beside the training if wanted. Which batch a
/// step gets, and every bit of it, depends on neither.
final class BatchSupply {
    private let examples: TrainingExamples
    private let augmenter: PictureAugmenter?
    private let size: Int
    private var order: [Int] = []
    private var epoch = 0
    private var ready = Portion(first: 0, batches: [])
    private var coming: BackgroundResult<Portion>?

    /// Batches that are made at once.
    private static let portion = 8

    private struct Portion: Sendable {
        let first: Int
        let batches: [Tensor]
    }

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
    ///
    /// - Parameter isBeside: Whether a thread of its own makes the batches to come.
    func batch(_ number: Int, besideTraining isBeside: Bool) -> (inputs: Tensor, labels: [UInt8]) {
        if !holds(ready, number) {
            let next = coming?.get()
            coming = nil
            if let next, holds(next, number) { ready = next } else { ready = make(from: number)() }
            let following = ready.first + ready.batches.count
            if isBeside, following * size < order.count { coming = BackgroundResult(make(from: following)) }
        }
        return (ready.batches[number - ready.first], positions(number, order).map { examples.labels[$0] })
    }

    private func holds(_ portion: Portion, _ number: Int) -> Bool {
        number >= portion.first && number < portion.first + portion.batches.count
    }

    private func positions(_ number: Int, _ order: [Int]) -> ArraySlice<Int> {
        order[(number * size)..<min((number + 1) * size, order.count)]
    }

    private func make(from first: Int) -> @Sendable () -> Portion {
        let (examples, augmenter, epoch, order, size) = (examples, augmenter, epoch, order, size)
        let last = min(first + Self.portion, (order.count + size - 1) / size)
        return {
            let batches = (first..<last).map { number in
                let positions = order[(number * size)..<min((number + 1) * size, order.count)]
                guard let augmenter else { return examples.batch(positions) }
                return examples.batch(positions, epoch: epoch, augmenter)
            }
            return Portion(first: first, batches: batches)
        }
    }
}
