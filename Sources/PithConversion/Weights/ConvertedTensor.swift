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
