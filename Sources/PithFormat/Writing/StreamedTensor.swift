public import PithGraph

/// A tensor whose components are not in memory: they are asked for piece by piece while a file is written.
public struct StreamedTensor {
    /// Gives bytes of a component.
    ///
    /// It is asked for all of a component in pieces of one chunk, in order, and for all of that twice where chunks are
    /// compressed: what a file begins with depends on how they are coded. The bytes must be the same both times.
    public typealias Read = (_ component: Int, _ range: Range<Int>) throws(PithError) -> ArraySlice<UInt8>

    /// What the index says of the tensor; without chunks.
    let entry: TensorIndex.Entry

    private let read: Read

    /// Describes a tensor.
    ///
    /// - Parameters:
    ///   - elementType: The type of the elements that the components stand for.
    ///   - read: Gives the bytes of the components that `spec/FORMAT.md`, "Encodings", says.
    /// - Throws: `malformed` for an encoding or layout that does not suit type and shape, `limitExceeded`.
    public init(
        name: String, elementType: ElementType, shape: Shape, encoding: TensorEncoding = .plain,
        layout: TensorLayout = .rowMajor, read: @escaping Read
    ) throws(PithError) {
        do throws(PithError) {
            entry = TensorIndex.Entry(
                name: name, form: try TensorForm(elementType, shape, encoding, layout), foreign: nil)
        } catch {
            throw error.located(in: .tensor(name))
        }
        self.read = read
    }

    /// Describes a tensor of elements of a type that Pith does not know; its one component is their bytes.
    ///
    /// - Throws: `invalidName` for a type without a name, `limitExceeded`.
    public init(
        name: String, foreign: ForeignElements, byteCount: Int, read: @escaping Read
    ) throws(PithError) {
        do throws(PithError) {
            try Limits.check(name: foreign.typeName)
            entry = TensorIndex.Entry(
                name: name, form: try TensorForm(.uint8, Shape(checking: [byteCount])), foreign: foreign)
        } catch {
            throw error.located(in: .tensor(name))
        }
        self.read = read
    }

    /// A tensor that is in memory.
    public init(_ tensor: StoredTensor) {
        entry = TensorIndex.Entry(name: tensor.name, form: tensor.form, foreign: tensor.foreign)
        read = { component, range in tensor.components[component][range] }
    }

    /// A tensor of another file, whose components are read from there as they are, decoded and verified, in pieces.
    ///
    /// - Parameter number: Below `reader.tensorNames.count`.
    /// - Throws: `invalidArgument` for a tensor that is not there.
    public init(_ reader: ModelReader, _ number: Int) throws(PithError) {
        let source = reader.index.entries[try reader.checked(number)]
        entry = TensorIndex.Entry(name: source.name, form: source.form, foreign: source.foreign)
        let pieces = ComponentPieces(reader, source)
        read = { component, range throws(PithError) in try pieces.bytes(component, range) }
    }

    /// The same tensor, which tells how many bytes were asked for, each time that it gives some: twice all of them.
    public func reporting(_ advance: @escaping (Int) -> Void) -> StreamedTensor {
        StreamedTensor(entry: entry) { [read] component, range throws(PithError) in
            advance(range.count)
            return try read(component, range)
        }
    }

    private init(entry: TensorIndex.Entry, read: @escaping Read) {
        self.entry = entry
        self.read = read
    }

    /// Bytes of all components, not coded.
    var componentBytes: Int { entry.form.components.reduce(0) { $0 + $1.byteCount } }

    /// Codes the chunks in order.
    ///
    /// - Parameters:
    ///   - encoder: Codes nothing else meanwhile.
    ///   - isChecked: Whether the contents are known to be what a reader accepts.
    ///   - output: The stored bytes are appended.
    ///   - receive: Is called after each chunk, and may take away what there is.
    /// - Returns: What the index says of the tensor.
    /// - Throws: What a reader would refuse in the contents, `shapeMismatch` for pieces of another length, and what
    ///   reading and `receive` throw.
    func encode(
        _ encoder: ChunkEncoder, isChecked: Bool = false, to output: inout [UInt8],
        _ receive: (inout [UInt8]) throws(PithError) -> Void = { _ in }
    ) throws(PithError) -> TensorIndex.Entry {
        do throws(PithError) {
            if !isChecked { try checkEncoding() }
            var writer = TensorWriter(entry, encoder)
            let chunkByteCount = encoder.options.chunkByteCount
            for (number, component) in entry.form.components.enumerated() {
                for start in stride(from: 0, to: component.byteCount, by: chunkByteCount) {
                    let range = start..<min(start + chunkByteCount, component.byteCount)
                    let bytes = try piece(number, range)
                    if !isChecked, entry.form.encoding == .plain { try entry.form.checkElements(bytes, from: start) }
                    writer.add(bytes, to: &output)
                    try receive(&output)
                }
            }
            return writer.entry
        } catch {
            throw error.located(in: .tensor(entry.name))
        }
    }

    /// What the index will say of the tensor when no chunk of it is compressed, but for the checksums.
    func unread(_ options: EncodingOptions) -> TensorIndex.Entry {
        var writer = TensorWriter(entry, ChunkEncoder(options: options))
        for component in entry.form.components {
            for start in stride(from: 0, to: component.byteCount, by: options.chunkByteCount) {
                writer.skip(min(options.chunkByteCount, component.byteCount - start))
            }
        }
        return writer.entry
    }

    /// The components of an encoding are read whole: what is right in one depends on another.
    private func checkEncoding() throws(PithError) {
        let form = entry.form
        guard form.encoding != .plain else { return }
        var components: [[UInt8]] = []
        for (number, component) in form.components.enumerated() {
            components.append(Array(try piece(number, 0..<component.byteCount)))
        }
        try form.check(components)
    }

    private func piece(_ component: Int, _ range: Range<Int>) throws(PithError) -> ArraySlice<UInt8> {
        let bytes = try read(component, range)
        guard bytes.count == range.count else {
            throw PithError(.shapeMismatch, "\(range.count) bytes are needed, given \(bytes.count)")
        }
        return bytes
    }
}
