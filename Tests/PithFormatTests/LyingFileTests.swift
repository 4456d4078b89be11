import PithFormat
import PithGraph
import Testing

/// Files whose checksums are all right and whose contents are not.
@Suite("Lying files") struct LyingFileTests {
    private func refusedWeights(_ change: (inout HandFile) -> Void) -> PithError.Code? {
        var file = HandFile.weights
        change(&file)
        return refusal(file.bytes)
    }

    private func refusedModel(
        _ graph: [UInt8], working: UInt64 = 4, operators: [UInt8] = [16]
    ) -> PithError.Code? {
        var file = HandFile.model
        file.operators = operators
        file.sections[0].bytes = graph
        file.workingBytes = working
        return refusal(file.bytes)
    }

    /// An index of one tensor: everything after the name's length.
    private func refusedIndex(_ index: [UInt8], decoded: UInt64 = 3) -> PithError.Code? {
        refusedWeights {
            $0.sections[0].bytes = index
            $0.decodedBytes = decoded
        }
    }

    @Test("header")
    func header() {
        #expect(refusedWeights { _ in } == nil)
        #expect(refusedWeights { $0.major = 2 } == .unsupportedVersion)
        #expect(refusedWeights { $0.major = 0 } == .unsupportedVersion)
        #expect(refusedWeights { $0.role = 4 } == .malformed)
        #expect(refusedWeights { $0.features = 256 } == .unsupportedFeature)
        #expect(refusedWeights { $0.features = 1 } == .falseDeclaration)
        #expect(refusedWeights { $0.fileLength = 53 } == .trailingBytes)
        #expect(refusedWeights { $0.fileLength = 99 } == .truncated)
        #expect(refusedWeights { $0.decodedBytes = 2 } == .falseDeclaration)
        #expect(refusedWeights { $0.decodedBytes = 4 } == .falseDeclaration)
        #expect(refusedWeights { $0.decodedBytes = .max } == .limitExceeded)
        #expect(refusedWeights { $0.workingBytes = 1 } == .falseDeclaration)
        #expect(refusedWeights { $0.operators = [16] } == .falseDeclaration)
        #expect(refusedWeights { $0.operators = [16, 16] } == .malformed)
        #expect(refusedWeights { $0.operators = [255] } == .unknownOperator)
        #expect(refusedWeights { $0.headerLength = 15 } == .malformed)
        #expect(refusedWeights { $0.headerLength = 4097 } == .malformed)
        #expect(refusedWeights { $0.headerLength = 4096 } == .truncated)
        #expect(refusedWeights { $0.headerLength = 40 } == .checksumMismatch)
        #expect(refusedWeights { $0.extra = [0] } == .trailingBytes)
        #expect(refusal(HandFile.weights.bytes + [0]) == .trailingBytes)
        #expect(refusal(HandFile.weights.bytes, expecting: .model) == .wrongRole)
        #expect(refusal(HandFile.model.bytes, expecting: .checkpoint) == .wrongRole)
    }

    @Test("sections")
    func sections() {
        #expect(refusedWeights { $0.sections.append($0.sections[1]) } == .malformed)
        #expect(refusedWeights { $0.sections.insert($0.sections[0], at: 0) } == .malformed)
        #expect(refusedWeights { $0.sections.swapAt(0, 1) } == .malformed)
        #expect(refusedWeights { $0.sections.remove(at: 0) } == .malformed)
        #expect(refusedWeights { $0.sections.remove(at: 1) } == .malformed)
        #expect(refusedWeights { $0.sections.insert(("NEWS", [1]), at: 1) } == .unsupportedFeature)
        #expect(refusedWeights { $0.sections.insert(("news", [1]), at: 1) } == nil)
        #expect(refusedWeights { $0.sections.append(("news", [1])) } == .malformed)
        #expect(refusedWeights { $0.sections.insert(("n ws", [1]), at: 1) } == .malformed)
        #expect(refusedWeights { $0.sections.insert(("meta", [0]), at: 1) } == .malformed)
        #expect(refusedWeights { $0.sections.insert(("test", [1]), at: 1) } == .invalidGraph)
        #expect(refusedWeights { $0.sections[1].bytes.append(0) } == .trailingBytes)
        #expect(refusedWeights { $0.sections[0].bytes.append(0) } == .trailingBytes)
        #expect(refusedWeights { $0.sections.insert(HandFile.model.sections[0], at: 0) } == .malformed)
    }

