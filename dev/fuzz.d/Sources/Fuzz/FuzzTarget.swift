/// One thing to fuzz: a name, inputs to begin with, what to do with an input, and how to change one.
///
/// A finding is a trap, an error of a sanitizer, an allocation over the limit that `dev/fuzz` sets, or over a second of
/// processor time.
struct FuzzTarget: Sendable {
    /// What `dev/fuzz NAME` takes.
    let name: String

    /// Inputs that are accepted, so that mutations begin near what is valid.
    let seeds: @Sendable () throws -> [[UInt8]]

    /// Takes any bytes; refuses them by returning, traps on a broken promise.
    let run: @Sendable ([UInt8]) -> Void

    /// Changes an input after libFuzzer chose it; nil for libFuzzer's own way.
    var mutate: (@Sendable (inout [UInt8], Mutator) -> Void)?

    /// Every target, each in a file of its own in `Targets`.
    static let all = [container, codecs, graph, operators, run, pickle, zip, npy, safetensors, onnx, recipe]
}

/// Stops with a message: a finding.
func finding(_ what: String) -> Never { fatalError("finding: " + what) }
