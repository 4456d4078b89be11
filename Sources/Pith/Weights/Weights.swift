import PithFormat
import PithGraph
import PithMath

/// The initializers of a graph, each brought into memory once, in the layout that the plan asks for.
///
/// From an open file a weight is decoded piece by piece into its place in the kernels' panels; one that lies in a mapped
/// file as the kernels want it stays there.
final class Weights {
    private let graph: Graph
    private let source: Source

    /// Where matrices and what decoding them works with lie; nil for few bytes.
    private let memory: WeightMemory?

    /// For each value, its position among the initializers.
    private let positions: [Int?]

    /// Whether an initializer has been read, and so verified.
    private var isRead: [Bool]

    private enum Source {
        /// The contents of a file, decoded: for each initializer its tensor.
        case contents([StoredTensor])
        /// An open file, and whether all of it is to be verified.
        case open(TensorDecoder, verifiesAll: Bool)
    }

    /// The weights of decoded contents.
    ///
    /// - Throws: `invalidGraph` for an initializer without a tensor.
    convenience init(_ graph: Graph, in file: ModelFile) throws(PithError) {
        var byName: [String: StoredTensor] = [:]
        for tensor in file.tensors { byName[tensor.name] = tensor }
        var tensors: [StoredTensor] = []
        for id in graph.initializers {
            let value = graph[id]
            guard let tensor = byName[value.name] else {
                throw PithError(.invalidGraph, "the weights are missing", at: .tensor(value.name))
            }
            guard try tensor.shape == value.type.shape() else {
                throw PithError(
                    .shapeMismatch, "expected \(value.type), given \(tensor.shape)", at: .tensor(value.name))
            }
            tensors.append(tensor)
        }
        self.init(graph, .contents(tensors))
    }

    /// The weights of an open file, whose reader has checked that each initializer has a tensor of its shape.
    convenience init(_ graph: Graph, in reader: ModelReader, verifiesAll: Bool) {
        let memory = Self.memory(for: reader)
        let decoder = unsafe TensorDecoder(reader) { unsafe memory?.take($0) }
        self.init(graph, .open(decoder, verifiesAll: verifiesAll), memory)
    }

    /// Memory for about as many bytes as the panels of a file's matrices will have and decoding them works with.
    private static func memory(for reader: ModelReader) -> WeightMemory? {
        var (total, largest) = (0, 0)
        TensorDecoder.forEachPlainMatrix(reader) { type, shape in
            guard PackedMatrix.takes(type) else { return }
            // Panels of few columns are mostly padding; which of the extents these are, only a product will tell.
            let bytes = min(
                PackedMatrix.byteCount(type, k: shape[1], n: shape[0]), 2 * shape.elementCount * type.byteCount)
            total += bytes
            largest = max(largest, bytes)
        }
        guard total > 0 else { return nil }
        return WeightMemory(for: total + TensorDecoder.workingBytes(reader, largest: largest))
    }

    private init(_ graph: Graph, _ source: Source, _ memory: WeightMemory? = nil) {
        self.graph = graph
        self.memory = memory
        self.source = source
        isRead = [Bool](repeating: false, count: graph.initializers.count)
        var positions = [Int?](repeating: nil, count: graph.values.count)
        for (position, id) in graph.initializers.enumerated() { positions[id.index] = position }
        self.positions = positions
    }

    /// Whether a value is an initializer.
    func contains(_ id: Graph.ValueID) -> Bool { positions[id.index] != nil }

    /// The type in which an initializer's elements are stored, which the graph's type may widen.
    func storedType(_ id: Graph.ValueID) -> ElementType {
        guard let position = positions[id.index] else { return graph[id].type.elementType }
        return switch source {
        case .contents(let tensors): tensors[position].elementType
        case .open(let decoder, _): decoder.elementType(position)
        }
    }

    /// An initializer row by row, in the graph's type.
    func tensor(_ id: Graph.ValueID) throws(PithError) -> Tensor {
        do throws(PithError) {
            return try stored(id).converted(to: graph[id].type.elementType)
        } catch {
            throw error.located(in: .tensor(graph[id].name))
        }
    }