    @Test("tensor index")
    func index() {
        let sum = crc([1, 2, 3])
        #expect(refusedIndex([18, 1, 1, 0x61, 14, 0, 1, 3, 0, 3] + sum) == nil)
        #expect(refusedIndex([11, 1, 1, 0x61, 14, 0, 1, 3, 0, 3] + sum) == .unsupportedFeature)
        // A varint in another than its shortest form.
        #expect(refusedIndex([18, 0x81, 0, 1, 0x61, 14, 0, 1, 3, 0, 3] + sum) == .malformed)
        #expect(refusedIndex([18, 1, 1, 0xFF, 14, 0, 1, 3, 0, 3] + sum) == .invalidName)
        #expect(refusedIndex([18, 1, 1, 0, 14, 0, 1, 3, 0, 3] + sum) == .invalidName)
        #expect(refusedIndex([18, 1, 0, 14, 0, 1, 3, 0, 3] + sum) == .malformed)
        #expect(refusedIndex([18, 1, 1, 0x61, 16, 0, 1, 3, 0, 3] + sum) == .unsupportedFeature)
        #expect(refusedIndex([18, 1, 1, 0x61, 14, 5, 1, 3, 0, 3] + sum) == .unsupportedFeature)
        #expect(refusedIndex([18, 1, 1, 0x61, 14, 0x30, 1, 3, 0, 3] + sum) == .unsupportedFeature)
        #expect(refusedIndex([18, 1, 1, 0x61, 14, 0, 1, 3, 4, 3] + sum) == .unsupportedFeature)
        #expect(refusedIndex([18, 1, 1, 0x61, 14, 0, 1, 3, 0, 2] + sum) == .malformed)
        #expect(refusedIndex([18, 1, 1, 0x61, 14, 0, 1, 3, 0, 3] + crc([1, 2])) == .checksumMismatch)
        // Elements 1, 2, 3 as bools.
        #expect(refusedIndex([18, 1, 1, 0x61, 15, 0, 1, 3, 0, 3] + sum) == .malformed)
        let twice: [UInt8] = [1, 0x61, 14, 0, 1, 0]
        #expect(refusedIndex([18, 2] + twice + twice, decoded: 0) == .duplicateName)
    }

