extension PithError {
    /// A kind of failure, named in lower camel case; the name is stable and appears in `--json` output and in the
    /// manifest of `spec/vectors`.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The name.
        public let name: String

        /// The name.
        public var description: String { name }

        init(_ name: String) { self.name = name }
    }
}

/// The file is bad.
extension PithError.Code {
    /// The bytes are of another kind than the one expected.
    public static let wrongKind = Self("wrongKind")
    /// The bytes were changed by a transfer in text mode.
    public static let damagedByTextTransfer = Self("damagedByTextTransfer")
    /// A newer or unknown format version.
    public static let unsupportedVersion = Self("unsupportedVersion")
    /// A feature, codec or encoding that this build cannot read.
    public static let unsupportedFeature = Self("unsupportedFeature")
    /// Stored bytes do not have the checksum that stands beside them.
    public static let checksumMismatch = Self("checksumMismatch")
    /// The bytes end before what they declare.
    public static let truncated = Self("truncated")
    /// Bytes are left over after the last that anything declares.
    public static let trailingBytes = Self("trailingBytes")
    /// A byte that must be zero is not.
    public static let nonZeroPadding = Self("nonZeroPadding")
    /// A field has a value that the specification does not allow.
    public static let malformed = Self("malformed")
    /// A declared size or count is over the limit.
    public static let limitExceeded = Self("limitExceeded")
    /// A whole file of another role: a checkpoint where a model is asked for, and so on.
    public static let wrongRole = Self("wrongRole")
    /// What the header declares is not what the file holds.
    public static let falseDeclaration = Self("falseDeclaration")
    /// An output of a test vector differs from the one computed.
    public static let testVectorMismatch = Self("testVectorMismatch")
}

/// The graph is bad.
extension PithError.Code {
    /// Two tensors, inputs, outputs or values of one name.
    public static let duplicateName = Self("duplicateName")
    /// A name that is empty where one is needed, too long, or not UTF-8.
    public static let invalidName = Self("invalidName")
    /// An operator that the table does not have.
    public static let unknownOperator = Self("unknownOperator")
    /// An attribute that the operator does not have, of the wrong kind, or out of range.
    public static let invalidAttribute = Self("invalidAttribute")
    /// A reference to a value that is not defined before its use, or another fault of structure.
    public static let invalidGraph = Self("invalidGraph")
    /// Shapes that do not fit.
    public static let shapeMismatch = Self("shapeMismatch")
    /// An element type that is not allowed here.
    public static let typeMismatch = Self("typeMismatch")
}

/// The caller or the surroundings are at fault.
extension PithError.Code {
    /// An argument out of its range.
    public static let invalidArgument = Self("invalidArgument")
    /// An operation that is not available for this operator or type.
    public static let unsupportedOperation = Self("unsupportedOperation")
    /// No file at the path.
    public static let fileNotFound = Self("fileNotFound")
    /// The user may not read or write the path.
    public static let permissionDenied = Self("permissionDenied")
    /// A folder where a file is needed.
    public static let isADirectory = Self("isADirectory")
    /// Any other failure of the operating system.
    public static let inputOutput = Self("inputOutput")
    /// Training met a loss that is not finite.
    public static let nonFiniteLoss = Self("nonFiniteLoss")
}
