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
        let isKept = keepsShapesAtUnit
        let bound = isKept ? values : try bound(toInputs: unitTypes, known: [])
        var bytes = [UInt64](repeating: 0, count: values.count)
        for index in nodes.indices {
            for id in nodes[index].outputs {
                let type = bound[id.index].type
                let count = isKept ? try type.elementCountAtUnit() : try type.elementCount()
                bytes[id.index] = UInt64(count) * UInt64(type.elementType.byteCount)
            }
        }
        return bytes
    }

    /// The types of the inputs with every symbol bound to 1.
    private var unitTypes: [ValueType?] {
        inputs.map { id in
            let type = values[id.index].type
            return ValueType(type.elementType, type.dimensions.map { .fixed($0.extent ?? 1) })
        }
    }

    /// Whether every shape, worked out with each symbol bound to 1, is what it is with 1 in the symbols' places: true
    /// where only outermost extents are symbols, and no operator compares one with a number that is not 1.
    ///
    /// False for some of which it is true: it saves working shapes out a second time when a usual network is read.
    private var keepsShapesAtUnit: Bool {
        values.indices.allSatisfy { hasFixedExtents($0, exceptOutermost: true) }
            && nodes.indices.allSatisfy { passesSymbolsOn($0) }
    }

    private func passesSymbolsOn(_ node: Int) -> Bool {
        switch nodes[node].op {
        case .identity, .dropout, .relu, .leakyRelu, .sigmoid, .tanh, .gelu, .softmax, .logSoftmax, .add, .sub, .mul,
            .div:
            true
        case .flatten, .conv, .maxPool, .averagePool, .globalAveragePool, .globalMaxPool, .batchNormalization:
            hasFixedExtents(ofInputsAfterFirst: node)
        case .matMul:
            hasFixedExtents(ofInputsAfterFirst: node) && rank(ofInput: 0, node) > 1
        case .gemm:
            // The first extent of an addend of rank 2 meets the rows, and with transA these are the inner extent.
            hasFixedExtents(ofInputsAfterFirst: node) && rank(ofInput: 2, node) < 2
                && nodes[node].attributes[.transA] == 0
        default: false
        }
    }

    private func rank(ofInput position: Int, _ node: Int) -> Int {
        guard position < nodes[node].inputs.count, let id = nodes[node].inputs[position] else { return 0 }
        return values[id.index].type.rank
    }

    private func hasFixedExtents(ofInputsAfterFirst node: Int) -> Bool {
        nodes[node].inputs.dropFirst().allSatisfy { id in
            id.map { hasFixedExtents($0.index, exceptOutermost: false) } ?? true
        }
    }

    private func hasFixedExtents(_ value: Int, exceptOutermost: Bool) -> Bool {
        for position in values[value].type.dimensions.indices {
            switch values[value].type.dimensions[position] {
            case .fixed: continue
            case .symbol where exceptOutermost && position == 0: continue
            case .symbol, .unknown: return false
            }
        }
        return true
    }
}
