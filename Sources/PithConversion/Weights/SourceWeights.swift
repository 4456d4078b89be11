public import PithGraph

/// The tensors of a file to convert, with what it says about itself and what could not be taken.
public struct SourceWeights: Sendable {
    /// The tensors in the file's order.
    public var tensors: [SourceTensor]

    /// Texts under keys, as safetensors files have.
    public var notes: [String: String] = [:]

    /// Tensors that were left out, each with the reason.
    public var omitted: [PithError] = []

    /// How many times its own size a file may unpack to, beyond `freeBytes`; a file over that is a bomb.
    static let expansion = 64

    /// Bytes that any file may unpack to: 1 GiB.
    static let freeBytes = 1 << 30

    init(_ tensors: [SourceTensor]) { self.tensors = tensors }

    /// Refuses two tensors of one name, and tensors that together are far larger than the file they came from.
    ///
    /// - Throws: `duplicateName`, `limitExceeded`.
    func checked(sourceBytes: Int) throws(PithError) -> SourceWeights {
        var names: Set<String> = []
        var total = 0
        for tensor in tensors {
            guard names.insert(tensor.name).inserted else {
                throw PithError(.duplicateName, "two tensors have the name '\(tensor.name)'", at: .tensor(tensor.name))
            }
            total = total.addingReportingOverflow(tensor.byteCount).partialValue
            try Self.checkExpansion(to: total, from: sourceBytes)
        }
        return self
    }

    /// A name that no tensor has yet, which is added to those taken.
    static func unusedName(_ name: String, _ names: inout Set<String>) -> String {
        var candidate = name
        var number = 2
        while !names.insert(candidate).inserted {
            candidate = "\(name).\(number)"
            number += 1
        }
        return candidate
    }

    /// Refuses what unpacks to far more than it is.
    static func checkExpansion(to unpacked: Int, from sourceBytes: Int) throws(PithError) {
        guard unpacked >= 0, unpacked - freeBytes <= sourceBytes.multipliedReportingOverflow(by: expansion).partialValue
        else {
            throw PithError(
                .limitExceeded, "\(sourceBytes) bytes would unpack to \(unpacked), over \(expansion) times as many",
                advice: "the file is not what it seems; get it from where it was made")
        }
    }
}

extension SourceWeights {
    /// The same tensors without a prefix that all of them have: `module.` of data-parallel training, `_orig_mod.` of
    /// compiled modules.
    func withoutWrapperPrefixes() -> SourceWeights {
        var result = self
        for prefix in ["module.", "_orig_mod.", "module."] where !tensors.isEmpty {
            guard result.tensors.allSatisfy({ $0.name.hasPrefix(prefix) && $0.name != prefix }) else { continue }
            for index in result.tensors.indices { result.tensors[index].name.removeFirst(prefix.count) }
        }
        return result
    }
}
