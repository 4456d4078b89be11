public import PithGraph

extension Tensor {
    /// A tensor of elements of any type that Swift has; for truth values see `init(bools:shape:)`, for floats of 16 and
    /// 8 bits `converted(to:)`.
    ///
    /// - Precondition: There are as many elements as the shape has.
    /// - Complexity: O(n).
    public init<Element: TensorElement>(elements: [Element], shape: Shape) {
        precondition(elements.count == shape.elementCount, "the count of elements is not that of the shape")
        self.init(Element.elementType, shape)
        let destination = unsafe storage.pointer.assumingMemoryBound(to: Element.self)
        for index in elements.indices { unsafe destination[index] = elements[index] }
    }

    /// A tensor of truth values.
    ///
    /// - Precondition: There are as many as the shape has elements.
    public init(bools: [Bool], shape: Shape) {
        precondition(bools.count == shape.elementCount, "the count of elements is not that of the shape")
        self.init(.bool, shape)
        let destination = unsafe storage.pointer.assumingMemoryBound(to: UInt8.self)
        for index in bools.indices { unsafe destination[index] = bools[index] ? 1 : 0 }
    }

    /// The elements of a tensor of this type.
    ///
    /// - Precondition: `elementType` is `Element.elementType`.
    /// - Complexity: O(n).
    public func elements<Element: TensorElement>(as type: Element.Type) -> [Element] {
        precondition(elementType == Element.elementType, "the elements are of another type")
        return unsafe stored(as: type)
    }

    /// The elements of a tensor of truth values; any byte but 0 is true.
    ///
    /// - Precondition: The element type is `bool`.
    public var bools: [Bool] {
        precondition(elementType == .bool, "the elements are of another type")
        return unsafe stored(as: UInt8.self).map { $0 != 0 }
    }

    /// The bits of each element, in the low bits of a word.
    ///
    /// - Complexity: O(n).
    package var words: [UInt64] {
        switch elementType.byteCount {
        case 8: unsafe stored(as: UInt64.self)
        case 4: unsafe stored(as: UInt32.self).map { UInt64($0) }
        case 2: unsafe stored(as: UInt16.self).map { UInt64($0) }
        default: unsafe stored(as: UInt8.self).map { UInt64($0) }
        }
    }

    /// A tensor from the low bits of words.
    package init(words: [UInt64], elementType: ElementType, shape: Shape) {
        precondition(words.count == shape.elementCount, "the count of elements is not that of the shape")
        self.init(elementType, shape)
        switch elementType.byteCount {
        case 8: unsafe fill(words, as: UInt64.self)
        case 4: unsafe fill(words, as: UInt32.self)
        case 2: unsafe fill(words, as: UInt16.self)
        default: unsafe fill(words, as: UInt8.self)
        }
    }

    /// The elements as bits of a Swift type of the same width.
    @unsafe
    private func stored<Element: BitwiseCopyable>(as type: Element.Type) -> [Element] {
        let source = unsafe storage.pointer.assumingMemoryBound(to: Element.self)
        return unsafe [Element](UnsafeBufferPointer(start: source, count: count))
    }

    @unsafe
    private func fill<Bits: FixedWidthInteger>(_ words: [UInt64], as type: Bits.Type) {
        let destination = unsafe storage.pointer.assumingMemoryBound(to: Bits.self)
        for index in words.indices { unsafe destination[index] = Bits(truncatingIfNeeded: words[index]) }
    }
}

extension Tensor {
    /// The elements for a shape rule; nil for over `Limits.knownElements`, and for floats of 8 bits.
    package var knownElements: KnownElements? {
        guard count <= Limits.knownElements else { return nil }
        if elementType == .float16 || elementType == .bfloat16 { return .numbers(floats.map { Double($0) }) }
        return (try? TensorValue(elementType, shape, bytes: bytes)).flatMap { KnownElements($0) }
    }
}
