import PithFormat
import PithGraph

extension FuzzTarget {
    /// Whole files, checksums repaired: what is accepted must be written and read again as the same.
    static let container = FuzzTarget(
        name: "container",
        seeds: { try Samples.files().map { try $0.encoded() } },
        run: { bytes in
            _ = try? FileSummary.of(bytes, limits: .fuzzing)
            guard let file = FileParts.decodingHonestly(bytes, decode) else { return }
            do {
                let back = try ModelFile.decode(file.encoded(), limits: .fuzzing)
                guard back.tensors == file.tensors, back.graph == file.graph, back.role == file.role,
                    back.testVectors == file.testVectors
                else { finding("another file comes back") }
            } catch {
                finding("what was read is not written: \(error)")
            }
        },
        mutate: mutateFile)

    @Sendable static func decode(_ bytes: [UInt8]) throws(PithError) -> ModelFile {
        try ModelFile.decode(bytes, limits: .fuzzing)
    }

    /// Changes a part of a `.pith` file, or the whole, and mostly makes it consistent again.
    @Sendable static func mutateFile(_ bytes: inout [UInt8], _ mutator: Mutator) {
        let growth = max(min(mutator.limit - bytes.count, 64), 0)
        guard mutator.choose(below: 8) > 0, var parts = FileParts(bytes), !parts.sections.isEmpty else {
            bytes = mutator.mutated(bytes, growth: growth)
            if mutator.choose(below: 2) == 0, let parts = FileParts(bytes) { bytes = parts.repaired() }
            return
        }
        for _ in 0...mutator.choose(below: 2) {
            let index = mutator.choose(below: parts.sections.count)
            let section = parts.sections[index]
            let mayGrow = !section.isData || mutator.choose(below: 4) == 0
            parts.change(index, to: mutator.mutated(section.bytes, growth: mayGrow ? growth : 0))
        }
        bytes = parts.repaired()
    }
}
