import PithFormat
import PithGraph
import PithMath

/// What a product's weights are multiplied with for some examples: a matrix with a row for each example, or for some
/// windows of each, and a column for each weight of an output channel. Held by columns, each filled up with zeros.
struct LayerInputs {
    /// Rows that are taken at most.
    static let rowLimit = 2048

    typealias Lanes = SIMD16<Float>

    /// Lanes of one column.
    let columnLanes: Int
    private(set) var lanes: [Lanes]

    /// Collects the inputs of a layer.
    ///
    /// - Parameters:
    ///   - file: The model.
    ///   - use: The layer; `supports` it.
    ///   - columns: Weights of one output channel.
    init(_ file: ModelFile, _ graph: Graph, _ use: WeightUse, columns: Int, _ examples: Examples) throws(PithError) {
        let node = graph.nodes[use.node]
        var rows: [Float] = []
        var runner = try ExampleRunner(file, probe: use.input)
        // The same places for every model, so that rows of two of them belong together.
        var random = RandomStream(seed: 0, name: "rows of a layer's input")
        let share = max(Self.rowLimit / examples.count, 1)
        try runner.forEachBatch(examples) { range, value throws(PithError) in
            guard rows.count / max(columns, 1) < Self.rowLimit else { return }
            if node.op == .conv {
                let windows = try ConvolutionWindows(node, value, columns: columns)
                for example in 0..<range.count {
                    for _ in 0..<share { windows.append(example, random.next(below: windows.count), to: &rows) }
                }
            } else {
                rows += value.floats
            }
        }
        let count = min(rows.count / max(columns, 1), Self.rowLimit)
        columnLanes = (count + Lanes.scalarCount - 1) / Lanes.scalarCount
        lanes = [Lanes](repeating: .zero, count: columnLanes * columns)
        for row in 0..<count {
            for column in 0..<columns {
                lanes[column * columnLanes + row / Lanes.scalarCount][row % Lanes.scalarCount] =
                    rows[row * columns + column]
            }
        }
    }

    /// Whether the inputs of such a layer can be collected, and its weights put into rows by output channel.
    static func supports(_ graph: Graph, _ use: WeightUse, rank: Int) -> Bool {
        let node = graph.nodes[use.node]
        switch node.op {
        case .conv: return rank == 4 && (try? node.attributes.int(.group)) == 1
        case .gemm:
            return (try? node.attributes.flag(.transA)) == false && (try? node.attributes.float(.alpha)) == 1
        case .matMul: return rank == 2
        default: return false
        }
    }
}

/// The windows of a convolution's input over two axes.
private struct ConvolutionWindows {
    private let input: [Float]
    private let channels: Int
    private let rows: Int
    private let columns: Int
    private let window: Window
    private let outputColumns: Int

    /// Windows of one example.
    let count: Int

    init(_ node: Graph.Node, _ value: Tensor, columns width: Int) throws(PithError) {
        let shape = value.shape
        (channels, rows, columns) = (shape[1], shape[2], shape[3])
        input = value.floats
        let kernel = try node.attributes.ints(.kernelShape, count: 2) ?? Self.square(width / channels)
        window = try Window(node.attributes, kernel: kernel, input: [rows, columns])
        outputColumns = try window.outputExtent(columns, axis: 1)
        count = try window.outputExtent(rows, axis: 0) * outputColumns
    }

    private static func square(_ count: Int) -> [Int] {
        let side = Int(Double(count).squareRoot().rounded())
        return [side, count / max(side, 1)]
    }

    /// Adds a window in the order of a kernel's weights.
    func append(_ example: Int, _ position: Int, to list: inout [Float]) {
        let top = position / outputColumns * window.strides[0] - window.pads[0]
        let left = position % outputColumns * window.strides[1] - window.pads[1]
        for channel in 0..<channels {
            for y in 0..<window.kernel[0] {
                let row = top + y * window.dilations[0]
                for x in 0..<window.kernel[1] {
                    let column = left + x * window.dilations[1]
                    let isInside = row >= 0 && row < rows && column >= 0 && column < columns
                    list.append(isInside ? input[((example * channels + channel) * rows + row) * columns + column] : 0)
                }
            }
        }
    }
}
