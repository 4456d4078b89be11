#if Conversion
    import Foundation
    import ONNXSchema
    import PithFormat
    import PithGraph
    import SwiftProtobuf

    /// Writes a model as ONNX: the graph's operators are ONNX's, so each node is one node.
    struct ONNXWriter {
        /// The version of the representation that belongs to the operator set.
        private static let representation: Int64 = 10

        private var names: [String]
        private var taken: Set<String>
        private let prefix: String

        /// The bytes of a model.
        ///
        /// - Throws: `wrongRole` for weights without a graph, `limitExceeded` for over 2 GiB.
        static func bytes(of file: ModelFile) throws(PithError) -> [UInt8] {
            guard let graph = file.graph else {
                throw PithError(
                    .wrongRole, "weights without a graph are no ONNX model", advice: "export them as safetensors")
            }
            var message = ONNXModel()
            message.irVersion = representation
            message.producerName = "pith"
            message.producerVersion = PithVersion.package
            var set = ONNXOperatorSet()
            set.domain = ""
            set.version = Int64(Operator.operatorSet)
            message.opsetImport = [set]
            var writer = ONNXWriter(graph, prefix: "", taken: [])
            message.graph = try writer.graph(graph, captures: nil)
            var total = 0
            for tensor in try Exporter.tensors(of: file) {
                total += tensor.bytes.count
                guard total <= ONNXFile.byteLimit - (64 << 20) else {
                    throw PithError(
                        .limitExceeded, "the weights are over the 2 GiB that a protocol buffer may have",
                        advice: "export them as safetensors")
                }
                message.graph.initializer.append(Self.tensor(tensor))
            }
            for entry in file.metadata.entries {
                guard case .string(let text) = entry.value else { continue }
                var property = ONNXEntry()
                property.key = entry.key
                property.value = text
                message.metadataProps.append(property)
            }
            do {
                return try message.serializedBytes()
            } catch {
                throw PithError(.limitExceeded, "the model cannot be written as a protocol buffer")
            }
        }

        private init(_ graph: Graph, prefix: String, taken: Set<String>) {
            self.prefix = prefix
            names = graph.values.map { $0.name }
            self.taken = taken.union(names.filter { !$0.isEmpty })
            for index in names.indices where names[index].isEmpty {
                var name = "\(prefix)v\(index)"
                while !self.taken.insert(name).inserted { name += "_" }
                names[index] = name
            }
        }

        /// A graph; one that stands in a node names what it captures by the outer names.
        private mutating func graph(_ graph: Graph, captures: [String]?) throws(PithError) -> ONNXGraph {
            var message = ONNXGraph()
            message.name = graph.name.isEmpty ? "graph" : graph.name
            if let captures {
                for (id, name) in zip(graph.inputs, captures) { names[id.index] = name }
            } else {
                message.input = graph.inputs.map { info($0, graph) }
            }
            for (index, node) in graph.nodes.enumerated() { message.node.append(try self.node(node, index, graph)) }
            message.output = graph.outputs.map { info($0, graph) }
            return message
        }

        private func node(_ node: Graph.Node, _ index: Int, _ graph: Graph) throws(PithError) -> ONNXNode {
            var message = ONNXNode()
            message.opType = node.op.name
            message.name = "\(prefix)\(node.op.name)_\(index)"
            let inputs = node.inputs.map { id in id.map { names[$0.index] } ?? "" }
            message.input = node.op == .if ? Array(inputs.prefix(1)) : inputs
            message.output = node.outputs.map { names[$0.index] }
            for entry in node.attributes.entries where !node.op.isDefault(entry) {
                message.attribute.append(try attribute(entry, of: index, captures: Array(inputs.dropFirst())))
            }
            return message
        }

        /// The numbers of ONNX's kinds of attribute.
        private static let kinds: [AttributeValue.Kind: Int32] = [
            .float: 1, .int: 2, .string: 3, .tensor: 4, .graph: 5, .floats: 6, .ints: 7, .strings: 8,
        ]

        private func attribute(
            _ entry: Attributes.Entry, of index: Int, captures: [String]
        ) throws(PithError) -> ONNXAttribute {
            var message = ONNXAttribute()
            message.name = entry.name.spelling
            message.type = Self.kinds[entry.value.kind] ?? 0
            switch entry.value {
            case .int(let value): message.i = value
            case .float(let value): message.f = value
            case .string(let value): message.s = Data(value.utf8)
            case .ints(let values): message.ints = values
            case .floats(let values): message.floats = values
            case .strings(let values): message.strings = values.map { Data($0.utf8) }
            case .tensor(let value):
                message.t.dims = value.shape.dimensions.map { Int64($0) }
                message.t.dataType = Int32(value.elementType.onnxCode)
                message.t.rawData = Data(value.bytes)
            case .graph(let inner):
                // Names of a branch must differ from those around it.
                var writer = ONNXWriter(
                    inner, prefix: "\(prefix)\(index)_\(entry.name.spelling)_", taken: taken)
                for id in inner.values.indices where !inner.values[id].name.isEmpty {
                    writer.names[id] = writer.prefix + inner.values[id].name
                }
                message.g = try writer.graph(inner, captures: captures)
            }
            return message
        }

        private func info(_ id: Graph.ValueID, _ graph: Graph) -> ONNXValueInfo {
            var message = ONNXValueInfo()
            message.name = names[id.index]
            message.type.tensorType.elemType = Int32(graph[id].type.elementType.onnxCode)
            message.type.tensorType.shape = ONNXTensorShape()
            for dimension in graph[id].type.dimensions {
                var extent = ONNXDimension()
                switch dimension {
                case .fixed(let number): extent.dimValue = Int64(number)
                case .symbol(let name): extent.dimParam = name
                case .unknown: break
                }
                message.type.tensorType.shape.dim.append(extent)
            }
            return message
        }

        private static func tensor(_ tensor: StoredTensor) -> ONNXTensor {
            var message = ONNXTensor()
            message.name = tensor.name
            message.dims = tensor.shape.dimensions.map { Int64($0) }
            message.dataType = Int32(tensor.elementType.onnxCode)
            message.rawData = Data(tensor.bytes)
            return message
        }
    }

    extension Operator {
        /// Whether an attribute says what leaving it out would.
        fileprivate func isDefault(_ entry: Attributes.Entry) -> Bool {
            for attribute in definition.attributes where attribute.name == entry.name {
                if case .defaulted(let value) = attribute.presence { return value == entry.value }
            }
            return false
        }
    }
#endif
