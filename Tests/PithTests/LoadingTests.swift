import Pith
import PithFormat
import PithGraph
import PithMath
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("Loading") struct LoadingTests {
    /// Two products, the first by a transposed matrix, of over 4096 bytes each, so that a raw file aligns them.
    private static func graph() throws -> Graph {
        var graph = Graph(name: "loading")
        let x = try graph.addInput("x", ValueType(.float32, ["batch", 100]))
        let first = try graph.addInitializer("first", .float32, [72, 100])
        let bias = try graph.addInitializer("bias", .float32, [72])
        let second = try graph.addInitializer("second", .float32, [72, 37])
        let scale = try graph.addInitializer("scale", .float32, [40, 37])
        _ = try graph.addInitializer("unused", .float32, [2000])
        let hidden = try graph.add(.relu, [graph.add(.gemm, [x, first, bias], [.transB: 1])])
        let product = try graph.add(.matMul, [hidden, second])
        try graph.addOutput(product, name: "y")
        try graph.addOutput(scale)
        return graph
    }

    /// How a file holds the weights.
    enum Storing: CaseIterable, CustomTestStringConvertible {
        case coded, raw, panels, codedPanels

        var testDescription: String { "\(self)" }

        var isCoded: Bool { self == .coded || self == .codedPanels }

        func bytes(_ file: ModelFile) throws -> [UInt8] {
            var file = file
            if self == .panels || self == .codedPanels, let graph = file.graph {
                for (index, id) in graph.initializers.enumerated() {
                    file.tensors[index] = try file.tensors[index].laidOut(graph.preferredLayout(of: id))
                }
            }
            return try file.encoded(EncodingOptions(level: isCoded ? .standard : .stored, chunkByteCount: 1 << 12))
        }
    }

    /// Where the chunks begin.
    private static func data(_ bytes: [UInt8]) throws -> Int {
        try ModelReader(ByteSource(bytes)).summary.sections.last.map { Int($0.offset) } ?? 0
    }

    /// A file at a path of its own, removed at the end.
    private func withFile(_ bytes: [UInt8], _ body: (String) throws -> Void) throws {
        let path = "/tmp/pith-loading-\(getpid())-\(UInt64.random(in: 0...UInt64.max)).pith"
        try FileIO.writeAtomically(bytes, to: path)
        defer { _ = unsafe unlink(path) }
        try body(path)
    }

    @Test(
        "whatever way it is loaded, a model gives the same bits", arguments: Storing.allCases,
        [ElementType.float32, .bfloat16, .float16])
    func sameBits(storing: Storing, type: ElementType) throws {
        let file = try Networks.file(Self.graph(), storing: type)
        let inputs = try Networks.inputs(Self.graph(), batch: 3)
        let expected = try Networks.reference(file, inputs)
        let bytes = try storing.bytes(file)
        let read = ByteSource(count: bytes.count) { Array(bytes[$0]) }
        try withFile(bytes) { path in
            for model in [
                try Model(file), try Model(bytes: bytes), try Model(read), try Model(contentsOf: path),
                try Model(contentsOf: path, verify: .directoryOnly), try Model(contentsOf: path, mapped: true),
                try Model(contentsOf: path, mapped: true, verify: .directoryOnly),
            ] {
                var session = try model.makeSession()
                #expect(try session.run(inputs) == expected)
                #expect(try model.describe().constantBytes == Model(file).describe().constantBytes)
            }
        }
    }

    @Test("weights in a mapped file stay there, and outlive the path")
    func inPlace() throws {
        let file = try Networks.file(Self.graph())
        let inputs = try Networks.inputs(Self.graph(), batch: 2)
        try withFile(Storing.panels.bytes(file)) { path in
            let mapped = try Model(contentsOf: path, mapped: true)
            let plan = try mapped.describe()
            // first [72, 100] in 5 panels, second [72, 37] in 3, and scale [40, 37]. A bias is where it happens to be.
            #expect(plan.mappedBytes >= 4 * (80 * 100 + 72 * 48 + 40 * 37))
            #expect(plan.constantBytes <= plan.mappedBytes + 4 * 72)
            #expect(try Model(contentsOf: path).describe().mappedBytes == 0)
            _ = unsafe unlink(path)
            var session = try mapped.makeSession()
            #expect(try session.run(inputs) == Networks.reference(file, inputs))
        }
    }

    #if os(Linux)
        @Test("loading touches no page of a mapped file whose weights stay there")
        func noPage() throws {
            try withFile(Storing.panels.bytes(Networks.file(Self.graph()))) { path in
                let model = try Model(contentsOf: path, mapped: true, verify: .directoryOnly)
                #expect(try Self.residentKilobytes(of: path) == 0)
                var session = try model.makeSession()
                _ = try session.run(Networks.inputs(Self.graph(), batch: 1))
                #expect(try Self.residentKilobytes(of: path) > 0)
            }
        }

        /// How much of a mapped file is in memory, as the system says; -1 when it does not say.
        private static func residentKilobytes(of path: String) throws -> Int {
            // The list is not read at once, so that what other threads map meanwhile may hide a line.
            for _ in 0..<1000 {
                let maps = String(decoding: try FileIO.read(path: "/proc/self/smaps"), as: UTF8.self)
                let lines = maps.split(separator: "\n").drop { !$0.hasSuffix(path) }
                guard let line = lines.first(where: { $0.hasPrefix("Rss:") }) else { continue }
                return Int(line.split(separator: " ")[1]) ?? -1
            }
            return -1
        }
    #endif

    @Test("a flipped bit anywhere in the chunks is found by default", arguments: Storing.allCases)
    func damage(storing: Storing) throws {
        var file = try Networks.file(Self.graph())
        file.tensors.append(
            try StoredTensor(
                name: "extra", elementType: .uint8, shape: [300], bytes: [UInt8](repeating: 7, count: 300)))
        let vector = try Networks.inputs(Self.graph(), batch: 1)[0]
        let outputs = try Networks.reference(file, [vector])
        let stored = { (tensor: Tensor) in
            try StoredTensor(name: "", elementType: .float32, shape: tensor.shape, bytes: tensor.bytes)
        }
        file.testVectors = [try TestVector(inputs: [stored(vector)], outputs: outputs.map(stored))]
        let bytes = try storing.bytes(file)
        let data = try Self.data(bytes)
        #expect(try Model(bytes: bytes).verifyTestVectors() == 1)
        for position in stride(from: data, to: bytes.count, by: 509) {
            var damaged = bytes
            damaged[position] ^= 4
            let refused: Set<PithError.Code> = [.checksumMismatch, .nonZeroPadding]
            let error = #expect(throws: PithError.self) { try Model(bytes: damaged) }
            #expect(error.map { refused.contains($0.code) } == true, "byte \(position)")
            try withFile(damaged) { path in
                let error = #expect(throws: PithError.self) { try Model(contentsOf: path, mapped: true) }
                #expect(error.map { refused.contains($0.code) } == true, "byte \(position)")
                #expect(error?.description.contains(path) == true)
            }
        }
    }

    @Test("directoryOnly reads no test vectors and verifies the chunks that it reads")
    func directoryOnly() throws {
        let bytes = try Storing.raw.bytes(Networks.file(Self.graph()))
        let data = try Self.data(bytes)
        var damaged = bytes
        damaged[data + 5000] ^= 1
        let error = #expect(throws: PithError.self) { try Model(bytes: damaged, verify: .directoryOnly) }
        #expect(error?.code == .checksumMismatch)
        // The matrix lies in the file row by row, so that mapping it saves no packing, and it is verified as it is read.
        try withFile(damaged) { path in
            #expect(throws: PithError.self) { try Model(contentsOf: path, mapped: true, verify: .directoryOnly) }
        }
        var panels = try Storing.panels.bytes(Networks.file(Self.graph()))
        panels[data + 5000] ^= 1
        try withFile(panels) { path in
            let model = try Model(contentsOf: path, mapped: true, verify: .directoryOnly)
            #expect(model.testVectors.isEmpty)
        }
    }
}
