#if Conversion
    import ONNXSchema
    import PithGraph
    import PithMath

    /// One node after another.
    extension ONNXImporter {
        /// Adds a node, or notes down why it cannot be.
        ///
        /// - Throws: `limitExceeded` where the model is too large to go on with.
        mutating func add(_ message: ONNXNode) throws(PithError) {
            nodeCount += 1
            guard nodeCount <= Self.nodeLimit else {
                throw PithError(.limitExceeded, "the model has over \(Self.nodeLimit) nodes")
            }
            var inputs: [Binding?] = []
            for name in message.input {
                guard !name.isEmpty else {
                    inputs.append(nil)
                    continue
                }
                guard let binding = bindings[name] else {
                    // What it comes from failed and is noted down; or nothing defines it.
                    failBehind(message, name, inputs)
                    return
                }
                inputs.append(binding)
            }
            while case .some(.none) = inputs.last { inputs.removeLast() }
            do throws(PithError) {
                let outputs = try convert(message, inputs)
                for (name, output) in zip(message.output, outputs) where !name.isEmpty { bindings[name] = output }
            } catch  where error.code != .limitExceeded {
                fail(message, inputs: inputs, reason: error.reason, advice: error.advice)
            }
        }

        /// Notes down what is wrong with a node besides an input that is not there.
        private mutating func failBehind(_ message: ONNXNode, _ name: String, _ inputs: [Binding?]) {
            let isConverted =
                functions[Self.key(message.domain, message.opType)] != nil
                || ONNXAdapter.isConverted(message.domain, message.opType)
            let reason = problems.isEmpty ? "'\(name)' is not defined before" : isConverted ? nil : Self.noOperator
            fail(message, inputs: inputs, reason: reason, advice: isConverted ? "" : Self.operatorAdvice)
        }

        private static let noOperator = "Pith has no such operator"
        private static let operatorAdvice = "export the model without it, or ask for it"

        private mutating func fail(_ message: ONNXNode, inputs: [Binding?], reason: String?, advice: String = "") {
            if let reason {
                note(reason, advice, ONNXNodeView(message, operatorSet: operatorSet, inputs: inputs))
            }
            for name in message.output where !name.isEmpty {
                bindings[name] = nil
                // The graph is not used any more; this only lets the nodes behind be looked at too.
                guard let type = declaredTypes[name],
                    let id = try? graph.addInput(unusedName("failed " + name), type)
                else { continue }
                bindings[name] = Binding(id: id)
            }
        }

        private mutating func convert(_ message: ONNXNode, _ inputs: [Binding?]) throws(PithError) -> [Binding] {
            var node = ONNXNodeView(message, operatorSet: operatorSet, inputs: inputs)
            if let function = functions[Self.key(message.domain, message.opType)] {
                return try call(function, node)
            }
            guard ["", "ai.onnx"].contains(message.domain) || ONNXAdapter.isKnown(message.domain, message.opType) else {
                throw PithError(
                    .unknownOperator, "an operator of the domain '\(message.domain)'",
                    advice: "export the model with ONNX's own operators")
            }
            switch node.name {
            case "Constant":
                var constant = try constant(node)
                constant.name = message.output.first ?? ""
                return [Binding(constant: constant)]
            case "If": return try branch(node)
            default: break
            }
            if let outputs = try ONNXAdapter.rewrite(&node, &self) { return outputs }
            guard let op = Operator(name: node.name) else {
                throw PithError(.unknownOperator, Self.noOperator, advice: Self.operatorAdvice)
            }
            return try add(op, node.inputs, try attributes(of: node, op), outputCount: node.outputCount)
        }

        static func key(_ domain: String, _ name: String) -> String { domain + "\0" + name }

        /// Adds a node of the table; one of constants alone is worked out instead.
        mutating func add(
            _ op: Operator, _ inputs: [Binding?], _ attributes: Attributes = [:], outputCount: Int = 1
        ) throws(PithError) -> [Binding] {
            if let folded = try? folded(op, inputs, attributes, outputCount) { return folded }
            let definition = op.definition
            var ids: [Graph.ValueID?] = []
            for (position, binding) in inputs.enumerated() {
                guard let binding else {
                    ids.append(nil)
                    continue
                }
                ids.append(try materialize(binding, inGraph: definition.decidesShape(position)))
            }
            let outputs = try graph.addNode(op, ids, attributes, outputCount: max(outputCount, 1))
            return outputs.map { Binding(constant: known($0), id: $0) }
        }

        /// A value whose elements the graph itself tells.
        private func known(_ id: Graph.ValueID) -> ONNXConstant? {
            guard case .integers(let elements)? = graph[id].known, let shape = try? graph[id].type.shape(),
                shape.elementCount == elements.count, [.int64, .int32].contains(graph[id].type.elementType)
            else { return nil }
            let extents = elements.compactMap { $0.extent }
            guard extents.count == elements.count else { return nil }
            let words = extents.map { UInt64(bitPattern: Int64($0)) }
            guard let value = try? TensorValue(graph[id].type.elementType, shape, words: words) else { return nil }
            return ONNXConstant(
                elementType: value.elementType, shape: shape, .whole { () throws(PithError) in value.bytes })
        }

        /// The outputs of a node whose inputs are all known; nil for any other, or one that grows a lot.
        private func folded(
            _ op: Operator, _ inputs: [Binding?], _ attributes: Attributes, _ outputCount: Int
        ) throws(PithError) -> [Binding]? {
            guard !inputs.isEmpty, inputs.contains(where: { $0 != nil }) else { return nil }
            var small = Graph(name: "")
            var ids: [Graph.ValueID?] = []
            var given: [Tensor?] = []
            for (position, input) in inputs.enumerated() {
                guard let input else {
                    ids.append(nil)
                    given.append(nil)
                    continue
                }
                guard let constant = input.constant else { return nil }
                let tensor = try constant.tensor()
                given.append(tensor)
                if constant.isSmall {
                    let value = try TensorValue(constant.elementType, constant.shape, bytes: tensor.bytes)
                    ids.append(try small.add(.constant, [], [.value: .tensor(value)]))
                } else {
                    ids.append(try small.addInitializer("\(position)", constant.elementType, constant.shape))
                }
            }
            let attributes = try op.defaultedAttributes(attributes)
            let outputs = try small.addNode(op, ids, attributes, outputCount: max(outputCount, 1))
            var shapes: [Shape] = []
            for output in outputs { shapes.append(try small[output].type.shape()) }
            let inputCount = given.reduce(0) { $0 + ($1?.count ?? 0) }
            let growth = shapes.reduce(0) { $0 + $1.elementCount }
            guard growth <= max(inputCount, ONNXConstant.inlineBytes) else { return nil }
            let results = try Execution.apply(op, attributes, given, on: .single, outputShapes: shapes)
            return results.map { Binding(constant: ONNXConstant($0)) }
        }

        /// The attributes of a node under the table's names.
        private func attributes(of node: ONNXNodeView, _ op: Operator) throws(PithError) -> Attributes {
            var result = Attributes()
            let definition = op.definition
            for (spelling, attribute) in node.attributes {
                guard let name = AttributeName(spelling: spelling),
                    let kind = definition.attributes.first(where: { $0.name == name })?.kind
                else {
                    throw PithError(
                        .invalidAttribute, "the attribute '\(spelling)' is not known",
                        advice: "export the model without it")
                }
                switch kind {
                case .int: result[name] = .int(attribute.i)
                case .float: result[name] = .float(attribute.f)
                case .string: result[name] = .string(String(decoding: attribute.s, as: UTF8.self))
                case .ints: result[name] = .ints(attribute.ints)
                case .floats: result[name] = .floats(attribute.floats)
                case .strings: result[name] = .strings(attribute.strings.map { String(decoding: $0, as: UTF8.self) })
                case .tensor:
                    let constant = try ONNXConstant(attribute.t, folder: folder)
                    result[name] = .tensor(
                        try TensorValue(constant.elementType, constant.shape, bytes: try constant.bytes()))
                case .graph: throw PithError(.invalidAttribute, "the attribute '\(spelling)' holds a graph")
                }
            }
            return result
        }

        private func constant(_ node: ONNXNodeView) throws(PithError) -> ONNXConstant {
            guard let (name, attribute) = node.attributes.first, node.attributes.count == 1 else {
                throw PithError(.invalidAttribute, "a constant without a value")
            }
            switch name {
            case "value": return try ONNXConstant(attribute.t, folder: folder)
            case "value_int": return ONNXConstant(Tensor(integers: [attribute.i], shape: []))
            case "value_ints": return ONNXConstant(integers: attribute.ints)
            case "value_float": return ONNXConstant(scalar: attribute.f)
            case "value_floats":
                return ONNXConstant(Tensor(attribute.floats, shape: try Shape(checking: [attribute.floats.count])))
            default:
                throw PithError(.unsupportedFeature, "a constant given by '\(name)'", advice: "make it a dense tensor")
            }
        }

        /// The value of a binding in the graph: a constant becomes part of the graph where it is no weight (few whole
        /// numbers, single numbers), or where shapes depend on it; an initializer elsewhere.
        mutating func materialize(
            _ binding: Binding, inGraph: Bool = false
        ) throws(PithError) -> Graph.ValueID {
            if let id = binding.id, !inGraph || graph[id].known != nil || binding.constant == nil { return id }
            guard let constant = binding.constant else { throw PithError(.invalidGraph, "a value that is not there") }
            let isNumbers = !constant.elementType.isFloatingPoint && constant.isSmall
            let isInline = inGraph || isBranch || isNumbers || constant.shape.rank == 0
            if isInline, constant.byteCount <= Limits.attributeBytes {
                let value = try TensorValue(constant.elementType, constant.shape, bytes: constant.bytes())
                if let id = inlined[value] { return id }
                let id = try graph.add(.constant, [], [.value: .tensor(value)])
                inlined[value] = id
                return id
            }
            guard !isBranch else { throw PithError(.limitExceeded, "a branch holds a constant that is too large") }
            if let id = binding.id { return id }
            let unused = unusedName(constant.name)
            let id = try graph.addInitializer(unused, constant.elementType, constant.shape)
            tensors.append(
                SourceTensor(
                    name: unused, elementType: constant.elementType, shape: constant.shape, constant.contents))
            return id
        }
    }
#endif
