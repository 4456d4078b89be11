import PithFormat
import PithGraph

extension FuzzTarget {
    /// Whole files, as they are and with all checksums and declarations made right: what is accepted must be written and
    /// read again as the same.
    static let container = FuzzTarget(
        name: "container",
        seeds: { try Samples.files().map { try $0.encoded() } },
        run: { bytes in
            check(bytes)
            if let parts = FileParts(bytes) { check(parts.repaired()) }
        },
        mutate: mutateFile)

    @Sendable private static func check(_ bytes: [UInt8]) {
        _ = try? FileSummary.of(bytes, limits: .fuzzing)
        guard let file = try? ModelFile.decode(bytes, limits: .fuzzing) else { return }
        do {
            let back = try ModelFile.decode(file.encoded(), limits: .fuzzing)
            guard back.tensors == file.tensors, back.graph == file.graph, back.role == file.role,
                back.testVectors == file.testVectors
            else { finding("another file comes back") }
        } catch {
            finding("what was read is not written: \(error)")
        }
    }

    /// Changes a part of a `.pith` file, or the whole. Targets repair checksums and declarations when they run it: the
    /// reader's own code does that, and a trap in it must be found there and not here.
    @Sendable static func mutateFile(_ bytes: inout [UInt8], _ mutator: Mutator) {
        let growth = max(min(mutator.limit - bytes.count, 64), 0)
        guard mutator.choose(below: 8) > 0, var parts = FileParts(bytes), !parts.sections.isEmpty else {
            bytes = mutator.mutated(bytes, growth: growth)
            return
        }
        for _ in 0...mutator.choose(below: 2) {
            let index = mutator.choose(below: parts.sections.count)
            let section = parts.sections[index]
            let mayGrow = !section.isData || mutator.choose(below: 4) == 0
            parts.change(index, to: mutator.mutated(section.bytes, growth: mayGrow ? growth : 0))
        }
        bytes = parts.assembled()
    }
}
