/// The version of the package, as `--version` prints it.
public enum PithVersion {
    /// The package's version.
    public static let package = "0.1.0"

    /// The version of the file format that is written.
    public static let format = "1.0"
}
