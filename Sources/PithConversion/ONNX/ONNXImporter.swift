#if Conversion
    import ONNXSchema
    import PithGraph

    /// Builds a graph of the operator table from a model's nodes.
    ///
    /// Names stand for constants, values, or both. Nodes whose inputs are all constants are worked out on the way, so
    /// that shape arithmetic and branches on constants leave nothing behind. What cannot be converted is noted down and
    /// the rest goes on, so that one run tells everything.
    struct ONNXImporter {
        typealias Binding = ONNXNodeView.Binding

        /// Nodes of the model with all functions and branches put in place.
        static let nodeLimit = Limits.nodes

        /// How deep functions and branches may stand in one another.
        static let depthLimit = 32

        let operatorSet: Int
        let functions: [String: ONNXFunction]
        let folder: SourceFolder?

        var graph: Graph
        /// The elements of the graph's initializers.
        var tensors: [SourceTensor] = []
        var problems: [ConversionProblem] = []
        /// What the names of the model stand for; a name whose node failed stands for nothing.
        var bindings: [String: Binding] = [:]
        /// The names of the graph's values, and those that its outputs will have.
        var names: Set<String> = []
        /// For a name that is taken, the number to try next.
        private var nextNumbers: [String: Int] = [:]
        /// The declared types of values, by which conversion goes on after a node that failed.
        var declaredTypes: [String: ValueType] = [:]
        /// Constants that are in the graph already, by what they are.
        var inlined: [TensorValue: Graph.ValueID] = [:]
        /// Shapes of inputs in place of the declared ones.
        var inputShapes: [String: [Dimension]] = [:]
        /// The values of inputs that have only one.
        var fixedInputs: [String: ConversionOptions.FixedInput] = [:]
        /// Whether this is the graph of a branch, which has no initializers of its own.
        var isBranch = false
        var depth = 0
        var nodeCount = 0

        init(graphName: String, operatorSet: Int, functions: [String: ONNXFunction], folder: SourceFolder?) {
            graph = Graph(name: graphName)
            self.operatorSet = operatorSet
            self.functions = functions
            self.folder = folder
        }

        /// Adds a whole graph message.
        mutating func add(_ message: ONNXGraph) throws(PithError) {
            let initialized = Set(message.initializer.map { $0.name })
            names.formUnion(message.output.map { $0.name })
            names.formUnion(message.input.map { $0.name }.filter { !initialized.contains($0) })
            try addInputs(message)
            try addBody(message)
            if message.output.isEmpty { note("the model has no outputs") }
            for output in message.output { try addOutput(output.name) }
        }

        /// Adds initializers and nodes, but not inputs and outputs.
        mutating func addBody(_ message: ONNXGraph) throws(PithError) {
            declare(message)
            for initializer in message.initializer {
                do throws(PithError) {
                    bindings[initializer.name] = Binding(constant: try ONNXConstant(initializer, folder: folder))
                } catch {
                    bindings[initializer.name] = nil
                    note("the initializer '\(initializer.name)': \(error.reason)", error.advice)
                }
            }
            for sparse in message.sparseInitializer {
                note("the initializer '\(sparse.values.name)' is sparse", "make it dense")
            }
            for node in message.node { try add(node) }
        }

        private mutating func declare(_ message: ONNXGraph) {
            for info in message.valueInfo + message.output {
                if let type = try? Self.type(info) { declaredTypes[info.name] = type }
            }
        }

        /// The type of a declared value, nil for what is not a tensor of a type that Pith has.
        static func type(_ info: ONNXValueInfo) throws(PithError) -> ValueType? {
            guard info.type.hasTensorType, let type = ElementType(onnxCode: Int(info.type.tensorType.elemType)),
                info.type.tensorType.hasShape
            else { return nil }
            var dimensions: [Dimension] = []
            for dimension in info.type.tensorType.shape.dim {
                switch dimension.value {
                case .dimValue(let extent)? where extent >= 0: dimensions.append(.fixed(Int(extent)))
                case .dimParam(let name)? where !name.isEmpty: dimensions.append(.symbol(name))
                default: dimensions.append(.unknown)
                }
            }
            _ = try Shape(checking: dimensions.map { $0.extent ?? 1 })
            return ValueType(type, dimensions)
        }

        private mutating func addOutput(_ name: String) throws(PithError) {
            guard let binding = bindings[name] else {
                if problems.isEmpty { note("the output '\(name)' is computed by no node") }
                return
            }
            var id = try materialize(binding)
            // An input, a constant, or a value that is an output already needs a value of its own.
            if !graph[id].name.isEmpty || isConstant(id) { id = try graph.add(.identity, [id]) }
            try graph.addOutput(id, name: graph.value(named: name) == nil ? name : unusedName(name))
        }

        private func isConstant(_ id: Graph.ValueID) -> Bool { inlined.values.contains(id) }

        /// A name that no value of the graph has, and that is taken from now on.
        mutating func unusedName(_ name: String) -> String {
            let base = name.isEmpty ? "constant" : name
            var candidate = base
            var number = nextNumbers[base] ?? 2
            while !names.insert(candidate).inserted {
                candidate = "\(base).\(number)"
                number += 1
            }
            nextNumbers[base] = number
            return candidate
        }

        mutating func note(_ reason: String, _ advice: String = "", _ node: ONNXNodeView? = nil) {
            var problem = ConversionProblem(reason: reason)
            problem.advice = advice
            if let node {
                let domain = node.message.domain
                problem.operatorName = (domain.isEmpty || domain == "ai.onnx" ? "" : domain + ".") + node.message.opType
                problem.operatorSet = node.operatorSet
                problem.node = node.displayName
                problem.inputs = node.inputs.map { describe($0) }
                let isOpen = node.inputs.contains {
                    $0?.id.map { graph[$0].type.dimensions.contains { $0.extent == nil } } == true
                }
                if isOpen, advice.isEmpty, let input = graph.inputs.first {
                    problem.advice =
                        "if extents that are not known stand in the way, give the input's (shape \(graph[input].name)=…)"
                }
            }
            problems.append(problem)
        }

        private func describe(_ binding: Binding?) -> String {
            guard let binding else { return "nothing" }
            if let id = binding.id { return "\(graph[id].type)" }
            return binding.constant.map { "\(ValueType($0.elementType, $0.shape))" } ?? "?"
        }
    }
#endif
