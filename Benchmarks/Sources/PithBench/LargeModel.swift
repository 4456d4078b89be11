import Pith
import PithFormat

/// A model that looks up rows of a table of zeros, as large as one likes and never in memory.
enum LargeModel {
    private static let columns = 4096

    static func write(to path: String, mebibytes: Int) throws(PithError) {
        let shape = Shape([(mebibytes << 20) / (4 * columns), columns])
        var graph = Graph(name: "large")
        let rows = try graph.addInput("rows", ValueType(.int64, ["count"]))
        let table = try graph.addInitializer("table", .float32, shape)
        try graph.addOutput(graph.add(.gather, [table, rows]), name: "y")
        let tensor = try StreamedTensor(name: "table", elementType: .float32, shape: shape) { _, range in
            ArraySlice(repeating: 0, count: range.count)
        }
        try ModelFile(role: .model, graph: graph).write([tensor], to: path, EncodingOptions(level: .stored))
    }
}
