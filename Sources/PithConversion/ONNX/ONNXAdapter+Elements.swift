#if Conversion
    import ONNXSchema
    import PithGraph
    import PithMath

    /// `GatherElements` and `ScatterElements`, which the operator table has not, made of a `Gather` from all elements in a row.
    extension ONNXAdapter {
        private typealias Binding = ONNXNodeView.Binding

        /// Element `[i, j]` of the output is that of the data at `[index, j]`, the axis being the first.
        static func gatheredElements(
            _ node: ONNXNodeView, _ importer: inout ONNXImporter
        ) throws(PithError) -> [ONNXNodeView.Binding] {
            guard node.inputs.count == 2, let data = node.inputs[0], var indices = node.inputs[1] else {
                throw PithError(.malformed, "a GatherElements without data or indices")
            }
            let rank = importer.rank(data)
            let axis = try self.axis(node.attributes["axis"]?.i ?? 0, rank: rank)
            guard importer.rank(indices) == rank else { throw PithError(.shapeMismatch, "indices of another rank") }
            if importer.elementType(indices) != .int64 {
                indices = try importer.add(.cast, [indices], [.to: .int(Int64(ElementType.int64.onnxCode))])[0]
            }
            let extents = try importer.add(.shape, [data])[0]
            let wanted = try importer.add(.shape, [indices])[0]
            let isNegative = try importer.add(.less, [indices, whole(0)])[0]
            let fromEnd = try importer.add(.add, [indices, try element(axis, of: extents, &importer)])[0]
            let index = try importer.add(.where, [isNegative, fromEnd, indices])[0]
            var stride = whole(1)
            var place: Binding?
            for dimension in (0..<rank).reversed() {
                var part = index
                if dimension != axis {
                    let count = try element(dimension, of: wanted, &importer)
                    let numbers = try importer.add(.range, [whole(0), count, whole(1)])[0]
                    let others = (0..<rank).filter { $0 != dimension }.map { Int64($0) }
                    part = try importer.add(.unsqueeze, [numbers, Binding(constant: ONNXConstant(integers: others))])[0]
                }
                part = try importer.add(.mul, [part, stride])[0]
                place = try place.map { other throws(PithError) in try importer.add(.add, [other, part])[0] } ?? part
                stride = try importer.add(.mul, [stride, try element(dimension, of: extents, &importer)])[0]
            }
            guard let place else { throw PithError(.shapeMismatch, "data without dimensions") }
            let row = try importer.add(.reshape, [data, Binding(constant: ONNXConstant(integers: [-1]))])[0]
            return try importer.add(.reshape, [try importer.add(.gather, [row, place])[0], wanted])
        }

        /// Elements that data may have to be scattered into: an index is stored for each.
        private static let scatterLimit = 1 << 22

        /// The data with some elements replaced, where it is known which: each output is an element of the data and the
        /// updates in a row.
        static func scatteredElements(
            _ node: ONNXNodeView, _ importer: inout ONNXImporter
        ) throws(PithError) -> [ONNXNodeView.Binding] {
            guard node.inputs.count == 3, let data = node.inputs[0], let indices = node.inputs[1]?.constant,
                let updates = node.inputs[2]
            else {
                throw PithError(
                    .unknownOperator, "Pith has no such operator, but for indices that are known",
                    advice: "export the model without it, or ask for it")
            }
            let reduction = node.attributes["reduction"].map { String(decoding: $0.s, as: UTF8.self) } ?? "none"
            guard reduction == "none" else {
                throw PithError(.unsupportedOperation, "a reduction of \(reduction)")
            }
            let shape = try importer.shape(data)
            let axis = try self.axis(node.attributes["axis"]?.i ?? 0, rank: shape.rank)
            guard try importer.shape(updates) == indices.shape, indices.shape.rank == shape.rank else {
                throw PithError(.shapeMismatch, "indices of \(indices.shape) for data of \(shape)")
            }
            guard shape.elementCount <= scatterLimit else {
                throw PithError(.unsupportedOperation, "data of \(shape), over \(scatterLimit) elements")
            }
            var sources = (0..<shape.elementCount).map { Int64($0) }
            for (number, target) in try targets(indices, axis: axis, in: shape).enumerated() {
                sources[target] = Int64(shape.elementCount + number)
            }
            let inRow = Binding(constant: ONNXConstant(integers: [-1]))
            let rows = [
                try importer.add(.reshape, [data, inRow])[0], try importer.add(.reshape, [updates, inRow])[0],
            ]
            let all = try importer.add(.concat, rows, [.axis: 0])[0]
            let chosen = try importer.add(.gather, [all, Binding(constant: ONNXConstant(integers: sources))])[0]
            let extents = shape.dimensions.map { Int64($0) }
            return try importer.add(.reshape, [chosen, Binding(constant: ONNXConstant(integers: extents))])
        }

        /// Where each update goes, in the order of the indices.
        private static func targets(_ indices: ONNXConstant, axis: Int, in shape: Shape) throws(PithError) -> [Int] {
            let tensor = try indices.tensor()
            let numbers: [Int64]
            switch indices.elementType {
            case .int32: numbers = tensor.elements(as: Int32.self).map { (index: Int32) in Int64(index) }
            case .int64: numbers = tensor.elements(as: Int64.self)
            default: throw PithError(.typeMismatch, "indices of type \(indices.elementType.name)")
            }
            let extent = Int64(shape[axis])
            var place = [Int](repeating: 0, count: shape.rank)
            var targets: [Int] = []
            for index in numbers {
                guard index >= -extent, index < extent else {
                    throw PithError(.invalidGraph, "an index of \(index) for an extent of \(extent)")
                }
                var target = 0
                for (dimension, stride) in shape.strides.enumerated() {
                    let position = dimension == axis ? Int(index < 0 ? index + extent : index) : place[dimension]
                    guard position < shape[dimension] else {
                        throw PithError(.shapeMismatch, "indices of \(indices.shape) do not fit in \(shape)")
                    }
                    target += position * stride
                }
                targets.append(target)
                for dimension in place.indices.reversed() {
                    place[dimension] += 1
                    if place[dimension] < indices.shape[dimension] { break }
                    place[dimension] = 0
                }
            }
            return targets
        }

        private static func whole(_ number: Int64) -> Binding {
            Binding(constant: ONNXConstant(Tensor(integers: [number], shape: [])))
        }

        private static func element(
            _ position: Int, of list: Binding, _ importer: inout ONNXImporter
        ) throws(PithError) -> Binding {
            try importer.add(.gather, [list, whole(Int64(position))])[0]
        }
    }

    extension ONNXImporter {
        /// The extents of a binding.
        ///
        /// - Throws: `unsupportedOperation` where they are not all known.
        func shape(_ binding: Binding) throws(PithError) -> Shape {
            if let constant = binding.constant { return constant.shape }
            guard let id = binding.id, let shape = try? graph[id].type.shape() else {
                throw PithError(
                    .unsupportedOperation, "extents that are not known", advice: "give the input's shape")
            }
            return shape
        }
    }
#endif