    /// A matrix in the kernels' panels, in the type in which it is stored.
    ///
    /// - Parameters:
    ///   - id: An initializer of rank 2, stored as float32, bfloat16 or float16.
    ///   - transposed: Whether the product takes the matrix transposed.
    func panels(_ id: Graph.ValueID, transposed: Bool) throws(PithError) -> PackedMatrix {
        let shape = try graph[id].type.shape()
        let (k, n) = transposed ? (shape[1], shape[0]) : (shape[0], shape[1])
        guard let position = positions[id.index], case .open(let decoder, let verifiesAll) = source,
            decoder.encoding(position) == .plain
        else { return PackedMatrix(packing: try stored(id), transposed: transposed) }
        isRead[position] = true
        let type = decoder.elementType(position)
        let layout = decoder.layout(position)
        if layout == (transposed ? .transposedPanels : .panels), PackedMatrix.isFileLayout(type) {
            #if !hasFeature(Embedded)
                if let place = try unsafe decoder.mapped(position, verify: verifiesAll) {
                    let count = unsafe place.bytes.count / type.byteCount
                    let panels = unsafe Tensor(borrowing: place.bytes, from: place.owner, type, Shape([count]))
                    if let matrix = PackedMatrix(borrowing: panels, k: k, n: n) { return matrix }
                }
            #endif
            var matrix = PackedMatrix(unfilled: type, k: k, n: n, in: memory)
            try unsafe matrix.withMutablePanels { panels throws(PithError) in
                try unsafe decoder.decode(position, into: panels)
            }
            return matrix
        }
        guard layout == .rowMajor else { return PackedMatrix(packing: try stored(id), transposed: transposed) }
        var matrix = PackedMatrix(unfilled: type, k: k, n: n, in: memory)
        let size = PackedMatrix.fillingSize(type, k: k, n: n, transposed: transposed)
        try unsafe decoder.forEachPiece(of: position, size: size) { elements, first in
            unsafe matrix.fill(elements, from: first, transposed: transposed)
        }
        return matrix
    }

    /// An initializer that is stored as whole numbers and their scales, nil for others.
    func affine(_ id: Graph.ValueID) throws(PithError) -> StoredTensor? {
        guard let position = positions[id.index] else { return nil }
        switch source {
        case .contents(let tensors):
            guard case .affine = tensors[position].encoding else { return nil }
            return tensors[position]
        case .open(let decoder, _):
            guard case .affine = decoder.encoding(position) else { return nil }
            isRead[position] = true
            return try decoder.stored(position)
        }
    }

    /// An initializer row by row, in the type in which it is stored.
    private func stored(_ id: Graph.ValueID) throws(PithError) -> Tensor {
        guard let position = positions[id.index] else {
            throw PithError(.invalidGraph, "the weights are missing", at: .tensor(graph[id].name))
        }
        let shape = try graph[id].type.shape()
        isRead[position] = true
        switch source {
        case .contents(let tensors):
            return try Tensor(
                bytes: tensors[position].bytes, elementType: tensors[position].elementType, shape: shape)
        case .open(let decoder, let verifiesAll):
            let type = decoder.elementType(position)
            guard decoder.encoding(position) == .plain, decoder.layout(position) == .rowMajor else {
                return try Tensor(bytes: decoder.stored(position).bytes, elementType: type, shape: shape)
            }
            #if !hasFeature(Embedded)
                if let place = try unsafe decoder.mapped(position, verify: verifiesAll) {
                    return unsafe Tensor(borrowing: place.bytes, from: place.owner, type, shape)
                }
            #endif
            var tensor = Tensor(uninitialized: type, shape)
            try unsafe tensor.withMutableBytes { bytes throws(PithError) in
                try unsafe decoder.decode(position, into: bytes)
            }
            return tensor
        }
    }

    /// Verifies the tensors that the plan did not ask for, where all of the file is to be verified.
    func finish() throws(PithError) {
        guard case .open(let decoder, verifiesAll: true) = source else { return }
        for number in 0..<decoder.count where number >= isRead.count || !isRead[number] { try decoder.verify(number) }
    }
}
