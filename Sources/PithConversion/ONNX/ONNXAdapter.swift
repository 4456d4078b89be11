#if Conversion
    import Foundation
    import ONNXSchema
    import PithGraph

    /// Forms of operators that older operator sets have, and operators that are made of others.
    enum ONNXAdapter {
        /// Operators of other domains that mean what one of ONNX's own does.
        static func isKnown(_ domain: String, _ name: String) -> Bool {
            domain == "com.microsoft" && ["Gelu", "FastGelu"].contains(name)
        }

        /// Whether a node's operator is one that is converted, whatever its inputs are.
        static func isConverted(_ domain: String, _ name: String) -> Bool {
            guard ["", "ai.onnx"].contains(domain) else { return isKnown(domain, name) }
            let others = ["If", "CastLike", "GatherElements", "ScatterElements", "Scatter", "Upsample"]
            return Operator(name: name) != nil || isComposed(name) || others.contains(name)
        }

        /// Turns a node into a form of the table, or gives its outputs where it is made of several or of none.
        static func rewrite(
            _ node: inout ONNXNodeView, _ importer: inout ONNXImporter
        ) throws(PithError) -> [ONNXNodeView.Binding]? {
            node.drop("consumed_inputs")
            switch node.name {
            case "Identity", "Dropout": return try alias(&node, &importer)
            case "GatherElements": return try gatheredElements(node, &importer)
            case "ScatterElements", "Scatter": return try scatteredElements(node, &importer)
            case "CastLike":
                guard node.inputs.count == 2, let like = node.inputs[1] else { return nil }
                node.name = "Cast"
                node.set("to", Int64(importer.elementType(like).onnxCode))
                node.inputs.removeLast()
            case "Squeeze", "Unsqueeze": moveInts(&node, "axes", to: 1)
            case "ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceL2": moveInts(&node, "axes", to: 1)
            case "Reshape": moveInts(&node, "shape", to: 1)
            case "Expand", "Tile": break
            case "Split":
                moveInts(&node, "split", to: 1)
                if node.inputs.count < 2 { node.set("num_outputs", Int64(node.outputCount)) }
            case "Clip": try clip(&node)
            case "Pad":
                moveInts(&node, "pads", to: 1)
                moveInts(&node, "paddings", to: 1)
                if let value = node.takeFloat("value"), value != 0 { node.setInput(2, ONNXConstant(scalar: value)) }
            case "Slice":
                if let starts = node.takeInts("starts"), let ends = node.takeInts("ends") {
                    node.setInput(1, ONNXConstant(integers: starts))
                    node.setInput(2, ONNXConstant(integers: ends))
                    moveInts(&node, "axes", to: 3)
                }
            case "TopK":
                if let count = node.takeInt("k") { node.setInput(1, ONNXConstant(integers: [count])) }
            case "Upsample", "Resize": try resize(&node)
            case "Add", "Sub", "Mul", "Div", "Pow", "And", "Or", "Equal", "Less", "Greater", "PRelu":
                try stretch(&node, &importer)
            case "Gemm": node.drop("broadcast")
            case "Softmax", "LogSoftmax": return try softmax(&node, &importer)
            case "BatchNormalization": try batchNormalization(&node)
            case "LSTM", "GRU": node.drop("output_sequence")
            case "FastGelu":
                guard node.inputs.count == 1 else { return nil }
                node.name = "Gelu"
                node.set("approximate", text: "tanh")
            default: return try composed(node, &importer)
            }
            return nil
        }

        /// What passes its input on. A dropout only does something in training.
        private static func alias(
            _ node: inout ONNXNodeView, _ importer: inout ONNXImporter
        ) throws(PithError) -> [ONNXNodeView.Binding] {
            guard let input = node.inputs.first ?? nil else {
                throw PithError(.invalidGraph, "a node without an input")
            }
            if node.inputs.count > 2, let training = node.inputs[2] {
                guard let flag = training.constant?.integers()?.first, flag == 0 else {
                    throw PithError(
                        .unsupportedOperation, "a dropout in training mode",
                        advice: "export the model in evaluation mode")
                }
            }
            guard node.outputCount > 1 else { return [input] }
            // What a dropout keeps is everything.
            let shape = try importer.add(.shape, [input])[0]
            let kept = try TensorValue(.bool, [1], words: [1])
            return [input] + (try importer.add(.constantOfShape, [shape], [.value: .tensor(kept)]))
        }

        /// An attribute that became an input.
        static func moveInts(_ node: inout ONNXNodeView, _ name: String, to position: Int) {
            if let values = node.takeInts(name) { node.setInput(position, ONNXConstant(integers: values)) }
        }

        private static func clip(_ node: inout ONNXNodeView) throws(PithError) {
            let low = node.takeFloat("min")
            let high = node.takeFloat("max")
            // Before operator set 11 a bound that is left out is the greatest number, which is no bound.
            if let low, low > -Float.greatestFiniteMagnitude { node.setInput(1, ONNXConstant(scalar: low)) }
            if let high, high < Float.greatestFiniteMagnitude { node.setInput(2, ONNXConstant(scalar: high)) }
        }

        private static func resize(_ node: inout ONNXNodeView) throws(PithError) {
            guard node.name == "Upsample" || node.operatorSet < 11 else { return }
            node.name = "Resize"
            if let scales = node.attributes.removeValue(forKey: "scales")?.floats {
                while node.inputs.count < 2 { node.inputs.append(nil) }
                node.inputs[1] = ONNXNodeView.Binding(constant: ONNXConstant(floats: scales))
            }
            guard node.inputs.count == 2 else {
                throw PithError(.unsupportedOperation, "a scale that is not one per dimension")
            }
            if String(decoding: node.attributes["mode"]?.s ?? Data(), as: UTF8.self) == "bilinear" {
                node.set("mode", text: "linear")
            }
            node.inputs.insert(nil, at: 1)
            node.set("coordinate_transformation_mode", text: "asymmetric")
            node.set("nearest_mode", text: "floor")
        }

        /// Before operator set 7 the second operand is stretched only where `broadcast` says so, from `axis` on.
        private static func stretch(_ node: inout ONNXNodeView, _ importer: inout ONNXImporter) throws(PithError) {
            node.drop("broadcast")
            let axis = node.takeInt("axis")
            guard node.inputs.count == 2, let left = node.inputs[0], let right = node.inputs[1] else { return }
            let leftRank = importer.rank(left)
            let rightRank = importer.rank(right)
            var start: Int?
            if let axis { start = try Self.axis(axis, rank: leftRank) }
            if node.name == "PRelu", node.operatorSet < 7, rightRank == 1 { start = 1 }
            guard let start, rightRank > 0, start + rightRank < leftRank else { return }
            let added = (rightRank..<(leftRank - start)).map { Int64($0) }
            let axes = ONNXNodeView.Binding(constant: ONNXConstant(integers: added))
            node.inputs[1] = try importer.add(.unsqueeze, [right, axes])[0]
        }

        /// Before operator set 13 these work on the dimensions from the axis on as one.
        private static func softmax(
            _ node: inout ONNXNodeView, _ importer: inout ONNXImporter
        ) throws(PithError) -> [ONNXNodeView.Binding]? {
            guard node.operatorSet < 13, let input = node.inputs.first ?? nil else { return nil }
            let rank = importer.rank(input)
            let axis = try Self.axis(node.takeInt("axis") ?? 1, rank: rank)
            if axis == rank - 1 {
                node.set("axis", -1)
                return nil
            }
            let shape = try importer.add(.shape, [input])[0]
            let flat = try importer.add(.flatten, [input], [.axis: .int(Int64(axis))])[0]
            let op: Operator = node.name == "Softmax" ? .softmax : .logSoftmax
            let result = try importer.add(op, [flat], [.axis: 1])[0]
            return try importer.add(.reshape, [result, shape])
        }

        /// An axis in 0..<rank; negative counts from the end.
        static func axis(_ given: Int64, rank: Int) throws(PithError) -> Int {
            let axis = given < 0 ? given + Int64(rank) : given
            guard (0..<Int64(rank)).contains(axis) else {
                throw PithError(.invalidAttribute, "an axis of \(given) for a rank of \(rank)")
            }
            return Int(axis)
        }

        private static func batchNormalization(_ node: inout ONNXNodeView) throws(PithError) {
            if node.takeInt("spatial") == 0 {
                throw PithError(.unsupportedOperation, "statistics for each position (spatial = 0)")
            }
            node.drop("is_test")
            // The further outputs of the operator sets before 14 are the running statistics, which stay as they are.
            guard node.operatorSet >= 14 || node.outputCount == 1 else {
                throw PithError(
                    .unsupportedOperation, "outputs that only training has",
                    advice: "export the model in evaluation mode")
            }
        }
    }

    extension ONNXImporter {
        /// The number of dimensions of a binding.
        func rank(_ binding: Binding) -> Int {
            binding.id.map { graph[$0].type.rank } ?? binding.constant?.shape.rank ?? 0
        }

        /// The element type of a binding.
        func elementType(_ binding: Binding) -> ElementType {
            binding.id.map { graph[$0].type.elementType } ?? binding.constant?.elementType ?? .float32
        }
    }
#endif
