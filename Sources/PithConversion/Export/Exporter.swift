import Pith
public import PithFormat
public import PithGraph
import PithMath

/// Writes a model or weights in the form of another framework.
public enum Exporter {
    /// A form that is written.
    public enum Form: String, Sendable, CaseIterable {
        /// An ONNX model.
        case onnx
        /// A safetensors file.
        case safetensors
        /// NumPy's archive of arrays.
        case npz
        /// A state dict that `torch.load(weights_only=True)` reads.
        case pytorch = "pt"

        /// The form that a file's ending names; `pth` is `pt`.
        public init?(path: String) {
            guard let dot = path.utf8.lastIndex(of: UInt8(ascii: ".")) else { return nil }
            let ending = String(path[path.utf8.index(after: dot)...]).lowercased()
            self.init(rawValue: ending == "pth" ? "pt" : ending)
        }
    }

    /// The bytes of a file in another form.
    ///
    /// - Throws: `wrongRole` for weights as an ONNX model, `unsupportedOperation` for a type that the form has not,
    ///   `limitExceeded`.
    public static func export(_ file: ModelFile, as form: Form) throws(PithError) -> [UInt8] {
        switch form {
        case .safetensors: return try SafetensorsWriter.bytes(of: file)
        case .onnx, .npz, .pytorch:
            #if Conversion
                switch form {
                case .onnx: return try ONNXWriter.bytes(of: file)
                case .npz: return try NpzWriter.bytes(of: file)
                default: return try TorchWriter.bytes(of: file)
                }
            #else
                throw PithError(
                    .unsupportedFeature, "this build does not write \(form.rawValue) files",
                    advice: "build Pith with the trait Conversion")
            #endif
        }
    }

    /// The named tensors, initializers under the type that the graph gives them.
    ///
    /// - Throws: `unsupportedOperation` for elements that are only carried, where the form cannot carry them.
    static func tensors(of file: ModelFile, carrying: Bool = false) throws(PithError) -> [StoredTensor] {
        if !carrying, let tensor = file.tensors.first(where: { $0.foreign != nil }) {
            throw PithError(
                .unsupportedOperation, "the form has no elements of type \(tensor.foreign?.typeName ?? "")",
                at: .tensor(tensor.name), advice: "export it as safetensors")
        }
        guard let graph = file.graph else { return file.tensors }
        var result: [StoredTensor] = []
        for id in graph.initializers {
            let value = graph[id]
            guard let stored = file.tensor(named: value.name) else {
                throw PithError(.invalidGraph, "the weights are missing", at: .tensor(value.name))
            }
            result.append(try widened(stored, to: value.type.elementType))
        }
        return result
    }

    /// A tensor in a wider float type, which changes no value.
    static func widened(_ stored: StoredTensor, to type: ElementType) throws(PithError) -> StoredTensor {
        guard stored.elementType != type else { return stored }
        let tensor = try Tensor(stored)
        return try StoredTensor(
            name: stored.name, elementType: type, shape: stored.shape, bytes: tensor.converted(to: type).bytes)
    }
}
