#if Conversion
    import ONNXSchema
    import PithGraph

    /// Reductions that are made of those in the table.
    extension ONNXAdapter {
        private typealias Binding = ONNXNodeView.Binding

        /// Their names.
        enum Reduction: String {
            case reduceSumSquare = "ReduceSumSquare"
            case reduceL1 = "ReduceL1"
            case reduceLogSum = "ReduceLogSum"
            case reduceLogSumExp = "ReduceLogSumExp"
            case lpNormalization = "LpNormalization"
        }

        /// The outputs of one of them; nil for another operator.
        static func reduction(
            _ node: ONNXNodeView, _ importer: inout ONNXImporter
        ) throws(PithError) -> [ONNXNodeView.Binding]? {
            guard let composition = Reduction(rawValue: node.name), let first = node.inputs.first ?? nil
            else { return nil }
            let type = importer.elementType(first)
            func number(_ value: Float) throws(PithError) -> Binding { try Self.number(value, type) }
            switch composition {
            case .reduceSumSquare:
                let square = try importer.add(.mul, [first, first])[0]
                return try reduced(node, square, &importer)
            case .reduceL1: return try reduced(node, try importer.add(.abs, [first])[0], &importer)
            case .reduceLogSum:
                return try importer.add(.log, [try reduced(node, first, &importer)[0]])
            case .reduceLogSumExp:
                // The greatest is taken out first, so that nothing overflows.
                var keeping = node
                keeping.set("keepdims", 1)
                let greatest = try reduced(keeping, first, by: .reduceMax, &importer)[0]
                let rest = try importer.add(.exp, [try importer.add(.sub, [first, greatest])[0]])[0]
                let sum = try importer.add(.log, [try reduced(node, rest, &importer)[0]])[0]
                return try importer.add(.add, [sum, try reduced(node, first, by: .reduceMax, &importer)[0]])
            case .lpNormalization:
                let axis = node.attributes["axis"]?.i ?? -1
                let axes = Binding(constant: ONNXConstant(integers: [axis]))
                let isFirst = node.attributes["p"]?.i == 1
                let magnitude = isFirst ? try importer.add(.abs, [first])[0] : first
                let norm = try importer.add(isFirst ? .reduceSum : .reduceL2, [magnitude, axes])[0]
                // What is all zeros stays so.
                let isZero = try importer.add(.equal, [norm, number(0)])[0]
                let divisor = try importer.add(.where, [isZero, number(1), norm])[0]
                return try importer.add(.div, [first, divisor])
            }
        }

        /// A reduction over the axes that a node has as attribute or input.
        private static func reduced(
            _ node: ONNXNodeView, _ data: Binding, by op: Operator = .reduceSum, _ importer: inout ONNXImporter
        ) throws(PithError) -> [Binding] {
            var node = node
            moveInts(&node, "axes", to: 1)
            let attributes: Attributes = [
                .keepDims: .int(node.takeInt("keepdims") ?? 1),
                .noopWithEmptyAxes: .int(node.takeInt("noop_with_empty_axes") ?? 0),
            ]
            return try importer.add(op, [data] + node.inputs.dropFirst(), attributes)
        }
    }
#endif
