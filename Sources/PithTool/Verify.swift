import ArgumentParser
import Pith
import PithFormat
import PithGraph

/// `pith verify`.
struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check every checksum and the graph, then run the test vectors and compare bit for bit.")

    @Argument(help: "The file.")
    var file: String

    func run() throws {
        let contents = try ModelFile.read(from: file)
        print("\(file): checksums and graph are right, \(contents.tensors.count) tensors")
        guard contents.role == .model else {
            print("\(file): a \(contents.role.name) has no test vectors to run")
            return
        }
        do throws(PithError) {
            let count = try Model(contents).verifyTestVectors()
            print("\(file): \(count) test vectors give the same bits")
        } catch {
            throw error.located(in: .file(file))
        }
    }
}
