/// What a file to convert is, told by its first bytes and not by its name.
public enum SourceKind: String, Sendable, CaseIterable {
    /// A `.pith` file of any role.
    case pith
    /// A zip archive: PyTorch's `.pt`, or NumPy's `.npz`.
    case zip
    /// A bare pickle, as old PyTorch files are.
    case pickle
    /// A safetensors file.
    case safetensors
    /// One NumPy array.
    case npy
    /// A protocol buffer, as ONNX files are.
    case onnx
    /// Text; JSON is the index of a safetensors set.
    case text
    /// Something else.
    case unknown

    /// How many of a file's first bytes tell its kind.
    public static let lookedAt = 512

    /// Tags of the fields that may follow the version, the first field of an ONNX model: names and numbers of what made
    /// it, the graph, the operator sets, metadata.
    private static let onnxFields: Set<UInt8> = [0x12, 0x1A, 0x22, 0x28, 0x32, 0x3A, 0x42, 0x72]

    /// Looks at a file's first bytes.
    public init(of bytes: [UInt8]) {
        let start = Array(bytes.prefix(16))
        if start.starts(with: [0x89, 0x50, 0x54, 0x48]) {
            self = .pith
        } else if start.starts(with: [0x50, 0x4B, 3, 4]) || start.starts(with: [0x50, 0x4B, 5, 6]) {
            self = .zip
        } else if start.starts(with: [0x93] + Array("NUMPY".utf8)) {
            self = .npy
        } else if start.count > 8, start[8] == UInt8(ascii: "{"), start[5...7].allSatisfy({ $0 == 0 }) {
            self = .safetensors
        } else if start.count > 1, start[0] == 0x80, (2...5).contains(start[1]) {
            self = .pickle
        } else if start.count > 2, start[0] == 0x08, (1...0x7F).contains(start[1]), Self.onnxFields.contains(start[2]) {
            self = .onnx
        } else if !bytes.isEmpty,
            bytes.prefix(Self.lookedAt).allSatisfy({ $0 >= 0x20 && $0 < 0x7F || (9...13).contains($0) })
        {
            self = .text
        } else {
            self = .unknown
        }
    }

    /// The words that messages use.
    public var name: String {
        switch self {
        case .pith: "a .pith file"
        case .zip: "a zip archive, as PyTorch and npz files are"
        case .pickle: "a pickle, as old PyTorch files are"
        case .safetensors: "a safetensors file"
        case .npy: "a NumPy array"
        case .onnx: "an ONNX model"
        case .text: "a text file"
        case .unknown: "a file of an unknown kind"
        }
    }
}
