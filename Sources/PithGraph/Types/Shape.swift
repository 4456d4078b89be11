/// The extents of a tensor, outermost first; rank 0 is a scalar.
///
/// A shape's element count is known not to overflow and to be within `Limits`.
public struct Shape: Sendable, Hashable {
    /// The extents, each 0 or more.
    public let dimensions: [Int]

    /// The product of the extents: 1 for a scalar.
    public let elementCount: Int

    /// Creates a shape from extents that may come from outside.
    ///
    /// - Throws: `shapeMismatch` for a negative extent, `limitExceeded` for a rank over `Limits.rank` or an element
    ///   count over `Limits.elementCount`.
    public init(checking dimensions: [Int]) throws(PithError) {
        elementCount = try Self.elementCount(checking: dimensions.count) { dimensions[$0] }
        self.dimensions = dimensions
    }

    /// The product of extents that may come from outside, without an array of them.
    ///
    /// - Throws: As `init(checking:)`.
    static func elementCount(checking rank: Int, _ extents: (Int) -> Int) throws(PithError) -> Int {
        guard rank <= Limits.rank else {
            throw PithError(.limitExceeded, "rank \(rank) is over the limit of \(Limits.rank)")
        }
        var count = 1
        var hasZero = false
        for index in 0..<rank {
            let extent = extents(index)
            guard extent >= 0 else { throw PithError(.shapeMismatch, "the extent \(extent) is negative") }
            guard extent != 0 else {
                hasZero = true
                continue
            }
            let (product, overflow) = count.multipliedReportingOverflow(by: extent)
            guard !overflow, product <= Limits.elementCount else { throw tooLarge((0..<rank).map(extents)) }
            count = product
        }
        return hasZero ? 0 : count
    }

    private static func tooLarge(_ dimensions: [Int]) -> PithError {
        PithError(.limitExceeded, "shape \(describe(dimensions)) has over \(Limits.elementCount) elements")
    }

    /// Creates a shape from extents that the caller knows to be valid.
    ///
    /// - Precondition: `init(checking:)` would accept them.
    public init(_ dimensions: [Int]) {
        do throws(PithError) {
            self = try Shape(checking: dimensions)
        } catch {
            preconditionFailure("invalid shape")
        }
    }
}

extension Shape {
    /// The number of dimensions.
    public var rank: Int { dimensions.count }

    /// The extent of a dimension, 0 the outermost.
    public subscript(index: Int) -> Int { dimensions[index] }

    /// For each dimension, how many elements lie between neighbours along it, in row-major order.
    public var strides: [Int] {
        var strides = [Int](repeating: 1, count: rank)
        var stride = 1
        for index in dimensions.indices.reversed() {
            strides[index] = stride
            stride *= max(dimensions[index], 1)
        }
        return strides
    }
}

extension Shape: ExpressibleByArrayLiteral {
    /// Creates a shape from extents written in the source.
    public init(arrayLiteral elements: Int...) { self.init(elements) }
}

extension Shape: CustomStringConvertible {
    /// For example `[64, 784]`.
    public var description: String { Self.describe(dimensions) }

    static func describe(_ dimensions: [Int]) -> String {
        var text = "["
        for (index, dimension) in dimensions.enumerated() { text += index == 0 ? "\(dimension)" : ", \(dimension)" }
        return text + "]"
    }
}
