public import PithGraph

/// A tensor as a file holds it: elements, or the smaller components of an encoding that stand for them.
public struct StoredTensor: Sendable, Hashable {
    /// The name; empty for a tensor of a test vector.
    public let name: String

    /// What the components are. Known to be possible, and the components to be as long as it says.
    let form: TensorForm

    /// The arrays that are stored, in the order of the file, little-endian: for plain elements one, the elements.
    public let components: [[UInt8]]

    /// What the elements are in the source, for those that Pith carries and does not compute with; nil for others.
    public let foreign: ForeignElements?

    /// Creates a tensor of plain elements.
    ///
    /// - Parameter bytes: The elements, little-endian, row-major.
    /// - Throws: `shapeMismatch` when there are more or fewer bytes than type and shape need.
    public init(name: String, elementType: ElementType, shape: Shape, bytes: [UInt8]) throws(PithError) {
        do throws(PithError) {
            try self.init(name: name, form: TensorForm(elementType, shape), components: [bytes], foreign: nil)
        } catch {
            throw error.located(in: .tensor(name))
        }
    }

    /// Creates a tensor from the components of an encoding.
    ///
    /// - Parameters:
    ///   - elementType: The type of the elements that they stand for.
    ///   - components: In the order and of the lengths that `spec/FORMAT.md`, "Encodings", says.
    /// - Throws: `malformed` for an encoding or layout that does not suit type and shape or for components that a
    ///   reader would refuse, `nonZeroPadding`, `shapeMismatch` for one that is longer or shorter.
    /// - Complexity: O(n) in the components' bytes.
    public init(
        name: String, elementType: ElementType, shape: Shape, encoding: TensorEncoding,
        layout: TensorLayout = .rowMajor, components: [[UInt8]]
    ) throws(PithError) {
        do throws(PithError) {
            let form = try TensorForm(elementType, shape, encoding, layout)
            try self.init(name: name, form: form, components: components, foreign: nil)
            try form.check(components)
        } catch {
            throw error.located(in: .tensor(name))
        }
    }

    /// Creates a sparse tensor from the positions of its stored elements.
    ///
    /// - Parameters:
    ///   - positions: In the order of the scan, ascending: how many elements the scan visits before each.
    ///   - values: How the stored elements are represented, as a tensor of shape `[positions.count]`.
    ///   - valueComponents: The components of that.
    /// - Throws: `invalidArgument` for positions that do not ascend, and as `init(name:elementType:shape:encoding:)`.
    /// - Complexity: O(n) in the number of positions and the components' bytes.
    public init(
        name: String, elementType: ElementType, shape: Shape, positions: [Int],
        scan: SparseEncoding.Scan = .rowMajor, values: SparseEncoding.Values, valueComponents: [[UInt8]]
    ) throws(PithError) {
        var next = 0
        for position in positions {
            guard position >= next, position < shape.elementCount else {
                throw PithError(.invalidArgument, "positions do not ascend within \(shape)", at: .tensor(name))
            }
            next = position + 1
        }
        let (symbols, extra) = SparsePositions.encode(positions)
        let sparse = SparseEncoding(count: positions.count, scan: scan, values: values, extraByteCount: extra.count)
        try self.init(
            name: name, elementType: elementType, shape: shape, encoding: .sparse(sparse),
            components: [symbols, extra] + valueComponents)
    }

    /// Creates a tensor of elements of a type that Pith does not know, which it carries as bytes.
    ///
    /// - Throws: `invalidName` for a type without a name, `limitExceeded`.
    public init(name: String, foreign: ForeignElements, bytes: [UInt8]) throws(PithError) {
        do throws(PithError) {
            try Limits.check(name: foreign.typeName)
            let form = try TensorForm(.uint8, Shape(checking: [bytes.count]))
            try self.init(name: name, form: form, components: [bytes], foreign: foreign)
        } catch {
            throw error.located(in: .tensor(name))
        }
    }

    /// Takes components whose contents are known to be right.
    init(
        name: String, form: TensorForm, components: [[UInt8]], foreign: ForeignElements?
    ) throws(PithError) {
        guard components.count == form.components.count else {
            throw PithError(
                .shapeMismatch, "\(form.components.count) components are needed, given \(components.count)")
        }
        for (component, bytes) in zip(form.components, components) where component.byteCount != bytes.count {
            throw PithError(
                .shapeMismatch,
                "\(form.elementType.shortName) \(form.shape) needs \(component.byteCount) bytes, given \(bytes.count)")
        }
        self.name = name
        self.form = form
        self.components = components
        self.foreign = foreign
    }
}

extension StoredTensor {
    /// The type of the elements, decoded.
    public var elementType: ElementType { form.elementType }

    /// The extents.
    public var shape: Shape { form.shape }

    /// How the components stand for the elements.
    public var encoding: TensorEncoding { form.encoding }

    /// The order in which the file holds plain elements.
    public var layout: TensorLayout { form.layout }

    /// The elements, decoded, little-endian, row-major.
    ///
    /// - Complexity: O(1) for plain elements in row-major order, O(n) for others.
    public var bytes: [UInt8] { form.elements(components) }

    /// The same elements in another layout.
    ///
    /// - Throws: `malformed` for elements that are not plain, or a type or shape that cannot be laid out so.
    /// - Complexity: O(n) in the number of elements.
    public func laidOut(_ layout: TensorLayout) throws(PithError) -> StoredTensor {
        guard layout != self.layout else { return self }
        do throws(PithError) {
            let target = try TensorForm(elementType, shape, encoding, layout)
            let packed = layout == .rowMajor ? bytes : target.packed(bytes)
            return try StoredTensor(name: name, form: target, components: [packed], foreign: nil)
        } catch {
            throw error.located(in: .tensor(name))
        }
    }
}

/// Elements of a type that Pith does not know: their bytes are kept as they are.
public struct ForeignElements: Sendable, Hashable {
    /// The type's name in the source, for example `complex64` or `float4_e2m1fn`.
    public var typeName: String

    /// The extents in the source.
    public var shape: Shape

    /// Describes elements.
    public init(typeName: String, shape: Shape) {
        self.typeName = typeName
        self.shape = shape
    }
}
