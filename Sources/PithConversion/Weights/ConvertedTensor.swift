import PithFormat
import PithGraph
import PithMath

/// A tensor of a source as it is to be stored.
struct ConvertedTensor: Sendable {
    private let source: SourceTensor

    /// The type in which the elements are stored.
    let elementType: ElementType

    /// A tensor in another float type; one that is not of floats stays as it is.
    init(_ source: SourceTensor, as type: ElementType) {
        self.source = source
        let converts = type.isFloatingPoint && source.elementType.isFloatingPoint
        elementType = converts ? type : source.elementType
    }

    var name: String { source.name }

    private var isConverted: Bool { elementType != source.elementType }

    /// The tensor in memory.
    ///
    /// - Throws: Errors of reading, and of numbers that the type cannot have.
    func stored() throws(PithError) -> StoredTensor {
        guard isConverted else { return try source.stored() }
        do throws(PithError) {
            return try StoredTensor(
                name: name, elementType: elementType, shape: source.shape,
                bytes: converted(source.bytes()[...]))
        } catch {
            throw error.located(in: .tensor(name))
        }
    }

    /// Bytes of a tensor that a smaller representation is looked for: that takes several times its memory.
    private static let searchedBytes = 64 << 20

    /// The same elements in the representation that takes the fewest bytes, which is in memory where it is encoded.
    func smallest(_ options: EncodingOptions) throws(PithError) -> (tensor: ConvertedTensor, encoded: StoredTensor?) {
        guard elementType == .float32, source.foreign == nil, source.byteCount <= Self.searchedBytes else {
            return (self, nil)
        }
        let best = try stored().smallest(for: options)
        guard best.encoding == .plain else { return (self, best) }
        return (ConvertedTensor(source, as: best.elementType), nil)
    }

    /// The tensor, read while it is written.
    func streamed(keeping kept: KeptTensor) throws(PithError) -> StreamedTensor {
        if let foreign = source.foreign {
            return try StreamedTensor(name: name, foreign: foreign, byteCount: source.byteCount) {
                _, range throws(PithError) in try source.bytes(range, keeping: kept)
            }
        }
        return try StreamedTensor(name: name, elementType: elementType, shape: source.shape) {
            _, range throws(PithError) in try bytes(range, keeping: kept)
        }
    }

    /// Some of the bytes that are stored: whole elements.
    func bytes(_ range: Range<Int>, keeping kept: KeptTensor) throws(PithError) -> ArraySlice<UInt8> {
        guard isConverted else { return try source.bytes(range, keeping: kept) }
        let (width, sourceWidth) = (elementType.byteCount, source.elementType.byteCount)
        let elements = (range.lowerBound / width * sourceWidth)..<(range.upperBound / width * sourceWidth)
        return try converted(source.bytes(elements, keeping: kept))[...]
    }

    private func converted(_ bytes: ArraySlice<UInt8>) throws(PithError) -> [UInt8] {
        let count = bytes.count / source.elementType.byteCount
        let tensor = try Tensor(
            bytes: Array(bytes), elementType: source.elementType, shape: Shape(checking: [count]))
        return try tensor.converted(to: elementType).bytes
    }
}
