import PithFormat
import PithGraph
import Testing

@Suite("Damage") struct DamageTests {
    @Test("a large raw file with padding: every flipped bit before the elements")
    func paddedFile() throws {
        let tensors = [try tensor("a", .uint8, [3]), try weights("b", [1025])]
        let bytes = try ModelFile(role: .weights, tensors: tensors).encoded(EncodingOptions(compresses: false))
        for index in 0..<(bytes.count - 4000) {
            for bit in 0..<8 {
                var damaged = bytes
                damaged[index] ^= 1 << UInt8(bit)
                if refusal(damaged) == nil { Issue.record("bit \(bit) of byte \(index) may be flipped") }
            }
        }
        var padded = bytes
        padded[bytes.count - 4101] = 1
        #expect(refusal(padded) == .nonZeroPadding)
    }

    @Test("text-mode transfers are told")
    func textMode() throws {
        let bytes = HandFile.weights.bytes
        #expect(refusal(bytes.map { $0 & 0x7F }) == .damagedByTextTransfer)
        #expect(refusal(Array(bytes[..<4] + [0x0A, 0x1A, 0x0A] + bytes[8...])) == .damagedByTextTransfer)
        #expect(refusal(Array(bytes[..<7] + [0x0D, 0x0A] + bytes[8...])) == .damagedByTextTransfer)
        #expect(refusal([0xEF, 0xBF, 0xBD] + bytes[1...]) == .damagedByTextTransfer)
    }

    @Test("other files are told")
    func otherFiles() {
        #expect(refusal([]) == .truncated)
        #expect(refusal(Array("hello, world: a text file, long enough to be a header".utf8)) == .wrongKind)
        #expect(refusal([0, 0, 0, 0, 0, 0, 0, 0]) == .wrongKind)
        #expect(refusal([0x89, 0x50, 0x54, 0x48, 0x0D, 0x0A, 0x1A, 0x0A]) == .truncated)
    }

    @Test("an error tells section, offset and tensor")
    func location() throws {
        var bytes = HandFile.weights.bytes
        bytes[bytes.count - 1] ^= 1
        do throws(PithError) {
            _ = try ModelFile.decode(bytes)
            Issue.record("accepted")
        } catch {
            #expect(error.code == .checksumMismatch)
            #expect(error.location.tensor == "a")
            #expect(error.location.section == "DATA")
            #expect(error.location.offset == UInt64(bytes.count - 3))
        }
    }
}
