extension Graph {
    /// The layout in which the kernels take an initializer, so that a raw file that is mapped can be used in place:
    /// panels for the second matrix of a product, row by row for everything else and for what several nodes take
    /// differently.
    ///
    /// - Complexity: O(n) in the number of nodes.
    public func preferredLayout(of initializer: ValueID) -> TensorLayout {
        var layouts: Set<TensorLayout> = []
        for node in nodes {
            for (position, id) in node.inputs.enumerated() where id == initializer {
                layouts.insert(node.layout(ofInput: position))
            }
        }
        guard layouts.count == 1, let layout = layouts.first, !outputs.contains(initializer),
            let shape = try? self[initializer].type.shape(), layout.fits(self[initializer].type.elementType, shape)
        else { return .rowMajor }
        return layout
    }
}

extension Graph.Node {
    fileprivate func layout(ofInput position: Int) -> TensorLayout {
        guard position == 1 else { return .rowMajor }
        switch op {
        case .matMul: return .panels
        case .gemm: return attributes[.transB] == .int(1) ? .transposedPanels : .panels
        default: return .rowMajor
        }
    }
}
