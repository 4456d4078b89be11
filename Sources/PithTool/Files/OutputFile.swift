import Foundation
import PithGraph

/// A file that a command is asked to write.
struct OutputFile {
    let path: String

    init(_ path: String) { self.path = path }

    /// Refuses to write over what the command reads or else writes; paths that are nil are none. Pipes and devices, which
    /// hold nothing that would be lost, may be named again.
    ///
    /// - Throws: `invalidArgument`.
    func mustDiffer(from others: String?...) throws(PithError) {
        let own = Self.resolved(path)
        let file = Self.file(own)
        guard file?.type ?? .typeRegular == .typeRegular else { return }
        for other in others.compactMap({ $0.map(Self.resolved) }) {
            guard other == own || (file != nil && Self.file(other) == file) else { continue }
            throw PithError(
                .invalidArgument, "the same command reads this file, or writes something else to it", at: .file(path),
                advice: "give it another name")
        }
    }

    /// The path without links; of what is not there yet, that of its folder.
    private static func resolved(_ path: String) -> String {
        let url = URL(fileURLWithPath: path).standardizedFileURL
        guard !FileManager.default.fileExists(atPath: url.path) else { return url.resolvingSymlinksInPath().path }
        return url.deletingLastPathComponent().resolvingSymlinksInPath().path + "/" + url.lastPathComponent
    }

    /// What is at a path, whatever the path is called.
    private struct Identity: Equatable {
        let device: Int
        let number: Int
        let type: FileAttributeType
    }

    private static func file(_ path: String) -> Identity? {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
            let device = attributes[.systemNumber] as? Int, let number = attributes[.systemFileNumber] as? Int,
            let type = attributes[.type] as? FileAttributeType
        else { return nil }
        return Identity(device: device, number: number, type: type)
    }
}
