import Pith
import PithFormat

/// Makes the networks that are compared, with weights of one seed: a `.pith` file each, and for the other runtimes a
/// folder of raw floats that `models.py` turns into ONNX.
struct ModelMaker {
    let directory: String
    private var state: UInt64 = 0x5EED

    init(directory: String) { self.directory = directory }

    /// Uniform in -1...1, from a linear congruential generator.
    private mutating func number() -> Float {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Float(Int32(truncatingIfNeeded: state >> 32)) / 2_147_483_648
    }

    mutating func makeAll() throws(PithError) {
        try save("mlp") { net throws(PithError) in
            try net.input([784])
            try net.dense(300, relu: true)
            try net.dense(100, relu: true)
            try net.dense(10, relu: false)
        }
        try save("lenet5") { net throws(PithError) in
            try net.input([1, 28, 28])
            try net.convolution(6, kernel: 5, padding: 2)
            try net.pool()
            try net.convolution(16, kernel: 5, padding: 0)
            try net.pool()
            try net.flatten()
            try net.dense(120, relu: true)
            try net.dense(84, relu: true)
            try net.dense(10, relu: false)
        }
        try save("cnn") { net throws(PithError) in
            try net.input([1, 28, 28])
            try net.convolution(32, kernel: 3, padding: 0)
            try net.convolution(64, kernel: 3, padding: 0)
            try net.pool()
            try net.flatten()
            try net.dense(128, relu: true)
            try net.dense(10, relu: false)
        }
        try save("product512") { net throws(PithError) in
            try net.input([512])
            try net.product(512)
        }
        try save("softmax1000") { net throws(PithError) in
            try net.input([1000])
            try net.softmax()
        }
        for width in [32, 64, 128, 256, 512, 1024, 2048, 4096] {
            try save("width\(width)") { net throws(PithError) in
                try net.input([width])
                try net.dense(width, relu: true)
            }
        }
        for depth in [1, 2, 4, 8, 16, 32, 64] {
            try save("depth\(depth)") { net throws(PithError) in
                try net.input([128])
                for _ in 0..<depth { try net.dense(128, relu: true) }
            }
        }
    }

    /// Writes a file's network with other weights: dense float32, none of them zero.
    mutating func fill(_ path: String, to output: String) throws(PithError) {
        let source = try Model(contentsOf: path)
        var tensors: [StoredTensor] = []
        for id in source.graph.initializers { tensors.append(try weight(source.graph[id])) }
        try ModelFile(role: .model, graph: source.graph, tensors: tensors).write(to: output, EncodingOptions())
    }

    private mutating func weight(_ value: Graph.Value) throws(PithError) -> StoredTensor {
        let shape = try value.type.shape()
        let scale = 1 / Float(max(1, shape.elementCount / shape[0])).squareRoot()
        let tensor = Tensor((0..<shape.elementCount).map { _ in number() * scale }, shape: shape)
        return try StoredTensor(name: value.name, elementType: .float32, shape: shape, bytes: tensor.bytes)
    }

    private mutating func save(
        _ name: String, _ build: (inout Network) throws(PithError) -> Void
    ) throws(PithError) {
        var network = try Network(name)
        try build(&network)
        let graph = try network.finished()
        var tensors: [StoredTensor] = []
        var manifest = "input \(network.features.map { "\($0)" }.joined(separator: ","))\n"
        for layer in network.layers { manifest += layer + "\n" }
        for id in graph.initializers {
            let tensor = try weight(graph[id])
            tensors.append(tensor)
            try FileIO.writeAtomically(tensor.bytes, to: "\(directory)/\(name).\(tensor.name).f32")
            manifest += "weight \(tensor.name) \(tensor.shape.dimensions.map { "\($0)" }.joined(separator: ","))\n"
        }
        try FileIO.writeAtomically(Array(manifest.utf8), to: "\(directory)/\(name).txt")
        let file = ModelFile(role: .model, graph: graph, tensors: tensors)
        try file.write(to: "\(directory)/\(name).pith", EncodingOptions(compresses: true))
        try file.write(to: "\(directory)/\(name).raw.pith", EncodingOptions(compresses: false))
        var inPlace = file
        for (index, id) in graph.initializers.enumerated() {
            inPlace.tensors[index] = try tensors[index].laidOut(graph.preferredLayout(of: id))
        }
        try inPlace.write(to: "\(directory)/\(name).panels.pith", EncodingOptions(compresses: false))
        var quantized = file
        quantized.tensors = []
        for tensor in tensors {
            quantized.tensors.append(tensor.shape.rank == 2 ? try Self.quantized(tensor) : tensor)
        }
        try quantized.write(to: "\(directory)/\(name).int8.pith", EncodingOptions())
        for (suffix, type) in [("bf16", ElementType.bfloat16), ("f16", .float16)] {
            var narrow: [StoredTensor] = []
            for tensor in tensors {
                guard tensor.shape.rank > 1 else {
                    narrow.append(tensor)
                    continue
                }
                let values = try Tensor(bytes: tensor.bytes, elementType: .float32, shape: tensor.shape)
                narrow.append(
                    try StoredTensor(
                        name: tensor.name, elementType: type, shape: tensor.shape,
                        bytes: values.converted(to: type).bytes))
            }
            try ModelFile(role: .model, graph: graph, tensors: narrow).write(
                to: "\(directory)/\(name).\(suffix).pith", EncodingOptions())
        }
    }
}

