#if Conversion
    import Foundation
    import ONNXSchema
    import PithGraph

    /// A node of a model on its way into the graph: what the importer and its adapters change step by step until it is
    /// one that the operator table has.
    struct ONNXNodeView {
        /// What a name stands for.
        struct Binding {
            /// The tensor, where it is known at conversion.
            var constant: ONNXConstant?
            /// The value in the graph, once there is one.
            var id: Graph.ValueID?
        }

        let message: ONNXNode
        /// The version of ONNX's own operator set.
        let operatorSet: Int
        /// The name of the operator.
        var name: String
        /// The inputs; nil for one left out.
        var inputs: [Binding?]
        /// How many outputs are asked for.
        var outputCount: Int
        /// The attributes that are left to take over.
        var attributes: [String: ONNXAttribute]

        init(_ message: ONNXNode, operatorSet: Int, inputs: [Binding?]) {
            self.message = message
            self.operatorSet = operatorSet
            self.inputs = inputs
            name = message.opType
            outputCount = (message.output.lastIndex { !$0.isEmpty } ?? -1) + 1
            attributes = [:]
            for attribute in message.attribute { attributes[attribute.name] = attribute }
        }

        /// The node's name for messages.
        var displayName: String {
            message.name.isEmpty ? message.output.first { !$0.isEmpty } ?? "" : message.name
        }

        /// Takes an attribute of whole numbers away.
        mutating func takeInts(_ name: String) -> [Int64]? {
            guard let attribute = attributes.removeValue(forKey: name) else { return nil }
            return attribute.ints.isEmpty && attribute.hasI ? [attribute.i] : attribute.ints
        }

        /// Takes an attribute of one whole number away.
        mutating func takeInt(_ name: String) -> Int64? { attributes.removeValue(forKey: name)?.i }

        /// Takes an attribute of one number away.
        mutating func takeFloat(_ name: String) -> Float? { attributes.removeValue(forKey: name)?.f }

        /// Takes attributes away that mean nothing when a model only runs.
        mutating func drop(_ names: String...) { for name in names { attributes[name] = nil } }

        /// Sets an attribute.
        mutating func set(_ name: String, text: String) {
            var attribute = ONNXAttribute()
            attribute.name = name
            attribute.s = Data(text.utf8)
            attributes[name] = attribute
        }

        /// Sets an attribute.
        mutating func set(_ name: String, _ value: Int64) {
            var attribute = ONNXAttribute()
            attribute.name = name
            attribute.i = value
            attributes[name] = attribute
        }

        /// Puts a constant at a position of the inputs, those before it left out where there are none.
        mutating func setInput(_ position: Int, _ constant: ONNXConstant) {
            while inputs.count <= position { inputs.append(nil) }
            inputs[position] = Binding(constant: constant)
        }
    }
#endif
