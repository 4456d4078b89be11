/// The largest sizes that Pith accepts, checked before anything of that size is allocated
/// (`spec/FORMAT.md`, "Limits"). A reader may set lower ones for a file of its own with `ReadingLimits`.
public enum Limits {
    /// Dimensions of one tensor.
    public static let rank = 8

    /// Elements of one tensor: 2⁴⁰, or the greatest `Int` where that has 32 bits.
    public static let elementCount = Int(clamping: Int64(1) << 40)

    /// UTF-8 bytes of one name.
    public static let nameBytes = 1024

    /// Nodes of one graph.
    public static let nodes = 1 << 20

    /// Inputs, or outputs, of one node or graph.
    public static let operands = 1 << 10

    /// Values of one graph: inputs, initializers and node outputs.
    public static let values = 1 << 21

    /// Integers, numbers or UTF-8 bytes in one attribute.
    public static let attributeElements = 1 << 16

    /// Bytes of a tensor in one attribute.
    public static let attributeBytes = 1 << 20

    /// How deep graphs may stand inside nodes of graphs.
    public static let graphDepth = 8

    /// Elements of a value that shape rules follow.
    public static let knownElements = 1 << 10
}

extension Limits {
    /// Checks that a text is a name: 1 to `nameBytes` bytes, none of them zero.
    ///
    /// - Parameter mayBeEmpty: Whether no name at all will do.
    /// - Throws: `invalidName`, `limitExceeded` for a name that is too long.
    package static func check(name: String, mayBeEmpty: Bool = false) throws(PithError) {
        guard name.utf8.count <= nameBytes else {
            throw PithError(.limitExceeded, "a name has over \(nameBytes) bytes")
        }
        guard mayBeEmpty || !name.isEmpty else { throw PithError(.invalidName, "a name is empty") }
        guard !name.utf8.contains(0) else { throw PithError(.invalidName, "a name has a zero byte") }
    }
}
