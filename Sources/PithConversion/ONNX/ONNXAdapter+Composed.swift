#if Conversion
    import ONNXSchema
    import PithGraph
    import PithMath

    /// Operators that are not in the table and are made of some that are; each formula is ONNX's own.
    extension ONNXAdapter {
        private typealias Binding = ONNXNodeView.Binding

        /// Whether an operator is one of them.
        static func isComposed(_ name: String) -> Bool {
            Formula(rawValue: name) != nil || Reduction(rawValue: name) != nil || Rounding(rawValue: name) != nil
        }

        /// The outputs of such an operator; nil for another.
        static func composed(
            _ node: ONNXNodeView, _ importer: inout ONNXImporter
        ) throws(PithError) -> [ONNXNodeView.Binding]? {
            if let outputs = try formula(node, &importer) { return outputs }
            if let outputs = try reduction(node, &importer) { return outputs }
            return try rounding(node, &importer)
        }

        /// What is worked out element by element, and what moves elements.
        private enum Formula: String {
            case sum = "Sum"
            case mean = "Mean"
            case softsign = "Softsign"
            case mish = "Mish"
            case swish = "Swish"
            case xor = "Xor"
            case thresholdedRelu = "ThresholdedRelu"
            case celu = "Celu"
            case sign = "Sign"
            case isNaN = "IsNaN"
            case depthToSpace = "DepthToSpace"
            case spaceToDepth = "SpaceToDepth"
        }

        private static func formula(
            _ node: ONNXNodeView, _ importer: inout ONNXImporter
        ) throws(PithError) -> [Binding]? {
            guard let composition = Formula(rawValue: node.name), let first = node.inputs.first ?? nil
            else { return nil }
            let type = importer.elementType(first)
            func number(_ value: Float) throws(PithError) -> Binding { try Self.number(value, type) }
            switch composition {
            case .sum: return [try sum(node.inputs, &importer)]
            case .mean:
                let total = try sum(node.inputs, &importer)
                let count = try number(Float(node.inputs.count))
                return try importer.add(.div, [total, count])
            case .softsign:
                let magnitude = try importer.add(.abs, [first])[0]
                return try importer.add(.div, [first, try importer.add(.add, [number(1), magnitude])[0]])
            case .mish:
                let softplus = try importer.add(.softplus, [first])[0]
                return try importer.add(.mul, [first, try importer.add(.tanh, [softplus])[0]])
            case .swish:
                let alpha = node.attributes["alpha"]?.f ?? 1
                let scaled = alpha == 1 ? first : try importer.add(.mul, [first, number(alpha)])[0]
                return try importer.add(.mul, [first, try importer.add(.sigmoid, [scaled])[0]])
            case .xor:
                return try importer.add(.not, [try importer.add(.equal, node.inputs)[0]])
            case .thresholdedRelu:
                let isAbove = try importer.add(.greater, [first, number(node.attributes["alpha"]?.f ?? 1)])[0]
                return try importer.add(.where, [isAbove, first, number(0)])
            case .celu:
                let alpha = try number(node.attributes["alpha"]?.f ?? 1)
                let scaled = try importer.add(.div, [first, alpha])[0]
                return try importer.add(.mul, [alpha, try importer.add(.elu, [scaled])[0]])
            case .sign:
                let above = try importer.add(
                    .where,
                    [
                        try importer.add(.greater, [first, number(0)])[0], number(1), number(0),
                    ])[0]
                return try importer.add(
                    .where,
                    [
                        try importer.add(.less, [first, number(0)])[0], number(-1), above,
                    ])
            case .isNaN: return try importer.add(.not, [try importer.add(.equal, [first, first])[0]])
            case .depthToSpace, .spaceToDepth: return try blocks(node, first, &importer)
            }
        }

        /// A number of a type, which must have it.
        static func number(_ value: Float, _ type: ElementType) throws(PithError) -> ONNXNodeView.Binding {
            guard !type.isFloatingPoint else {
                return Binding(constant: ONNXConstant(try Tensor([value], shape: []).converted(to: type)))
            }
            let bits = Int64(exactly: value) ?? 0
            let bytes = (0..<type.byteCount).map { UInt8(truncatingIfNeeded: bits >> Int64(8 * $0)) }
            return Binding(constant: ONNXConstant(try Tensor(bytes: bytes, elementType: type, shape: [])))
        }

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

        /// Of a block's sides; with it no product of extents overflows.
        private static let largestBlock: Int64 = 1 << 10

        /// Blocks of pixels become channels, or the other way round, by a transposition of six dimensions.
        private static func blocks(
            _ node: ONNXNodeView, _ data: Binding, _ importer: inout ONNXImporter
        ) throws(PithError) -> [Binding]? {
            guard let block = node.attributes["blocksize"]?.i, let id = data.id else { return nil }
            guard block > 0, block <= largestBlock else {
                throw PithError(.invalidAttribute, "a blocksize of \(block)")
            }
            let extents = importer.graph[id].type.dimensions.map { $0.extent.map { Int64($0) } }
            guard extents.count == 4, let channels = extents[1], let height = extents[2], let width = extents[3] else {
                throw PithError(
                    .unsupportedOperation, "channels, height or width are not known",
                    advice: "give the input's shape")
            }
            let apart: [Int64]
            let order: [Int64]
            let together: [Int64]
            let isColumnRow = node.attributes["mode"].map { String(decoding: $0.s, as: UTF8.self) } == "CRD"
            if node.name == "SpaceToDepth" {
                apart = [0, channels, height / block, block, width / block, block]
                order = isColumnRow ? [0, 1, 3, 5, 2, 4] : [0, 3, 5, 1, 2, 4]
                together = [0, channels * block * block, height / block, width / block]
            } else {
                let left = channels / (block * block)
                apart = isColumnRow ? [0, left, block, block, height, width] : [0, block, block, left, height, width]
                order = isColumnRow ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2]
                together = [0, left, height * block, width * block]
            }
            let split = try importer.add(.reshape, [data, Binding(constant: ONNXConstant(integers: apart))])[0]
            let moved = try importer.add(.transpose, [split], [.perm: .ints(order)])[0]
            return try importer.add(.reshape, [moved, Binding(constant: ONNXConstant(integers: together))])
        }
    }
#endif
