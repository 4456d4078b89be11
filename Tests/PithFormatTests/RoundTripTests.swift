import PithFormat
import PithGraph
import Testing

@Suite("Round trips") struct RoundTripTests {
    @Test("every element type and odd shapes come back bit for bit", arguments: ElementType.allCases)
    func elementTypes(type: ElementType) throws {
        let limit: UInt8 = type == .bool ? 1 : 255
        var tensors: [StoredTensor] = []
        for shape: Shape in [[], [1], [7], [3, 5, 11], [0], [4, 0, 2], [1, 1, 1, 1, 1, 1, 1, 3], [4099]] {
            tensors.append(
                try tensor("t\(tensors.count)", type, shape) { UInt8(truncatingIfNeeded: $0 &* $0 >> 3) & limit })
        }
        for compresses in [true, false] {
            let file = ModelFile(role: .weights, tensors: tensors)
            let bytes = try file.encoded(EncodingOptions(compresses: compresses))
            #expect(try ModelFile.decode(bytes).tensors == tensors)
        }
    }

    @Test("tensors of several chunks come back, and weights shrink")
    func chunks() throws {
        let tensors = [try weights("w", [700, 301]), try tensor("z", .float64, [70_001]), try weights("v", [5])]
        let file = ModelFile(role: .weights, tensors: tensors)
        let bytes = try file.encoded()
        #expect(try ModelFile.decode(bytes).tensors == tensors)
        let summary = try FileSummary.of(bytes)
        #expect(summary.tensors[0].codecs == ["planes", "planes", "planes", "planes"])
        #expect(summary.tensors[0].decodedBytes == 700 * 301 * 4)
        #expect(Double(summary.tensors[0].storedBytes) < 700 * 301 * 4 * 0.9)
        #expect(summary.tensors[1].storedBytes < 10_000)
        #expect(summary.fileLength == UInt64(bytes.count))
        #expect(summary.sections.map { $0.name } == ["TNSR", "DATA"])
    }

    @Test("raw tensors over 4 KiB are aligned to 64 bytes, smaller ones are not padded")
    func alignment() throws {
        let tensors = [try tensor("a", .uint8, [3]), try weights("b", [1025]), try tensor("c", .uint8, [4096])]
        let bytes = try ModelFile(role: .weights, tensors: tensors).encoded(EncodingOptions(compresses: false))
        let start = try #require(
            bytes.indices.first { $0 + 4100 <= bytes.count && bytes[$0..<($0 + 4100)].elementsEqual(tensors[1].bytes) })
        #expect(start % 64 == 0)
        #expect(bytes.count == start + 4100 + 4096)
        #expect(try ModelFile.decode(bytes).tensors == tensors)
    }

    @Test("attributes and metadata come back bit for bit")
    func bits() throws {
        for value: Float in [0, -0.0, .nan, Float(bitPattern: 0x7FC0_0001), -.infinity] {
            var graph = Graph(name: "")
            let x = try graph.addInput("x", ValueType(.float32, [1, 1, 4]))
            let sizes = try graph.add(.constant, [], [.valueInts: [1, 1, 2]])
            let y = try graph.add(.resize, [x, nil, nil, sizes], [.extrapolationValue: .float(value)])
            try graph.addOutput(y, name: "y")
            let file = ModelFile(
                role: .model, graph: graph, metadata: ["f": .float(Double(value)), "g": .floats([Double(value)])])
            let back = try ModelFile.decode(file.encoded())
            guard case .float(let read) = back.graph?.nodes.last?.attributes[.extrapolationValue] else {
                Issue.record("the attribute is gone")
                continue
            }
            #expect(read.bitPattern == value.bitPattern)
            #expect(back.metadata == file.metadata)
            guard case .float(let number) = back.metadata["f"] else {
                Issue.record("the entry is gone")
                continue
            }
            #expect(number.bitPattern == Double(value).bitPattern)
        }
    }

    @Test("a whole model comes back, its tensors in the graph's order")
    func model() throws {
        let file = try smallModel()
        let bytes = try file.encoded()
        let back = try ModelFile.decode(bytes, expecting: .model)
        #expect(back.role == .model)
        #expect(try back.graph == file.graph?.canonical())
        #expect(back.tensors.map { $0.name } == ["w", "b"])
        #expect(Set(back.tensors) == Set(file.tensors))
        #expect(back.metadata == file.metadata)
        #expect(back.metadata["labels"] == .strings(["a", "ä", ""]))
        #expect(back.metadata.keys == ["f", "i", "input.mean", "labels", "licence"])
        #expect(back.testVectors == file.testVectors)
        #expect(back.tensor(named: "b")?.elementType == .float32)
        // Two outputs of 3 floats are live at once at most; the constant is 2 integers of 8 bytes.
        #expect(try FileSummary.of(bytes).peakWorkingBytes == 12 + 16 + 12)
    }

    @Test("equal contents give equal bytes, and what was read is written alike")
    func deterministic() throws {
        let bytes = try smallModel().encoded()
        for _ in 0..<3 { #expect(try smallModel().encoded() == bytes) }
        #expect(try ModelFile.decode(bytes).encoded() == bytes)
    }

    @Test("a checkpoint keeps tensors that the graph does not know")
    func checkpoint() throws {
        var file = try smallModel()
        file.role = .checkpoint
        file.tensors.insert(try tensor("optimizer/w/momentum", .float32, [3, 4]), at: 0)
        let back = try ModelFile.decode(file.encoded(), expecting: .checkpoint)
        #expect(back.tensors.map { $0.name } == ["w", "b", "optimizer/w/momentum"])
    }

    @Test("header, directory, graph and index of an eight-tensor model take at most 400 bytes")
    func overhead() throws {
        var graph = Graph(name: "net")
        var value = try graph.addInput("pixels", ValueType(.float32, ["batch", 784]))
        var tensors: [StoredTensor] = []
        for (number, (from, to)) in [(784, 30), (30, 20), (20, 15), (15, 10)].enumerated() {
            let w = try graph.addInitializer("\(number).weight", .float32, [to, from])
            let b = try graph.addInitializer("\(number).bias", .float32, [to])
            tensors += [try weights("\(number).weight", [to, from]), try weights("\(number).bias", [to])]
            value = try graph.add(.gemm, [value, w, b], [.transB: 1])
            if number < 3 { value = try graph.add(.relu, [value]) }
        }
        try graph.addOutput(graph.add(.softmax, [value]), name: "probabilities")
        let bytes = try ModelFile(role: .model, graph: graph, tensors: tensors).encoded()
        let stored = try FileSummary.of(bytes).tensors.reduce(0) { $0 + $1.storedBytes }
        #expect(UInt64(bytes.count) - stored <= 400)
    }
}
