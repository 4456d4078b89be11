import Foundation
import PithGraph

/// What is counted of a tensor's elements in one pass, in memory that does not grow with them.
struct TensorCensus {
    let type: ElementType
    private(set) var count = 0
    private(set) var zeros = 0
    /// Infinities and NaNs.
    private(set) var nonFinite = 0
    private(set) var minimum = Double.infinity
    private(set) var maximum = -Double.infinity
    private var sum = 0.0
    private var squares = 0.0
    /// How often each value of each byte plane occurs, the sign of floats rotated to the lowest bit as in a file.
    private var planes: [[Int]]
    /// How often each leading 16 bits of a binary32 occur: fine enough for any histogram.
    private var buckets = [Int](repeating: 0, count: 1 << 16)

    init(_ type: ElementType) {
        self.type = type
        planes = Array(repeating: [Int](repeating: 0, count: 256), count: type.byteCount)
    }

    mutating func add(_ bytes: [UInt8]) {
        let width = type.byteCount
        for index in 0..<(bytes.count / width) {
            let value = ElementValue.value(bytes, index, type)
            count += 1
            if value == 0 { zeros += 1 }
            if value.isFinite {
                minimum = min(minimum, value)
                maximum = max(maximum, value)
                sum += value
                squares += value * value
                buckets[Int(Float(value).bitPattern >> 16)] += 1
            } else {
                nonFinite += 1
            }
        }
        countPlanes(bytes)
    }

    private mutating func countPlanes(_ bytes: [UInt8]) {
        let width = type.byteCount
        let rotates = type.isFloatingPoint
        for start in stride(from: 0, to: bytes.count - width + 1, by: width) {
            var carry = rotates ? bytes[start + width - 1] >> 7 : 0
            for plane in 0..<width {
                let byte = bytes[start + plane]
                planes[plane][Int(rotates ? byte << 1 | carry : byte)] += 1
                carry = byte >> 7
            }
        }
    }

    var mean: Double { count > nonFinite ? sum / Double(count - nonFinite) : 0 }

    /// The standard deviation of the finite elements.
    var deviation: Double {
        guard count > nonFinite else { return 0 }
        return max(squares / Double(count - nonFinite) - mean * mean, 0).squareRoot()
    }

    /// Bytes that an ideal code would need that knows how often each value of each byte plane occurs, and nothing else;
    /// the code's own description left out.
    var orderZeroBytes: Double {
        guard count > 0 else { return 0 }
        let bits = planes.joined().reduce(0.0) { sum, frequency in
            guard frequency > 0 else { return sum }
            return sum - Double(frequency) * log2(Double(frequency) / Double(count))
        }
        return bits / 8
    }

    /// How many finite elements lie in each of so many equal parts of `minimum...maximum`, to 1 part in 128 of a value.
    func histogram(bins: Int) -> [Int] {
        count > nonFinite ? histogram(bins: bins, over: minimum...maximum) : [Int](repeating: 0, count: bins)
    }

    /// How many lie in each of so many equal parts of a range, which holds all finite elements.
    func histogram(bins: Int, over range: ClosedRange<Double>) -> [Int] {
        var result = [Int](repeating: 0, count: bins)
        let width = range.upperBound - range.lowerBound
        let scale = width > 0 ? Double(bins) / width : 0
        for (bucket, frequency) in buckets.enumerated() where frequency > 0 {
            // The middle of the bucket, so that neither end draws all.
            let middle = Double(Float(bitPattern: UInt32(bucket) << 16 | 0x8000))
            let value = bucket & 0x7FFF == 0 ? 0 : min(max(middle, minimum), maximum)
            result[min(max(Int((value - range.lowerBound) * scale), 0), bins - 1)] += frequency
        }
        return result
    }

    /// A histogram as a line of blocks.
    func line(bins: Int) -> String {
        let histogram = histogram(bins: bins)
        let blocks = Array(" ▁▂▃▄▅▆▇█")
        let greatest = Double(max(histogram.max() ?? 0, 1))
        return String(
            histogram.map { frequency in
                frequency == 0 ? blocks[0] : blocks[max(Int((Double(frequency) / greatest * 8).rounded()), 1)]
            })
    }
}
