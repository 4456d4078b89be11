extension Graph {
    /// The greatest sum of the bytes of live node outputs, in node order, with every symbol bound to 1
    /// (`spec/FORMAT.md`, "Declared cost"); 0 when a shape cannot be worked out that way.
    ///
    /// A value is live from the node that computes it to the last that takes it, an output of the graph to the end.
    public var peakWorkingBytes: UInt64 {
        guard var bytes = try? bytesAtUnit() else { return 0 }
        let lastUse = lastUses
        var live: UInt64 = 0
        var peak: UInt64 = 0
        for index in nodes.indices {
            for id in nodes[index].outputs { live += bytes[id.index] }
            peak = max(peak, live)
            for id in nodes[index].outputs where lastUse[id.index] == index { live -= bytes[id.index] }
            for case let id? in nodes[index].inputs where lastUse[id.index] == index {
                live -= bytes[id.index]
                // The node may take it twice.
                bytes[id.index] = 0
            }
        }
        return peak
    }

    /// For each value the last node that computes or takes it: the number of nodes for an output of the graph, -1 for an
    /// input or initializer that none takes.
    package var lastUses: [Int] {
        var lastUse = [Int](repeating: -1, count: values.count)
        for index in nodes.indices {
            for id in nodes[index].outputs { lastUse[id.index] = index }
            for case let id? in nodes[index].inputs { lastUse[id.index] = index }
        }
        for id in outputs { lastUse[id.index] = nodes.count }
        return lastUse
    }

    /// For each value its bytes, 0 for those that no node computes.
    private func bytesAtUnit() throws(PithError) -> [UInt64] {
        var unit: [ValueType?] = []
        unit.reserveCapacity(inputs.count)
        for id in inputs {
            let type = values[id.index].type
            unit.append(ValueType(type.elementType, type.dimensions.map { .fixed($0.extent ?? 1) }))
        }
        let bound = try bound(toInputs: unit, known: [])
        var bytes = [UInt64](repeating: 0, count: values.count)
        for index in nodes.indices {
            for id in nodes[index].outputs {
                let count = try bound[id.index].type.elementCount()
                bytes[id.index] = UInt64(count) * UInt64(values[id.index].type.elementType.byteCount)
            }
        }
        return bytes
    }
}
