/// What a file says about itself: values under unique keys, in ascending order of the keys' UTF-8.
public struct Metadata: Sendable, Hashable {
    /// The keys and values.
    public private(set) var entries: [Entry] = []

    /// A key and its value.
    public struct Entry: Sendable, Hashable {
        /// The key.
        public let key: String
        /// The value.
        public let value: Value
    }

    /// A value.
    public enum Value: Sendable {
        /// Text.
        case string(String)
        /// A whole number.
        case int(Int64)
        /// A number.
        case float(Double)
        /// Texts.
        case strings([String])
        /// Numbers.
        case floats([Double])
    }

    /// No entries.
    public init() {}

    /// The value under a key; setting nil removes it.
    ///
    /// - Complexity: O(n) in the number of entries.
    public subscript(key: String) -> Value? {
        get { entries.first { $0.key.utf8.elementsEqual(key.utf8) }?.value }
        set {
            entries.removeAll { $0.key.utf8.elementsEqual(key.utf8) }
            guard let newValue else { return }
            let index = entries.firstIndex { key.utf8.lexicographicallyPrecedes($0.key.utf8) } ?? entries.count
            entries.insert(Entry(key: key, value: newValue), at: index)
        }
    }
}

extension Metadata.Value: Hashable {
    /// Bit for bit: a NaN equals itself, and 0 is not -0.
    public static func == (left: Metadata.Value, right: Metadata.Value) -> Bool {
        switch (left, right) {
        case (.string(let left), .string(let right)): left.utf8.elementsEqual(right.utf8)
        case (.int(let left), .int(let right)): left == right
        case (.float(let left), .float(let right)): left.bitPattern == right.bitPattern
        case (.strings(let left), .strings(let right)):
            left.elementsEqual(right) { $0.utf8.elementsEqual($1.utf8) }
        case (.floats(let left), .floats(let right)):
            left.elementsEqual(right) { $0.bitPattern == $1.bitPattern }
        default: false
        }
    }

    /// Hashes texts and whole numbers only.
    public func hash(into hasher: inout Hasher) {
        switch self {
        case .string(let text): hasher.combine(text)
        case .int(let number): hasher.combine(number)
        case .float, .strings, .floats: return
        }
    }
}

extension Metadata.Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral {
    /// Text.
    public init(stringLiteral value: String) { self = .string(value) }

    /// A whole number.
    public init(integerLiteral value: Int64) { self = .int(value) }

    /// A number.
    public init(floatLiteral value: Double) { self = .float(value) }
}

/// One value of a file's metadata.
public typealias MetadataValue = Metadata.Value

extension Metadata {
    /// Whether there are no entries.
    public var isEmpty: Bool { entries.isEmpty }

    /// The keys in ascending order.
    public var keys: [String] { entries.map { $0.key } }
}

extension Metadata: ExpressibleByDictionaryLiteral {
    /// Creates entries; a later value of one key replaces an earlier one.
    public init(dictionaryLiteral elements: (String, Value)...) {
        for (key, value) in elements { self[key] = value }
    }
}

/// The standard keys (`spec/FORMAT.md`, "Metadata").
extension Metadata {
    /// A short name: text.
    public static let name = "name"
    /// An SPDX expression: text.
    public static let licence = "licence"
    /// A sentence or more: text.
    public static let description = "description"
    /// What the outputs' positions mean, for example `0` to `9`.
    public static let labels = "labels"
    /// Rows and columns of the picture that the input takes.
    public static let inputShape = "input.shape"
    /// Subtracted from pixels in 0...1.
    public static let inputMean = "input.mean"
    /// Divides pixels after the subtraction.
    public static let inputStandardDeviation = "input.std"
    /// `probabilities`, `log-probabilities` or `logits`.
    public static let outputKind = "output.kind"
    /// SHA-256 of the file that a model was converted from, 64 lower-case hexadecimal digits.
    public static let provenanceSource = "provenance.source-sha256"
    /// The options that the tool was given.
    public static let provenanceOptions = "provenance.options"
    /// The tool that wrote the file and its version.
    public static let tool = "provenance.tool"
    /// The test accuracy that the trainer measured, 0...1.
    public static let accuracy = "provenance.accuracy"
    /// What was done to the weights on the way, for example `dtype bf16`.
    public static let steps = "provenance.steps"
}