extension ModelMaker {
    /// A matrix as integers of 8 bits with a scale for each row.
    private static func quantized(_ tensor: StoredTensor) throws(PithError) -> StoredTensor {
        let values = try Tensor(bytes: tensor.bytes, elementType: .float32, shape: tensor.shape).floats
        let columns = tensor.shape[1]
        var codes: [UInt8] = []
        var scales: [Float] = []
        for row in 0..<tensor.shape[0] {
            let elements = values[(row * columns)..<((row + 1) * columns)]
            let scale = max(elements.map(\.magnitude).max() ?? 0, .leastNormalMagnitude) / 127
            scales.append(scale)
            codes += elements.map { UInt8(bitPattern: Int8(($0 / scale).rounded())) }
        }
        return try StoredTensor(
            name: tensor.name, elementType: .float32, shape: tensor.shape,
            encoding: .affine(AffineEncoding(.int8, grouping: .slices(axis: 0, size: 1))),
            components: [codes, Tensor(scales, shape: [scales.count]).bytes])
    }
}

/// Adds layers to a graph, and writes down which.
struct Network {
    private var graph: Graph
    private var last: Graph.ValueID?
    private(set) var layers: [String] = []
    private(set) var features: [Int] = []

    init(_ name: String) throws(PithError) { graph = Graph(name: name) }

    private var extents: [Int] {
        last.map { graph[$0].type.dimensions.dropFirst().map { $0.extent ?? 0 } } ?? []
    }

    private mutating func add(_ op: Operator, _ inputs: [Graph.ValueID], _ attributes: Attributes = [:])
        throws(PithError)
    {
        guard let last else { return }
        self.last = try graph.add(op, [last] + inputs, attributes)
    }

    mutating func input(_ features: [Int]) throws(PithError) {
        self.features = features
        last = try graph.addInput("x", ValueType(.float32, [.symbol("batch")] + features.map { .fixed($0) }))
    }

    mutating func dense(_ units: Int, relu: Bool) throws(PithError) {
        let name = "w\(layers.count)"
        let weight = try graph.addInitializer(name, .float32, [units, extents[0]])
        let bias = try graph.addInitializer("b" + name, .float32, [units])
        try add(.gemm, [weight, bias], [.transB: 1])
        layers.append("gemm \(name) b\(name)")
        if relu { try self.relu() }
    }

    mutating func product(_ columns: Int) throws(PithError) {
        let name = "w\(layers.count)"
        try add(.matMul, [try graph.addInitializer(name, .float32, [extents[0], columns])])
        layers.append("matmul \(name)")
    }

    mutating func convolution(_ filters: Int, kernel: Int, padding: Int) throws(PithError) {
        let name = "w\(layers.count)"
        let weight = try graph.addInitializer(name, .float32, [filters, extents[0], kernel, kernel])
        let bias = try graph.addInitializer("b" + name, .float32, [filters])
        try add(.conv, [weight, bias], [.pads: .ints([Int64](repeating: Int64(padding), count: 4))])
        layers.append("conv \(name) b\(name) \(padding)")
        try relu()
    }

    private mutating func relu() throws(PithError) {
        try add(.relu, [])
        layers.append("relu")
    }

    mutating func pool() throws(PithError) {
        try add(.maxPool, [], [.kernelShape: [2, 2], .strides: [2, 2]])
        layers.append("pool")
    }

    mutating func flatten() throws(PithError) {
        try add(.flatten, [])
        layers.append("flatten")
    }

    mutating func softmax() throws(PithError) {
        try add(.softmax, [])
        layers.append("softmax")
    }

    mutating func finished() throws(PithError) -> Graph {
        if let last { try graph.addOutput(last, name: "y") }
        return graph
    }
}
