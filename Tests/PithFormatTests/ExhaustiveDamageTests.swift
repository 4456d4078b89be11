import Foundation
import PithFormat
import Testing

/// Every valid file is refused after any of four kinds of damage, each tried everywhere, and the counts are printed.
@Suite("Exhaustive damage") struct ExhaustiveDamageTests {
    /// Files longer than this have bytes swapped only with near and some far ones: swaps grow with the square. All of them,
    /// with PITH_ALL_SWAPS=1 in the environment, take a few minutes.
    private static let allSwapsBytes = ProcessInfo.processInfo.environment["PITH_ALL_SWAPS"] == nil ? 1200 : 4096

    private static let files: [(name: String, bytes: [UInt8])] = {
        var files: [(String, [UInt8])] = [("the example of the specification", HandFile.weights.bytes)]
        if let bytes = try? smallModel().encoded() { files.append(("a small model", bytes)) }
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("spec/vectors/valid")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        for name in names.sorted() where name.hasSuffix(".pith") {
            if let data = try? Data(contentsOf: folder.appendingPathComponent(name)), data.count <= 4096 {
                files.append((name, [UInt8](data)))
            }
        }
        return files
    }()

    @Test("flip any one bit, cut anywhere, double any section, swap any two bytes", arguments: files.indices)
    func everywhere(_ number: Int) throws {
        let (name, bytes) = Self.files[number]
        #expect(refusal(bytes) == nil, "\(name)")
        let flips = try flipped(bytes, name)
        for length in bytes.indices where refusal(Array(bytes[..<length])) == nil {
            Issue.record("\(name) may end at \(length)")
        }
        let sections = doubled(bytes, name)
        let swaps = swapped(bytes, name)
        print("\(name): \(flips) flips, \(bytes.count) cuts, \(sections) doubled sections, \(swaps) swaps refused")
    }

    private func flipped(_ bytes: [UInt8], _ name: String) throws -> Int {
        var damaged = bytes
        for index in bytes.indices {
            for bit in 0..<8 {
                damaged[index] ^= 1 << UInt8(bit)
                if refusal(damaged) == nil { Issue.record("\(name): bit \(bit) of byte \(index) may be flipped") }
                damaged[index] = bytes[index]
            }
        }
        return bytes.count * 8
    }

    /// Doubles each section's bytes: as they are; with its length, checksums and the file's length made right; and with
    /// a second entry in the directory.
    private func doubled(_ bytes: [UInt8], _ name: String) -> Int {
        let file = HandFile(reading: bytes)
        #expect(file.bytes == bytes, "\(name)")
        var start = Int(bytes[10]) | Int(bytes[11]) << 8
        for (number, section) in file.sections.enumerated() where !section.bytes.isEmpty {
            start += section.bytes.count
            var longer = file
            longer.sections[number].bytes += section.bytes
            var twice = file
            twice.sections.insert(section, at: number)
            let plain = Array(bytes[..<start] + section.bytes + bytes[start...])
            var damages = [("", plain), ("twice", twice.bytes)]
            // What a reader does not know may hold anything, as long as its checksum is right.
            if ["GRPH", "TNSR", "meta", "test", "DATA"].contains(section.kind) {
                damages.append(("longer", longer.bytes))
            }
            for (damage, damaged) in damages where refusal(damaged) == nil {
                Issue.record("\(name): section \(number) may be doubled \(damage)")
            }
        }
        return 3 * file.sections.count
    }

    private func swapped(_ bytes: [UInt8], _ name: String) -> Int {
        var count = 0
        var damaged = bytes
        for index in bytes.indices {
            for other in 0..<index where bytes[other] != bytes[index] {
                let distance = index - other
                guard bytes.count <= Self.allSwapsBytes || distance < 16 || distance % 61 == 0 else { continue }
                damaged.swapAt(index, other)
                if refusal(damaged) == nil { Issue.record("\(name): bytes \(other) and \(index) may be swapped") }
                damaged.swapAt(index, other)
                count += 1
            }
        }
        return count
    }
}
