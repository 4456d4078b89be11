package import PithGraph

/// The elements of an affine tensor without rounding them: whole numbers, row-major, and a scale for each group.
///
/// An element is its number times its group's scale, rounded once (`spec/FORMAT.md`, "Affine and palette").
package struct ScaledIntegers: Sendable {
    /// Codes less their zero points.
    package let numbers: [Int8]

    /// For each group its scale.
    package let scales: [Float]

    /// Which elements share a scale.
    package let groups: EncodingGroups

    /// Takes the numbers of a tensor.
    ///
    /// - Returns: nil for other encodings, for codes that differ from their zero points by more than 127, and for codes of
    ///   4 bits with one scale, which are a palette.
    /// - Complexity: O(n) in the number of elements.
    package init?(_ tensor: StoredTensor) {
        guard case .affine(let affine) = tensor.encoding, affine.codeType.bitCount == 8 || affine.grouping != .tensor
        else { return nil }
        let parts = TensorForm.affineParts(affine, tensor.shape, tensor.components[...])
        var numbers = [Int8](repeating: 0, count: parts.codes.count)
        var fits = true
        affine.grouping.forEachRun(tensor.shape) { run, group in
            let zero = parts.zeros[group]
            for index in run {
                guard let number = Int8(exactly: parts.codes[index] - zero) else {
                    fits = false
                    return
                }
                numbers[index] = number
            }
        }
        guard fits else { return nil }
        self.numbers = numbers
        scales = parts.scales
        groups = affine.grouping
    }
}