    @Test("bombs and sizes that wrap are refused before anything is allocated")
    func bombs() {
        let huge: [UInt8] = [0x80, 0x80, 0x80, 0x80, 0x80, 0x20]  // 2⁴⁰
        #expect(
            refusedIndex([18, 1, 1, 0x61, 14, 0, 1] + huge + [0, 3, 0, 0, 0, 0], decoded: 1 << 20) == .truncated)
        #expect(refusedIndex([18, 1, 1, 0x61, 14, 0, 2] + huge + huge + [0, 3, 0, 0, 0, 0]) == .limitExceeded)
        #expect(refusedIndex([18, 1, 1, 0x61, 14, 0, 9] + [UInt8](repeating: 1, count: 20)) == .limitExceeded)
        #expect(refusedIndex([18] + huge + [0, 0, 0, 0]) == .limitExceeded)
        // 32 MiB of one constant plane for each 256 KiB: true, and 60,000 times the file.
        let plane: [UInt8] = [3, 1, 7]
        let bomb: (inout HandFile) -> Void = {
            $0.features = 1
            $0.decodedBytes = 1 << 25
            $0.sections[0].bytes =
                [18, 1, 1, 0x61, 14, 0, 1] + leb(1 << 25) + (0..<127).flatMap { _ in [1, 3] as [UInt8] } + [1, 3]
                + crc((0..<128).flatMap { _ in plane })
            $0.sections[1].bytes = (0..<128).flatMap { _ in plane }
        }
        #expect(refusedWeights(bomb) == .limitExceeded)
        var trusting = ReadingLimits()
        trusting.expansion = 100_000
        var file = HandFile.weights
        bomb(&file)
        #expect(refusal(file.bytes, trusting) == nil)
        var limits = ReadingLimits()
        limits.decodedBytes = 2
        #expect(refusal(HandFile.weights.bytes, limits) == .limitExceeded)
        limits = ReadingLimits()
        limits.fileBytes = 53
        #expect(refusal(HandFile.weights.bytes, limits) == .limitExceeded)
        limits = ReadingLimits()
        limits.tensors = 0
        #expect(refusal(HandFile.weights.bytes, limits) == .limitExceeded)
        limits = ReadingLimits()
        limits.workingBytes = 3
        #expect(refusal(HandFile.model.bytes, limits) == .limitExceeded)
    }

    @Test("deflate streams that end early, late, or are followed by bytes")
    func deflate() {
        let stream: [UInt8] = [0x63, 0x60, 0xA0, 0x0C, 0x00, 0x00]  // 64 zero bytes
        func refused(_ chunk: [UInt8], count: UInt8) -> PithError.Code? {
            refusedWeights {
                $0.features = 2
                $0.decodedBytes = UInt64(count)
                $0.sections = [
                    ("TNSR", [18, 1, 1, 0x61, 14, 0, 1, count, 2, UInt8(chunk.count)] + crc(chunk)),
                    ("DATA", chunk),
                ]
            }
        }
        #expect(refused([1, 6] + stream, count: 64) == nil)
        #expect(refused([1, 6] + stream, count: 63) == .malformed)
        #expect(refused([1, 6] + stream, count: 65) == .malformed)
        #expect(refused([1, 5] + stream[..<5], count: 64) == .malformed)
        #expect(refused([1, 7] + stream + [0], count: 64) == .malformed)
        #expect(refused([1, 6] + stream + [0], count: 64) == .trailingBytes)
        #expect(refused([4, 6] + stream, count: 64) == .malformed)
        #expect(refused([5, 6] + stream, count: 64) == .unsupportedFeature)
        #expect(refused([1, 9] + stream, count: 64) != nil)
    }

    @Test("planes by methods, lengths and codecs that are not right")
    func planes() {
        let stream: [UInt8] = [0x63, 0x60, 0xA0, 0x0C, 0x00, 0x00]  // 64 zero bytes
        func refused(_ chunk: [UInt8], codec: UInt8 = 1) -> PithError.Code? {
            refusedWeights {
                $0.features = UInt64(codec)
                $0.decodedBytes = 64
                $0.sections = [
                    ("TNSR", [18, 1, 1, 0x61, 14, 0, 1, 64, codec, UInt8(chunk.count)] + crc(chunk)), ("DATA", chunk),
                ]
            }
        }
        #expect(refused([1, 6] + stream, codec: 2) == nil)
        #expect(refused([1, 6] + stream, codec: 1) == .malformed)
        #expect(refused([3, 1, 7]) == nil)
        #expect(refused([3, 2, 7, 7]) == .malformed)
        #expect(refused([3, 0]) == .malformed)
        #expect(refused([3, 1]) == .truncated)
        #expect(refused([3, 0x81, 0, 7]) == .malformed)
        #expect(refused([3, 1, 7, 0]) == .trailingBytes)
        #expect(refused([0, 3, 1, 2, 3]) == .malformed)
        #expect(refused([2, 2, 1, 7]) == nil)
        #expect(refused([2, 3, 1, 7, 0]) == .malformed)
        #expect(refused([0, 0xFF, 0xFF, 0xFF, 0xFF, 1]) == .malformed)
        #expect(refused([0, 0xFF, 0xFF, 0x01]) == .truncated)
        #expect(refused([]) == .malformed)
    }

    @Test("graph")
    func graph() {
        let start: [UInt8] = [1, 0x67, 21, 1, 1, 0x78, 1, 1, 3, 1, 0]
        #expect(refusedModel(start + [1, 16, 2, 1, 2, 0, 1, 2, 1, 0x79]) == nil)
        #expect(refusedModel(start + [1, 16, 2, 1, 2, 0, 1, 2, 1, 0x79], working: 5) == .falseDeclaration)
        #expect(refusedModel(start + [1, 255, 2, 1, 2, 0, 1, 2, 1, 0x79]) == .unknownOperator)
        // A node that takes its own output, an input that is left out, an output that is not there, one given twice.
        #expect(refusedModel(start + [1, 16, 2, 1, 3, 0, 1, 2, 1, 0x79]) == .invalidGraph)
        #expect(refusedModel(start + [1, 16, 2, 1, 0, 0, 1, 2, 1, 0x79]) == .invalidGraph)
        #expect(refusedModel(start + [1, 16, 2, 1, 2, 0, 1, 3, 1, 0x79]) == .invalidGraph)
        #expect(refusedModel(start + [1, 16, 2, 1, 2, 0, 2, 2, 1, 0x79, 2, 1, 0x79]) == .duplicateName)
        #expect(refusedModel(start + [1, 16, 2, 1, 2, 0, 1, 2, 1, 0x78]) == .duplicateName)
        #expect(refusedModel(start + [1, 16, 2, 1, 2, 0, 1, 2, 0]) == .truncated)
        // Add has no attribute; Softmax's axis -1 is the default; the axis is an integer.
        #expect(refusedModel(start + [1, 16, 2, 1, 2, 1, 2, 1, 0, 1, 2, 1, 0x79]) == .invalidAttribute)
        #expect(refusedModel(start + [1, 53, 1, 1, 1, 2, 1, 0, 1, 2, 1, 0x79], operators: [53]) == nil)
        #expect(refusedModel(start + [1, 53, 1, 1, 1, 2, 1, 0, 1, 2, 1, 0x79]) == .falseDeclaration)
        #expect(refusedModel(start + [1, 53, 1, 1, 1, 2, 1, 1, 1, 2, 1, 0x79]) == .invalidAttribute)
        #expect(refusedModel(start + [1, 53, 1, 1, 1, 2, 3, 0, 1, 2, 1, 0x79]) == .invalidAttribute)
        #expect(refusedModel(start + [1, 53, 1, 1, 2, 2, 1, 0, 2, 1, 0, 1, 2, 1, 0x79]) == .invalidAttribute)
        #expect(refusedModel([1, 0x67, 20] + start[3...] + [1, 16, 2, 1, 2, 0, 1, 2, 1, 0x79]) == .unsupportedVersion)
        // The stored type is float32: the graph cannot say int64, nor say float32 again.
        #expect(refusedModel(start[..<10] + [7, 1, 16, 2, 1, 2, 0, 1, 2, 1, 0x79]) == .typeMismatch)
        #expect(refusedModel(start[..<10] + [1, 1, 16, 2, 1, 2, 0, 1, 2, 1, 0x79]) == .typeMismatch)
        #expect(refusedModel(start + [1, 16, 2, 1, 2, 0, 1, 2, 1, 0x79, 0]) == .trailingBytes)
    }
}
