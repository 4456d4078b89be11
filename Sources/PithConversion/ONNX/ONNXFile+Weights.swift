#if Conversion
    import Foundation
    import ONNXSchema
    import PithFormat
    import PithGraph

    extension ONNXFile {
        /// The tensors that a model holds, as initializers and as constants, in branches and functions too, whatever its
        /// operators are.
        ///
        /// - Throws: As `read`.
        static func weights(_ file: SourceFile) throws(PithError) -> SourceWeights {
            let model = try model(file)
            let folder = file.isInMemory ? nil : SourceFolder(of: file.path)
            var weights = SourceWeights([])
            for entry in model.metadataProps { weights.notes[entry.key] = entry.value }
            var names: Set<String> = []
            var graphs = [model.graph]
            for function in model.functions {
                var graph = ONNXGraph()
                graph.node = function.node
                graphs.append(graph)
            }
            // Graphs inside others were checked for depth by the reader of protocol buffers.
            while !graphs.isEmpty {
                let graph = graphs.removeFirst()
                for tensor in graph.initializer { add(tensor, named: tensor.name, folder, &names, &weights) }
                for node in graph.node {
                    for attribute in node.attribute where attribute.hasT {
                        add(attribute.t, named: node.output.first ?? "", folder, &names, &weights)
                    }
                    graphs += node.attribute.filter { $0.hasG }.map { $0.g }
                }
                for sparse in graph.sparseInitializer {
                    weights.omitted.append(
                        PithError(.unsupportedFeature, "a sparse tensor", at: .tensor(sparse.values.name)))
                }
            }
            return try weights.checked(sourceBytes: .max >> 8)
        }

        private static func add(
            _ tensor: ONNXTensor, named given: String, _ folder: SourceFolder?, _ names: inout Set<String>,
            _ weights: inout SourceWeights
        ) {
            let name = SourceWeights.unusedName(given.isEmpty ? "constant" : given, &names)
            do throws(PithError) {
                if ElementType(onnxCode: Int(tensor.dataType)) == nil {
                    weights.tensors.append(try ONNXConstant.foreign(tensor, name, folder))
                } else {
                    let constant = try ONNXConstant(tensor, folder: folder)
                    weights.tensors.append(
                        SourceTensor(
                            name: name, elementType: constant.elementType, shape: constant.shape, constant.contents))
                }
            } catch {
                weights.omitted.append(error.located(in: .tensor(name)))
            }
        }
    }

    extension ONNXConstant {
        /// A tensor of a type that Pith has not, carried as bytes; two or four elements of some share one.
        fileprivate static func foreign(
            _ message: ONNXTensor, _ name: String, _ folder: SourceFolder?
        ) throws(PithError) -> SourceTensor {
            guard let bits = foreignBits[Int(message.dataType)], let type = names[Int(message.dataType)] else {
                throw PithError(.unsupportedFeature, "elements that are texts or of an unknown type")
            }
            var extents: [Int] = []
            for extent in message.dims { extents.append(Int(clamping: extent)) }
            let shape = try Shape(checking: extents)
            let (total, overflow) = shape.elementCount.multipliedReportingOverflow(by: bits)
            guard !overflow else { throw PithError(.limitExceeded, "a tensor of \(shape)") }
            let needed = (total + 7) / 8
            let contents: SourceTensor.Contents
            if message.dataLocation == 1 {
                let (file, range) = try external(message, needed: needed, folder: folder)
                contents = .bytes(range, of: file)
            } else {
                guard message.hasRawData || bits <= 8 || bits >= 64 else {
                    throw PithError(.malformed, "elements that are not given as bytes")
                }
                let bytes = message.hasRawData ? [UInt8](message.rawData) : fields(message, bits)
                guard bytes.count == needed else {
                    throw PithError(.shapeMismatch, "\(type) \(shape) has data of another size")
                }
                contents = .whole { () throws(PithError) in bytes }
            }
            return try SourceTensor(
                name: name, foreign: ForeignElements(typeName: type, shape: shape), byteCount: needed, contents)
        }

        /// The bits of an element.
        private static let foreignBits = [
            14: 64, 15: 128, 18: 8, 20: 8, 21: 4, 22: 4, 23: 4, 24: 8, 25: 2, 26: 2,
        ]

        /// Elements that are given as numbers: complex ones by their parts, others by the bytes that they are packed in.
        private static func fields(_ message: ONNXTensor, _ bits: Int) -> [UInt8] {
            switch bits {
            case 64: message.floatData.flatMap { value in (0..<4).map { UInt8(value.bitPattern >> (8 * $0) & 0xFF) } }
            case 128: message.doubleData.flatMap { value in (0..<8).map { UInt8(value.bitPattern >> (8 * $0) & 0xFF) } }
            default: message.int32Data.map { UInt8(truncatingIfNeeded: $0) }
            }
        }
    }
#endif
