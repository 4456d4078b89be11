public import PithMath

/// A parameter that is trained at full precision while the network computes with what a small file can hold: zero
/// outside a mask, and a palette's values inside.
public struct CompressedParameter: Sendable {
    /// What the optimizer changes, float32.
    public internal(set) var trained: Tensor
    /// What the network computes with, of the same shape.
    public private(set) var value: Tensor
    /// Whether each element may be other than zero; nil for all.
    public private(set) var mask: [Bool]?
    /// Whether elements outside the mask go on learning, so that they may come back; otherwise what is trained is zero
    /// there as well.
    public private(set) var learnsOutside = false
    /// The values that the elements inside the mask share; nil for none.
    public private(set) var palette: ValuePalette?
    /// For each element its entry of the palette, of no meaning outside the mask.
    public private(set) var assignment: [UInt8] = []
    /// Whether elements keep their entries, whose values go on learning.
    public private(set) var isAssignmentFixed = false

    /// A parameter without mask and palette.
    public init(_ trained: Tensor) {
        self.trained = trained
        value = trained
    }

    /// A parameter as it was, nil when an assignment names an entry that the palette does not have.
    init?(
        trained: Tensor, value: Tensor, mask: [Bool]?, learnsOutside: Bool, palette: ValuePalette?, assignment: [UInt8],
        isAssignmentFixed: Bool
    ) {
        self.trained = trained
        self.value = value
        self.mask = mask
        self.learnsOutside = learnsOutside
        self.palette = palette
        self.assignment = assignment
        self.isAssignmentFixed = isAssignmentFixed
        guard let palette else { return }
        guard assignment.count == trained.count, !palette.entries.isEmpty,
            assignment.allSatisfy({ Int($0) < palette.entries.count })
        else { return nil }
    }

    /// Elements that may be other than zero.
    public var kept: Int { mask?.reduce(0) { $0 + ($1 ? 1 : 0) } ?? trained.count }
}

extension CompressedParameter {
    /// Sets the mask.
    ///
    /// - Parameter learnsOutside: Whether elements outside it go on learning.
    /// - Precondition: It has as many elements, and the assignment is not fixed.
    public mutating func setMask(_ mask: [Bool], learnsOutside: Bool = false) {
        precondition(mask.count == trained.count && !isAssignmentFixed, "the mask does not fit or is fixed")
        self.mask = mask
        self.learnsOutside = learnsOutside
        clearOutside()
        refresh()
    }

    /// Makes what is trained zero where it must be.
    mutating func clearOutside() {
        guard !learnsOutside, let mask else { return }
        trained.clear(outside: mask)
    }

    /// Makes a palette of the trained elements inside the mask; where there are none it has none.
    ///
    /// - Parameter count: The entries, 1 to 256.
    public mutating func makePalette(entries count: Int) {
        let floats = trained.floats
        let inside = mask.map { mask in floats.indices.filter { mask[$0] }.map { floats[$0] } } ?? floats
        palette = inside.isEmpty ? nil : ValuePalette(clustering: inside, count: count)
        isAssignmentFixed = false
        refresh()
    }

    /// Fixes which element has which entry, and the mask.
    public mutating func fixAssignment() {
        learnsOutside = false
        clearOutside()
        isAssignmentFixed = palette != nil
        refresh()
    }

    /// Works the value out after `trained` has changed: elements take the nearest entry unless that is fixed, then each
    /// entry becomes the mean of its elements, rounded to a bfloat16.
    ///
    /// - Complexity: O(n), times the entries inside the mask.
    mutating func refresh() {
        guard mask != nil || palette != nil else {
            value = trained
            return
        }
        var floats = trained.floats
        guard var palette else {
            if let mask { for index in floats.indices where !mask[index] { floats[index] = 0 } }
            value = Tensor(floats, shape: trained.shape)
            return
        }
        if assignment.count != floats.count { assignment = [UInt8](repeating: 0, count: floats.count) }
        var sums = [Double](repeating: 0, count: palette.entries.count)
        var counts = [Int](repeating: 0, count: palette.entries.count)
        for index in floats.indices where mask?[index] ?? true {
            if !isAssignmentFixed { assignment[index] = UInt8(palette.index(of: floats[index])) }
            sums[Int(assignment[index])] += Double(floats[index])
            counts[Int(assignment[index])] += 1
        }
        for entry in sums.indices where counts[entry] > 0 {
            palette.entries[entry] = ValuePalette.rounded(sums[entry] / Double(counts[entry]))
        }
        for index in floats.indices {
            floats[index] = mask?[index] ?? true ? palette.entries[Int(assignment[index])] : 0
        }
        self.palette = palette
        value = Tensor(floats, shape: trained.shape)
    }
}

extension Tensor {
    /// Makes the elements of a float32 tensor zero where a mask is false.
    mutating func clear(outside mask: [Bool]) {
        unsafe withMutableFloatPointer { target in
            for index in mask.indices where !mask[index] { unsafe target[index] = 0 }
        }
    }
}
