public import PithGraph

/// The networks that come with the trainer, as graphs from `pixels` [batch, 784] to `probabilities` [batch, 10].
public enum BuiltInModel: String, Sendable, Hashable, CaseIterable {
    /// 784-300-100-10 with ReLU: 266,610 parameters.
    case mlp
    /// LeNet-5 in its usual modern form: 61,706 parameters.
    case lenet5
    /// LeNet-5 in the form that Caffe's example has, with ReLU after each layer: 431,080 parameters.
    case lenet5Caffe = "lenet5-caffe"
    /// Four convolutions with few filters: 9,578 parameters.
    case cnn
    /// Two networks side by side whose probabilities are averaged: four convolutions with many filters, each with batch
    /// normalisation, and dropout; 333,396 parameters, and 1,152 running statistics.
    case cnnLarge = "cnn-large"

    /// Rows, and columns, of an image.
    public static let imageExtent = 28

    /// The classes.
    public static let classes = 10

    /// The graph.
    ///
    /// - Throws: Nothing for these models; the builder's checks are typed.
    public func graph() throws(PithError) -> Graph {
        var builder = try GraphBuilder(name: rawValue, features: Self.imageExtent * Self.imageExtent)
        switch self {
        case .mlp:
            try builder.denseLayers([300, 100, Self.classes])
        case .lenet5:
            try builder.leNet(filters: [6, 16], firstPadding: 2)
            try builder.denseLayers([120, 84, Self.classes])
        case .lenet5Caffe:
            try builder.leNet(filters: [20, 50], firstPadding: 0)
            try builder.denseLayers([500, Self.classes])
        case .cnn: try builder.convolutions(filters: [8, 16, 20, 20], firstKernel: 3)
        case .cnnLarge:
            try builder.convolutions(
                filters: [32, 64, 96, 96], firstKernel: 5, isNormalised: true, members: 2, dropout: 0.3)
        }
        return try builder.finished()
    }
}

/// Adds layers one after another.
struct GraphBuilder {
    private var graph: Graph
    private var last: Graph.ValueID

    init(name: String, features: Int) throws(PithError) {
        graph = Graph(name: name)
        last = try graph.addInput("pixels", ValueType(.float32, [.symbol("batch"), .fixed(features)]))
    }

    private var extents: [Int] { graph[last].type.dimensions.dropFirst().map { $0.extent ?? 0 } }

    mutating func images(_ extent: Int) throws(PithError) {
        try reshape([0, 1, extent, extent])
    }

    private mutating func reshape(_ extents: [Int]) throws(PithError) {
        last = try graph.add(.reshape, [last, try integers(extents)])
    }

    private mutating func integers(_ values: [Int]) throws(PithError) -> Graph.ValueID {
        try graph.add(.constant, [], [.valueInts: .ints(values.map { Int64($0) })])
    }

    mutating func dense(_ name: String, _ units: Int) throws(PithError) {
        let weight = try graph.addInitializer(name + ".weight", .float32, [units, extents[0]])
        let bias = try graph.addInitializer(name + ".bias", .float32, [units])
        last = try graph.add(.gemm, [last, weight, bias], [.transB: 1])
    }

    /// Layers `fc1`, `fc2` and so on, with ReLU between them.
    mutating func denseLayers(_ units: [Int]) throws(PithError) {
        for (index, count) in units.enumerated() {
            if index > 0 { try relu() }
            try dense("fc\(index + 1)", count)
        }
    }

    /// A convolution and ReLU. Between them comes a bias for each filter, or batch normalisation, whose bias it then is.
    mutating func convolution(
        _ name: String, filters: Int, kernel: Int, padding: Int, groups: Int = 1, isNormalised: Bool = false
    ) throws(PithError) {
        try filter(name, filters: filters, kernel: kernel, padding: padding, groups: groups, hasBias: !isNormalised)
        if isNormalised { try normalisation(name + ".norm") }
        try relu()
    }

    /// A convolution alone; `filters` are those of all groups.
    private mutating func filter(
        _ name: String, filters: Int, kernel: Int, padding: Int = 0, groups: Int, hasBias: Bool = true
    ) throws(PithError) {
        let weight = try graph.addInitializer(
            name + ".weight", .float32, [filters, extents[0] / groups, kernel, kernel])
        let bias = hasBias ? try graph.addInitializer(name + ".bias", .float32, [filters]) : nil
        let pads = [Int64](repeating: Int64(padding), count: 4)
        last = try graph.add(.conv, [last, weight, bias], [.pads: .ints(pads), .group: .int(Int64(groups))])
    }

    /// Batch normalisation, its four tensors named as PyTorch's.
    mutating func normalisation(_ name: String) throws(PithError) {
        var inputs: [Graph.ValueID?] = [last]
        for tensor in ["weight", "bias", "running_mean", "running_var"] {
            inputs.append(try graph.addInitializer("\(name).\(tensor)", .float32, [extents[0]]))
        }
        last = try graph.add(.batchNormalization, inputs)
    }

    /// Convolutions of five by five, each before a pool, flattened; the first may be padded.
    mutating func leNet(filters: [Int], firstPadding: Int) throws(PithError) {
        try images(BuiltInModel.imageExtent)
        for (index, count) in filters.enumerated() {
            try convolution("conv\(index + 1)", filters: count, kernel: 5, padding: index == 0 ? firstPadding : 0)
            try pool()
        }
        try flatten()
    }

    /// Two convolutions that keep the extent, each before a pool, then two that do not, and a dense layer, some of whose
    /// inputs are dropped in training; so many networks of this kind side by side, as groups.
    mutating func convolutions(
        filters: [Int], firstKernel: Int, isNormalised: Bool = false, members: Int = 1, dropout ratio: Float = 0
    ) throws(PithError) {
        try images(BuiltInModel.imageExtent)
        for (index, count) in filters.enumerated() {
            let kernel = index == 0 ? firstKernel : 3
            try convolution(
                "conv\(index + 1)", filters: count * members, kernel: kernel, padding: index < 2 ? kernel / 2 : 0,
                groups: index == 0 ? 1 : members, isNormalised: isNormalised)
            if index < 2 { try pool() }
        }
        if ratio > 0 { try dropout(ratio) }
        guard members > 1 else {
            try flatten()
            return try dense("fc", BuiltInModel.classes)
        }
        try filter("fc", filters: BuiltInModel.classes * members, kernel: extents[1], groups: members)
        try reshape([0, members, BuiltInModel.classes])
    }

    mutating func dropout(_ ratio: Float) throws(PithError) {
        let value = try TensorValue(.float32, [], words: [UInt64(ratio.bitPattern)])
        last = try graph.add(.dropout, [last, try graph.add(.constant, [], [.value: .tensor(value)])])
    }

    mutating func relu() throws(PithError) { last = try graph.add(.relu, [last]) }

    mutating func pool() throws(PithError) {
        last = try graph.add(.maxPool, [last], [.kernelShape: [2, 2], .strides: [2, 2]])
    }

    mutating func flatten() throws(PithError) { last = try graph.add(.flatten, [last]) }

    /// Ends in the probabilities; of several members, [batch, members, classes], in the mean of theirs.
    mutating func finished() throws(PithError) -> Graph {
        var probabilities = try graph.add(.softmax, [last])
        if extents.count > 1 {
            probabilities = try graph.add(.reduceMean, [probabilities, try integers([1])], [.keepDims: 0])
        }
        try graph.addOutput(probabilities, name: "probabilities")
        return graph
    }
}
