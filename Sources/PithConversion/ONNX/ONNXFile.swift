#if Conversion
    import ONNXSchema
    import PithGraph
    import SwiftProtobuf

    /// ONNX's model files.
    enum ONNXFile {
        /// Bytes of a model without its external data, as protocol buffers allow.
        static let byteLimit = (1 << 31) - 1

        /// The oldest version of the representation, and of the operator set, that are converted.
        static let oldestRepresentation: Int64 = 3
        static let oldestOperatorSet: Int64 = 6

        /// What a model holds, as far as it can be converted.
        struct Contents {
            var graph: Graph
            var tensors: [SourceTensor]
            var problems: [ConversionProblem]
            var notes: [String: String]
        }

        /// The message that a file is.
        ///
        /// - Throws: `malformed`, `wrongKind`, `unsupportedVersion`, `limitExceeded`.
        static func model(_ file: SourceFile) throws(PithError) -> ONNXModel {
            let model: ONNXModel
            do {
                let bytes = try file.all(limit: byteLimit)
                model = try ONNXModel(serializedBytes: bytes, partial: true)
            } catch let error as PithError {
                throw error
            } catch {
                throw PithError(
                    .malformed, "the protocol buffer is damaged, or nested too deep (\(error))", at: file.place,
                    advice: "get the file again")
            }
            guard model.hasGraph, model.irVersion > 0 else {
                throw PithError(.wrongKind, "a protocol buffer that is not an ONNX model", at: file.place)
            }
            guard model.irVersion >= oldestRepresentation else {
                throw PithError(
                    .unsupportedVersion, "representation \(model.irVersion), older than \(oldestRepresentation)",
                    at: file.place, advice: "convert the model with onnx.version_converter")
            }
            return model
        }

        /// Reads a model.
        ///
        /// - Parameters:
        ///   - file: The model.
        ///   - options: Shapes of inputs in place of those that the model declares, and inputs of one value.
        /// - Throws: `malformed` for bytes that are no model, `unsupportedVersion`, `limitExceeded`, and what opening
        ///   external data throws.
        static func read(
            _ file: SourceFile, _ options: ConversionOptions
        ) throws(PithError) -> Contents {
            let model = try model(file)
            let own = model.opsetImport.first { ["", "ai.onnx"].contains($0.domain) }
            let operatorSet = own?.version ?? 1
            guard operatorSet >= oldestOperatorSet || isUnchanged(model.graph, since: operatorSet) || own == nil else {
                throw PithError(
                    .unsupportedVersion, "operator set \(operatorSet), older than \(oldestOperatorSet)", at: file.place,
                    advice: "convert the model with onnx.version_converter")
            }
            var functions: [String: ONNXFunction] = [:]
            for function in model.functions {
                functions[ONNXImporter.key(function.domain, function.name)] = function
            }
            let name = model.graph.name.isEmpty ? "model" : model.graph.name
            var importer = ONNXImporter(
                graphName: name, operatorSet: Int(clamping: operatorSet), functions: functions,
                folder: file.isInMemory ? nil : SourceFolder(of: file.path))
            importer.inputShapes = options.inputShapes
            importer.fixedInputs = options.fixedInputs
            do throws(PithError) {
                try importer.add(model.graph)
            } catch {
                throw error.located(in: file.place)
            }
            var notes: [String: String] = [:]
            for entry in model.metadataProps { notes[entry.key] = entry.value }
            if model.hasProducerName { notes["producer"] = model.producerName + " " + model.producerVersion }
            return Contents(
                graph: importer.graph, tensors: importer.tensors, problems: importer.problems, notes: notes)
        }

        /// Whether all nodes have been what they are since an operator set.
        private static func isUnchanged(_ graph: ONNXGraph, since operatorSet: Int64) -> Bool {
            graph.node.allSatisfy { node in
                Operator(name: node.opType).map { Int64($0.definition.sinceVersion) <= operatorSet } ?? false
            }
        }
    }
#endif
