#if Conversion
    import ONNXSchema
    import PithGraph

    /// Operators that are not in the table and are made of some that are; each formula is ONNX's own.
    extension ONNXAdapter {
        private typealias Binding = ONNXNodeView.Binding

        static func composed(
            _ node: ONNXNodeView, _ importer: inout ONNXImporter
        ) throws(PithError) -> [ONNXNodeView.Binding]? {
            guard let first = node.inputs.first ?? nil else { return nil }
            switch node.name {
            case "Sum": return [try sum(node.inputs, &importer)]
            case "Mean":
                let total = try sum(node.inputs, &importer)
                let count = number(Float(node.inputs.count))
                return try importer.add(.div, [total, count])
            case "Softsign":
                let magnitude = try importer.add(.abs, [first])[0]
                return try importer.add(.div, [first, try importer.add(.add, [number(1), magnitude])[0]])
            case "Mish":
                let softplus = try importer.add(.softplus, [first])[0]
                return try importer.add(.mul, [first, try importer.add(.tanh, [softplus])[0]])
            case "Swish":
                let alpha = node.attributes["alpha"]?.f ?? 1
                let scaled = alpha == 1 ? first : try importer.add(.mul, [first, number(alpha)])[0]
                return try importer.add(.mul, [first, try importer.add(.sigmoid, [scaled])[0]])
            case "Xor":
                return try importer.add(.not, [try importer.add(.equal, node.inputs)[0]])
            case "ReduceSumSquare":
                let square = try importer.add(.mul, [first, first])[0]
                return try reduced(node, square, &importer)
            case "ReduceL1": return try reduced(node, try importer.add(.abs, [first])[0], &importer)
            case "ReduceLogSum":
                return try importer.add(.log, [try reduced(node, first, &importer)[0]])
            default: return nil
            }
        }

        private static func number(_ value: Float) -> Binding { Binding(constant: ONNXConstant(scalar: value)) }

        private static func sum(_ inputs: [Binding?], _ importer: inout ONNXImporter) throws(PithError) -> Binding {
            var total: Binding?
            for case let input? in inputs {
                if let before = total {
                    total = try importer.add(.add, [before, input])[0]
                } else {
                    total = input
                }
            }
            guard let total else { throw PithError(.invalidGraph, "a sum of nothing") }
            return total
        }

        /// `ReduceSum` over the axes that a reduction has as attribute or input.
        private static func reduced(
            _ node: ONNXNodeView, _ data: Binding, _ importer: inout ONNXImporter
        ) throws(PithError) -> [Binding] {
            var node = node
            moveInts(&node, "axes", to: 1)
            let attributes: Attributes = [
                .keepDims: .int(node.takeInt("keepdims") ?? 1),
                .noopWithEmptyAxes: .int(node.takeInt("noop_with_empty_axes") ?? 0),
            ]
            return try importer.add(.reduceSum, [data] + node.inputs.dropFirst(), attributes)
        }
    }
#endif
