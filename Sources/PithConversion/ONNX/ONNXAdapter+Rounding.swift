#if Conversion
    import ONNXSchema
    import PithGraph

    /// Rounding to whole numbers, made of additions and comparisons.
    extension ONNXAdapter {
        private typealias Binding = ONNXNodeView.Binding

        /// The operators' names.
        enum Rounding: String {
            case round = "Round"
            case floor = "Floor"
            case ceil = "Ceil"
        }

        /// The outputs of one of them; nil for another operator.
        static func rounding(
            _ node: ONNXNodeView, _ importer: inout ONNXImporter
        ) throws(PithError) -> [ONNXNodeView.Binding]? {
            guard let composition = Rounding(rawValue: node.name), let first = node.inputs.first ?? nil
            else { return nil }
            let type = importer.elementType(first)
            func number(_ value: Float) throws(PithError) -> Binding { try Self.number(value, type) }
            switch composition {
            case .round: return [try rounded(first, &importer)]
            case .floor:
                let nearest = try rounded(first, &importer)
                let isOver = try importer.add(.greater, [nearest, first])[0]
                return try importer.add(.where, [isOver, try importer.add(.sub, [nearest, number(1)])[0], nearest])
            case .ceil:
                let nearest = try rounded(first, &importer)
                let isUnder = try importer.add(.less, [nearest, first])[0]
                return try importer.add(.where, [isUnder, try importer.add(.add, [nearest, number(1)])[0], nearest])
            }
        }

        /// Numbers from which on all of a type are whole: two to the bits of the fraction.
        private static let wholeFrom: [ElementType: Float] = [
            .float64: 0x1p52, .float32: 0x1p23, .float16: 0x1p10, .bfloat16: 0x1p7,
        ]

        /// The nearest whole number, of two the even one: what is added to `wholeFrom` is rounded so.
        private static func rounded(_ data: Binding, _ importer: inout ONNXImporter) throws(PithError) -> Binding {
            let type = importer.elementType(data)
            let limit = try number(wholeFrom[type] ?? 0, type)
            let magnitude = try importer.add(.abs, [data])[0]
            let whole = try importer.add(.sub, [try importer.add(.add, [magnitude, limit])[0], limit])[0]
            let isNegative = try importer.add(.less, [data, number(0, type)])[0]
            let signed = try importer.add(.where, [isNegative, try importer.add(.neg, [whole])[0], whole])[0]
            return try importer.add(.where, [try importer.add(.less, [magnitude, limit])[0], signed, data])[0]
        }
    }
#endif
