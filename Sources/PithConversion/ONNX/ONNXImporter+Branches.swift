#if Conversion
    import ONNXSchema
    import PithGraph

    /// `If`, and the functions that a model defines for itself.
    extension ONNXImporter {
        /// A branch on a known condition is put in place; on another the graph keeps both.
        mutating func branch(_ node: ONNXNodeView) throws(PithError) -> [Binding] {
            guard node.inputs.count == 1, let condition = node.inputs[0],
                let then = node.attributes["then_branch"]?.g, let otherwise = node.attributes["else_branch"]?.g
            else { throw PithError(.malformed, "an If without a condition or branches") }
            guard depth < Self.depthLimit else { throw PithError(.limitExceeded, "branches nested too deep") }
            if let known = condition.constant {
                guard let value = known.integers()?.first else {
                    throw PithError(.typeMismatch, "a condition that is no bool")
                }
                return try inPlace(value != 0 ? then : otherwise)
            }
            var captures: [(name: String, binding: Binding)] = []
            var seen: Set<String> = []
            for name in Self.freeNames(then) + Self.freeNames(otherwise) {
                guard seen.insert(name).inserted, let binding = bindings[name] else { continue }
                // Small constants stand in the branch itself, where its shapes can depend on them.
                if let constant = binding.constant, constant.isSmall { continue }
                captures.append((name, binding))
            }
            let hoistedThen = try hoist(then)
            let hoistedElse = try hoist(otherwise)
            let all = captures.map { $0.binding } + hoistedThen.map { $0.binding } + hoistedElse.map { $0.binding }
            var ids: [Graph.ValueID] = []
            for binding in all { ids.append(try materialize(binding)) }
            let types = ids.map { graph[$0].type }
            let names = captures.map { $0.name }
            let thenGraph = try nested(
                then, "then", types,
                names + hoistedThen.map { $0.name } + hoistedElse.map { _ in "" })
            let elseGraph = try nested(
                otherwise, "else", types,
                names + hoistedThen.map { _ in "" } + hoistedElse.map { $0.name })
            guard let thenGraph, let elseGraph else {
                throw PithError(.unsupportedOperation, "a branch cannot be converted", advice: Self.branchAdvice)
            }
            let outputs = try graph.addNode(
                .if, [try materialize(condition)] + ids,
                [.thenBranch: .graph(thenGraph), .elseBranch: .graph(elseGraph)], outputCount: node.outputCount)
            return outputs.map { Binding(id: $0) }
        }

        /// The nodes of a branch as nodes of this graph, their names forgotten afterwards.
        private mutating func inPlace(_ message: ONNXGraph) throws(PithError) -> [Binding] {
            let outer = bindings
            let failed = problems.count
            depth += 1
            try addBody(message)
            depth -= 1
            defer { bindings = outer }
            var outputs: [Binding] = []
            for output in message.output {
                guard let binding = bindings[output.name] else {
                    guard problems.count > failed else {
                        throw PithError(.malformed, "the branch does not compute '\(output.name)'")
                    }
                    return outputs
                }
                outputs.append(binding)
            }
            return outputs
        }

        /// The large constants of a branch, which become initializers of the outermost graph and are captured.
        private func hoist(_ message: ONNXGraph) throws(PithError) -> [(name: String, binding: Binding)] {
            var result: [(name: String, binding: Binding)] = []
            for (name, tensor) in Self.ownTensors(message) {
                let constant = try ONNXConstant(tensor, folder: folder)
                if !constant.isSmall { result.append((name, Binding(constant: constant))) }
            }
            return result
        }

        private static func ownTensors(_ message: ONNXGraph) -> [(name: String, tensor: ONNXTensor)] {
            var result = message.initializer.map { (name: $0.name, tensor: $0) }
            for node in message.node where node.opType == "Constant" {
                guard let output = node.output.first, let value = node.attribute.first(where: { $0.name == "value" })
                else { continue }
                result.append((output, value.t))
            }
            return result
        }

        private static let inBranch = "in a branch of an If: "
        private static let branchAdvice =
            "or say what the branch depends on, if that is always the same (input NAME=VALUE)"

        /// A branch as a graph of its own, nil where it cannot be converted; its problems are noted down here.
        ///
        /// - Parameters:
        ///   - types: The types of what is captured.
        ///   - names: What the branch calls each of them, empty for what the other branch captures.
        private mutating func nested(
            _ message: ONNXGraph, _ name: String, _ types: [ValueType], _ names: [String]
        ) throws(PithError) -> Graph? {
            var inner = ONNXImporter(graphName: name, operatorSet: operatorSet, functions: functions, folder: folder)
            inner.isBranch = true
            inner.depth = depth + 1
            inner.nodeCount = nodeCount
            for (name, binding) in bindings {
                if let constant = binding.constant, constant.isSmall {
                    inner.bindings[name] = Binding(constant: constant)
                }
            }
            var captured: [String: Binding] = [:]
            for (position, pair) in zip(names, types).enumerated() {
                let id = try inner.graph.addInput("capture \(position)", pair.1)
                if !pair.0.isEmpty { captured[pair.0] = Binding(id: id) }
            }
            inner.bindings.merge(captured) { _, new in new }
            var rest = message
            rest.initializer.removeAll { captured[$0.name] != nil }
            rest.node.removeAll { $0.opType == "Constant" && $0.output.first.flatMap { captured[$0] } != nil }
            try inner.addBody(rest)
            for output in message.output {
                guard let binding = inner.bindings[output.name] else {
                    if inner.problems.isEmpty { inner.note("the branch does not compute '\(output.name)'") }
                    break
                }
                var id = try inner.materialize(binding)
                if !inner.graph[id].name.isEmpty || inner.graph.outputs.contains(id) {
                    id = try inner.graph.add(.identity, [id])
                }
                try inner.graph.addOutput(id, name: inner.unusedName(output.name))
            }
            nodeCount = inner.nodeCount
            for var problem in inner.problems {
                if !problem.reason.hasPrefix(Self.inBranch) {
                    problem.reason = Self.inBranch + problem.reason
                    problem.advice += (problem.advice.isEmpty ? "" : "; ") + Self.branchAdvice
                }
                problems.append(problem)
            }
            return inner.problems.isEmpty ? inner.graph : nil
        }

        /// The names that a branch takes from around it.
        private static func freeNames(_ message: ONNXGraph) -> [String] {
            var defined = Set(message.initializer.map { $0.name } + message.input.map { $0.name })
            var free: [String] = []
            for node in message.node {
                for name in node.input where !name.isEmpty && !defined.contains(name) { free.append(name) }
                for attribute in node.attribute where attribute.hasG {
                    free += freeNames(attribute.g).filter { !defined.contains($0) }
                }
                defined.formUnion(node.output)
            }
            return free + message.output.map { $0.name }.filter { !defined.contains($0) }
        }

        /// Puts the nodes of a function in place of a node that calls it.
        mutating func call(_ function: ONNXFunction, _ node: ONNXNodeView) throws(PithError) -> [Binding] {
            guard depth < Self.depthLimit else {
                throw PithError(.limitExceeded, "functions call one another too deep")
            }
            let outer = bindings
            let failed = problems.count
            var inner: [String: Binding] = [:]
            for (name, binding) in zip(function.input, node.inputs) { inner[name] = binding }
            var given: [String: ONNXAttribute] = [:]
            for attribute in function.attributeProto { given[attribute.name] = attribute }
            given.merge(node.attributes) { _, new in new }
            bindings = inner
            depth += 1
            defer { bindings = outer }
            for step in function.node { try add(Self.resolved(step, given)) }
            depth -= 1
            var outputs: [Binding] = []
            for name in function.output.prefix(node.outputCount) {
                guard let binding = bindings[name] else {
                    guard problems.count > failed else {
                        throw PithError(.malformed, "the function does not compute '\(name)'")
                    }
                    return outputs
                }
                outputs.append(binding)
            }
            return outputs
        }

        /// A node of a function with the attributes that the call gives; those that it does not give are left out.
        private static func resolved(_ node: ONNXNode, _ given: [String: ONNXAttribute]) -> ONNXNode {
            guard node.attribute.contains(where: { !$0.refAttrName.isEmpty || $0.hasG }) else { return node }
            var node = node
            node.attribute = node.attribute.compactMap { attribute in
                if attribute.hasG {
                    var attribute = attribute
                    attribute.g.node = attribute.g.node.map { resolved($0, given) }
                    return attribute
                }
                guard !attribute.refAttrName.isEmpty else { return attribute }
                guard var value = given[attribute.refAttrName] else { return nil }
                value.name = attribute.name
                return value
            }
            return node
        }
    }
#endif
