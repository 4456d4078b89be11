import PithFormat
import PithGraph
import PithMath

/// Choosing recipes so that a file has at most so many bytes.
extension Compressor {
    /// What is tried for a tensor.
    private static let menu: [WeightRecipe] = {
        let dense: [WeightRecipe.Precision] = [
            .bfloat16, .int8, .palette(128), .palette(64), .palette(32), .palette(16), .palette(8), .palette(4),
        ]
        let sparse = [
            (0.5, 32), (0.5, 16), (0.5, 8), (0.3, 16), (0.3, 8), (0.2, 8), (0.1, 8), (0.05, 8), (0.02, 4),
        ]
        return dense.map { WeightRecipe(precision: $0) }
            + sparse.map { WeightRecipe(density: $0.0, precision: .palette($0.1)) }
    }()

    /// A way to hold a tensor.
    fileprivate struct Choice {
        let bytes: Int
        /// The sum of squared differences over the mean square of the tensor's weights.
        let error: Double
        /// nil for the tensor as it is.
        let part: Part?

        /// Error for each byte that another way saves.
        func price(to other: Choice) -> Double { (other.error - error) / Double(bytes - other.bytes) }
    }

    /// What is chosen among, whatever the size.
    struct Search {
        /// What the rules ask for, by tensor.
        fileprivate var ruled: [String: Part] = [:]
        /// The other matrices and kernels, none compressed yet.
        fileprivate var allocations: [Allocation] = []
    }

    /// Tries every way for each tensor.
    ///
    /// - Throws: As `parts(_:)`.
    func search(_ source: ModelFile) throws(PithError) -> Search {
        var search = Search()
        for part in try parts(source) { search.ruled[part.name] = part }
        for tensor in try compressible(source)
        where search.ruled[tensor.name] == nil && tensor.shape.rank >= 2 && !rules.hasPattern(for: tensor.name) {
            search.allocations.append(Allocation(tensor.name, try choices(tensor)))
        }
        return search
    }

    /// The recipes with the least error that is found for a file of at most so many bytes.
    ///
    /// The error is the sum over all elements of the squared difference over the mean square of the element's tensor, so
    /// that a layer counts by its elements and not by its scale. Of each tensor the ways on the lower convex hull of
    /// bytes and error are taken in turn, over all tensors the step that costs the least error for a byte first, until
    /// the file is small enough (Shoham and Gersho, "Efficient bit allocation for an arbitrary set of quantizers",
    /// 1988). What room is left then goes to whichever way back saves the most error. Tensors that a rule is for keep to it.
    ///
    /// - Throws: `invalidArgument` naming the least size that was reached, and errors of running the model.
    func parts(_ source: ModelFile, toBytes target: Int, of search: Search) throws(PithError) -> [Part] {
        var (parts, allocations) = (search.ruled, search.allocations)
        func size() throws(PithError) -> Int {
            for allocation in allocations { parts[allocation.name] = allocation.current.part }
            return try contents(source, source.tensors.compactMap { parts[$0.name] }).encoded(options).count
        }
        var bytes = try size()
        while bytes > target {
            // As many steps as should be enough; then the file itself is measured.
            var missing = bytes - target
            while missing > 0 {
                let cheapest = allocations.indices.filter { allocations[$0].price != nil }.min {
                    (allocations[$0].price ?? 0) < (allocations[$1].price ?? 0)
                }
                guard let cheapest else { break }
                missing -= allocations[cheapest].step()
            }
            let before = bytes
            bytes = try size()
            guard bytes <= target || bytes < before else {
                throw PithError(
                    .invalidArgument, "the smallest file that was found has \(bytes) bytes, over \(target)",
                    advice: "add rules that prune more, or convert with fewer test vectors")
            }
        }
        while bytes < target {
            let ways = allocations.map { $0.bestWayBack(target - bytes) }
            let best = ways.indices.max { (ways[$0]?.gain ?? 0, $1) < (ways[$1]?.gain ?? 0, $0) }
            guard let best, let way = ways[best], way.gain > 0 else { break }
            let before = allocations[best]
            allocations[best].choose(way.choice)
            let after = try size()
            guard after <= target else {
                // What chunks share makes a file a little larger than its parts.
                allocations[best] = before
                bytes = try size()
                break
            }
            bytes = after
        }
        return source.tensors.compactMap { parts[$0.name] }
    }

    /// The ways to hold a tensor, and the one that is chosen.
    fileprivate struct Allocation {
        let name: String
        /// By error, each of fewer bytes than the one before.
        private let choices: [Choice]
        /// The positions of those on the lower convex hull.
        private let hull: [Int]
        private var chosen = 0

        init(_ name: String, _ choices: [Choice]) {
            self.name = name
            self.choices = choices
            var hull: [Int] = []
            for (position, choice) in choices.enumerated() {
                // A way that costs more for a byte than the one after it is left out.
                while hull.count > 1 {
                    let (first, last) = (choices[hull[hull.count - 2]], choices[hull[hull.count - 1]])
                    guard first.price(to: last) >= last.price(to: choice) else { break }
                    hull.removeLast()
                }
                hull.append(position)
            }
            self.hull = hull
        }

        var current: Choice { choices[chosen] }

        private var next: Int? { hull.first { $0 > chosen } }

        /// Error for each byte that the next step saves; nil when there is none.
        var price: Double? { next.map { current.price(to: choices[$0]) } }

        /// Goes on along the hull; gives the bytes saved.
        mutating func step() -> Int {
            guard let next else { return 0 }
            let saved = current.bytes - choices[next].bytes
            chosen = next
            return saved
        }

        /// The way with the least error that takes at most so many bytes more.
        func bestWayBack(_ room: Int) -> (choice: Int, gain: Double)? {
            choices[..<chosen].firstIndex { $0.bytes - current.bytes <= room }.map {
                ($0, current.error - choices[$0].error)
            }
        }

        mutating func choose(_ choice: Int) { chosen = choice }
    }

    /// The ways to hold a tensor that no other betters in both bytes and error, from the tensor as it is.
    private func choices(_ tensor: Candidate) throws(PithError) -> [Choice] {
        let weights = tensor.tensor.floats
        let square = weights.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(weights.count)
        let plain = CompressedTensor(name: tensor.name, shape: tensor.shape, kept: nil, weights: .plain(tensor.tensor))
        var choices = [Choice(bytes: try plain.smallest(options).bytes, error: 0, part: nil)]
        for recipe in square > 0 ? Self.menu : [] {
            let result = try tensor.compress(recipe, options)
            let error = WeightError(weights, result.tensor.values).relative
            choices.append(
                Choice(
                    bytes: result.bytes, error: error * error * Double(weights.count),
                    part: Part(name: tensor.name, recipe: recipe, tensor: result.tensor, stored: result.stored)))
        }
        choices.sort { ($0.error, $0.bytes) < ($1.error, $1.bytes) }
        return choices.reduce(into: []) { best, choice in
            if best.last.map({ choice.bytes < $0.bytes }) ?? true { best.append(choice) }
        }
    }
}
