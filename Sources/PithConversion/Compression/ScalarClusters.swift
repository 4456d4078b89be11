/// The `count` values that stand closest to some numbers, in the sum of squared distances: k-means in one dimension,
/// where clusters are runs of the sorted numbers, so that dynamic programming finds the best ones (Wang and Song,
/// "Ckmeans.1d.dp", The R Journal 3/2, 2011), by divide and conquer in O(k n log n).
///
/// Exact for at most `exactLimit` different numbers. More are first merged to about that many runs of neighbours, and what
/// is best for these is improved on the numbers themselves by Lloyd's iterations, which never make it worse. The same
/// numbers give the same values, bit for bit.
package struct ScalarClusters {
    /// Different numbers up to which the result is the best there is.
    package static let exactLimit = 1 << 14

    private static let iterations = 200

    /// The numbers in order, and with their mean taken away, so that little cancels.
    private let ordered: [Float]
    private let sorted: [Double]
    private let mean: Double
    /// Of the first numbers, from none to all.
    private var sums: [Sums] = [Sums()]

    private struct Sums {
        var sum = 0.0
        var squares = 0.0
    }

    /// - Parameter numbers: Finite, in any order.
    package init(_ numbers: [Float]) {
        ordered = numbers.sorted()
        let mean = ordered.reduce(0.0) { $0 + Double($1) } / Double(max(ordered.count, 1))
        self.mean = mean
        sorted = ordered.map { Double($0) - mean }
        sums.reserveCapacity(sorted.count + 1)
        var total = Sums()
        for number in sorted {
            total.sum += number
            total.squares += number * number
            sums.append(total)
        }
    }

    /// The sum of squared distances of a run of numbers to their mean.
    private func cost(_ start: Int, _ end: Int) -> Double {
        guard end - start > 1 else { return 0 }
        let sum = sums[end].sum - sums[start].sum
        return max(sums[end].squares - sums[start].squares - sum * sum / Double(end - start), 0)
    }

    /// The means of runs of numbers.
    private func means(_ cuts: [Int]) -> [Double] {
        zip(cuts, cuts.dropFirst()).map { (sums[$1].sum - sums[$0].sum) / Double($1 - $0) }
    }

    /// The best values in ascending order, as many as asked for or as there are different numbers.
    ///
    /// - Parameter limit: How many runs of neighbours are told apart.
    package func values(_ count: Int, limit: Int = exactLimit) -> [Float] {
        guard !sorted.isEmpty else { return [] }
        if distinctCount <= count {
            return ordered.indices.filter { $0 == 0 || ordered[$0] != ordered[$0 - 1] }.map { ordered[$0] }
        }
        let edges = edges(limit)
        var cuts = bestCuts(edges, min(count, edges.count - 1))
        if edges.count - 1 < distinctCount { improve(&cuts) }
        return means(cuts).map { Float(mean + $0) }
    }

    private var distinctCount: Int {
        ordered.indices.dropFirst().reduce(1) { $0 + (ordered[$1] == ordered[$1 - 1] ? 0 : 1) }
    }

    /// Where runs begin, and the end: a run for each different number, or when these are over the limit for neighbours
    /// that share both one of limit/2 equal parts of the range and one of limit/2 equal parts of the numbers.
    private func edges(_ limit: Int) -> [Int] {
        let isExact = distinctCount <= limit
        let parts = max(limit / 2, 1)
        let (low, high) = (sorted[0], sorted[sorted.count - 1])
        let scale = high > low ? Double(parts) / (high - low) : 0
        var edges = [0]
        for index in sorted.indices.dropFirst() where sorted[index] != sorted[index - 1] {
            let begins =
                isExact || Int((sorted[index] - low) * scale) != Int((sorted[index - 1] - low) * scale)
                || index * parts / sorted.count != edges[edges.count - 1] * parts / sorted.count
            if begins { edges.append(index) }
        }
        return edges + [sorted.count]
    }

    /// The first number of each cluster, and the end.
    private func bestCuts(_ edges: [Int], _ count: Int) -> [Int] {
        let runs = edges.count - 1
        var best = (0...runs).map { cost(0, edges[$0]) }
        var choices: [[Int32]] = []
        for clusters in 1..<max(count, 1) {
            var next = [Double](repeating: 0, count: runs + 1)
            var choice = [Int32](repeating: 0, count: runs + 1)
            // The best beginning of the last cluster never moves down when the end moves up.
            var tasks = [(low: clusters + 1, high: runs, first: clusters, last: runs - 1)]
            while let task = tasks.popLast() {
                guard task.low <= task.high else { continue }
                let end = (task.low + task.high) / 2
                var (least, place) = (Double.infinity, task.first)
                for start in task.first...min(task.last, end - 1) {
                    let sum = best[start] + cost(edges[start], edges[end])
                    if sum < least { (least, place) = (sum, start) }
                }
                next[end] = least
                choice[end] = Int32(place)
                tasks.append((task.low, end - 1, task.first, place))
                tasks.append((end + 1, task.high, place, task.last))
            }
            best = next
            choices.append(choice)
        }
        var cuts = [edges[runs]]
        var end = runs
        for choice in choices.reversed() {
            end = Int(choice[end])
            cuts.append(edges[end])
        }
        return [0] + cuts.dropFirst().reversed() + [edges[runs]]
    }

    /// Lloyd's iterations: each number to the nearest mean, then the means again, until none moves.
    private func improve(_ cuts: inout [Int]) {
        for _ in 0..<Self.iterations {
            let means = means(cuts)
            var moved = [0]
            for (left, right) in zip(means, means.dropFirst()) {
                let cut = firstIndex(over: (left + right) / 2)
                if cut > moved[moved.count - 1] { moved.append(cut) }
            }
            moved.append(sorted.count)
            guard moved != cuts, moved.count == cuts.count else { return }
            cuts = moved
        }
    }

    private func firstIndex(over value: Double) -> Int {
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] > value { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
