extension Graph {
    /// The greatest sum of the bytes of live node outputs, in node order, with every symbol bound to 1
    /// (`spec/FORMAT.md`, "Declared cost"); 0 when a shape cannot be worked out that way.
    ///
    /// A value is live from the node that computes it to the last that takes it, an output of the graph to the end.
    public var peakWorkingBytes: UInt64 {
        guard let shapes = try? shapesAtUnit() else { return 0 }
        let lastUse = lastUses
        var live: UInt64 = 0
        var peak: UInt64 = 0
        var ending: [[Int]] = Array(repeating: [], count: nodes.count + 1)
        for (index, node) in nodes.enumerated() {
            for id in node.outputs {
                live += bytes(id, shapes)
                ending[lastUse[id.index]].append(id.index)
            }
            peak = max(peak, live)
            for value in ending[index] { live -= bytes(ValueID(value), shapes) }
        }
        return peak
    }

    /// For each value the last node that computes or takes it: the number of nodes for an output of the graph, -1 for an
    /// input or initializer that none takes.
    package var lastUses: [Int] {
        var lastUse = [Int](repeating: -1, count: values.count)
        for (index, node) in nodes.enumerated() {
            for id in node.outputs { lastUse[id.index] = index }
            for case let id? in node.inputs { lastUse[id.index] = index }
        }
        for id in outputs { lastUse[id.index] = nodes.count }
        return lastUse
    }

    private func bytes(_ id: ValueID, _ shapes: [Shape]) -> UInt64 {
        UInt64(shapes[id.index].elementCount) * UInt64(self[id].type.elementType.byteCount)
    }

    private func shapesAtUnit() throws(PithError) -> [Shape] {
        var unit: [Shape] = []
        for id in inputs {
            unit.append(try Shape(checking: self[id].type.dimensions.map { $0.extent ?? 1 }))
        }
        return try shapes(forInputs: unit)
    }
}
