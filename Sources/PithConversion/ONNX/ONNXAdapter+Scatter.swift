#if Conversion
    import ONNXSchema
    import PithGraph
    import PithMath

    /// `ScatterElements`, which the operator table has not: worked out where all inputs are known, as for filter banks.
    extension ONNXAdapter {
        static func scattered(_ node: ONNXNodeView) throws(PithError) -> [ONNXNodeView.Binding] {
            guard node.inputs.count == 3, let data = node.inputs[0]?.constant, let places = node.inputs[1]?.constant,
                let updates = node.inputs[2]?.constant
            else {
                throw PithError(
                    .unknownOperator, "Pith has no such operator, but for inputs that are all known",
                    advice: "export the model without it, or ask for it")
            }
            let reduction = node.attributes["reduction"].map { String(decoding: $0.s, as: UTF8.self) } ?? "none"
            let given = Int(clamping: node.attributes["axis"]?.i ?? 0)
            let axis = given < 0 ? given + data.shape.rank : given
            let width = data.elementType.byteCount
            guard reduction == "none", data.shape.dimensions.indices.contains(axis), places.shape == updates.shape,
                updates.elementType == data.elementType,
                updates.shape.rank == data.shape.rank
            else { throw PithError(.unsupportedOperation, "a reduction of \(reduction), or inputs that do not fit") }
            let indices: [Int64] =
                try places.elementType == .int32
                ? places.tensor().elements(as: Int32.self).map { (index: Int32) in Int64(index) }
                : places.tensor().elements(as: Int64.self)
            var bytes = try data.bytes()
            let new = try updates.bytes()
            var place = [Int](repeating: 0, count: data.shape.rank)
            for (number, index) in indices.enumerated() {
                let extent = Int64(data.shape[axis])
                guard index >= -extent, index < extent else {
                    throw PithError(.invalidGraph, "an index of \(index) for an extent of \(extent)")
                }
                var target = 0
                for (dimension, stride) in data.shape.strides.enumerated() {
                    let position = dimension == axis ? Int(index < 0 ? index + extent : index) : place[dimension]
                    guard position < data.shape[dimension] else {
                        throw PithError(.shapeMismatch, "\(places.shape) indices do not fit in \(data.shape)")
                    }
                    target += position * stride
                }
                for byte in 0..<width { bytes[target * width + byte] = new[number * width + byte] }
                for dimension in place.indices.reversed() {
                    place[dimension] += 1
                    if place[dimension] < places.shape[dimension] { break }
                    place[dimension] = 0
                }
            }
            let tensor = try Tensor(bytes: bytes, elementType: data.elementType, shape: data.shape)
            return [ONNXNodeView.Binding(constant: ONNXConstant(tensor))]
        }
    }
#endif
