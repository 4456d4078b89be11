import Foundation
import Testing

/// The table of what each target may import. A target that is not listed here fails.
private let layers: [String: Set<String>] = [
    "PithGraph": [],
    "PithFormat": ["PithGraph", "CPithKernels", "CZlib"],
    "PithMath": ["PithGraph", "CPithKernels"],
    "PithData": ["PithGraph", "PithMath", "CZlib"],
    "Pith": ["PithGraph", "PithFormat", "PithMath"],
    "PithIdentity": ["PithGraph", "PithFormat", "Crypto"],
    "PithTraining": ["PithGraph", "PithFormat", "PithMath", "PithData"],
    "PithConversion": [
        "PithGraph", "PithFormat", "PithIdentity", "PithMath", "PithData", "Pith", "CLibZip", "ONNXSchema",
        "SwiftProtobuf",
    ],
    "ONNXSchema": ["SwiftProtobuf", "FoundationEssentials"],
    "DigitImages": ["PithGraph", "PithMath", "CPNG"],
    "PithTool": [
        "PithGraph", "PithFormat", "PithIdentity", "PithMath", "PithData", "Pith", "PithConversion", "ArgumentParser",
    ],
    "MNISTTrain": [
        "PithGraph", "PithFormat", "PithMath", "PithData", "PithTraining", "DigitImages", "ArgumentParser",
    ],
    "MNISTInfer": ["PithGraph", "PithMath", "PithData", "Pith", "DigitImages"],
]

private let platform: Set<String> = ["Glibc", "Musl", "Darwin", "Synchronization"]
private let mayUseFoundation: Set<String> = ["PithConversion", "ONNXSchema", "PithTool"]

private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

private func swiftFiles(in folder: URL) throws -> [URL] {
    let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
    return files.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }
}

private func imports(of file: URL) throws -> [String] {
    try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap { line in
        let words = line.split(separator: " ").filter { !["public", "package", "internal"].contains($0) }
        guard let index = words.firstIndex(of: "import"), words[..<index].allSatisfy({ $0.hasPrefix("@") }) else {
            return nil
        }
        let module = words.dropFirst(index + 1).first { !["struct", "class", "enum", "func", "var"].contains($0) }
        return module.map { String($0.split(separator: ".")[0]) }
    }
}

@Suite("Layers") struct LayerTests {
    @Test("every target imports only what the table allows", arguments: layers.keys.sorted())
    func importsStayInLayer(target: String) throws {
        let files = try swiftFiles(in: root.appendingPathComponent("Sources/\(target)"))
        #expect(!files.isEmpty)
        let allowed = (layers[target] ?? []).union(platform).union(
            mayUseFoundation.contains(target) ? ["Foundation"] : [])
        for file in files {
            for module in try imports(of: file) where !allowed.contains(module) {
                Issue.record("\(file.lastPathComponent) of \(target) imports \(module)")
            }
        }
    }

    @Test("every folder of Sources is in the table or a C target")
    func everyTargetIsListed() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent("Sources").path)
        let expected = Set(layers.keys).union(["CZlib", "CPNG", "CLibZip", "CPithKernels"])
        #expect(Set(folders.filter { !$0.hasPrefix(".") }) == expected)
    }

    @Test("what uses the C library uses each platform's", arguments: layers.keys.sorted())
    func everyPlatformIsImported(target: String) throws {
        for file in try swiftFiles(in: root.appendingPathComponent("Sources/\(target)")) {
            let libraries = Set(try imports(of: file)).intersection(["Glibc", "Musl", "Darwin"])
            // What FreedMemory asks for is glibc's own.
            guard !libraries.isEmpty, file.lastPathComponent != "FreedMemory.swift" else { continue }
            #expect(libraries.count == 3, "\(file.lastPathComponent) of \(target) imports \(libraries.sorted()) alone")
        }
    }

    @Test("no source traps on input", arguments: layers.keys.sorted())
    func noForcedUnwraps(target: String) throws {
        for file in try swiftFiles(in: root.appendingPathComponent("Sources/\(target)")) {
            let text = try String(contentsOf: file, encoding: .utf8)
            for forbidden in ["try!", "fatalError(", "as!"] where text.contains(forbidden) {
                Issue.record("\(file.lastPathComponent) contains \(forbidden)")
            }
        }
    }
}
