import PithGraph

/// A graph as boxes and arrows, for DOT and SVG: inputs, nodes with their weights as lines of text, outputs.
struct GraphDrawing {
    /// What a box stands for.
    enum Kind: String {
        case input, node, output
    }

    struct Box {
        let kind: Kind
        /// The name: that of the input or output, or operator and position.
        let title: String
        /// Attributes and weights of a node, the type of an input or output.
        let lines: [String]
    }

    struct Arrow {
        let from: Int
        let to: Int
        /// The value's type.
        let label: String
    }

    let name: String
    private(set) var boxes: [Box] = []
    private(set) var arrows: [Arrow] = []

    init(_ graph: Graph) {
        name = graph.name
        var source = [Int?](repeating: nil, count: graph.values.count)
        for id in graph.inputs {
            source[id.index] = boxes.count
            boxes.append(Box(kind: .input, title: graph[id].name, lines: ["\(graph[id].type)"]))
        }
        for (index, node) in graph.nodes.enumerated() {
            let box = boxes.count
            for id in node.outputs { source[id.index] = box }
            var lines = graph.attributeTexts(of: node)
            for case let id? in node.inputs {
                if let from = source[id.index] {
                    arrows.append(Arrow(from: from, to: box, label: "\(graph[id].type)"))
                } else {
                    lines.append("\(graph.displayName(id)) \(graph[id].type)")
                }
            }
            boxes.append(Box(kind: .node, title: graph.displayName(ofNode: index), lines: lines))
        }
        for id in graph.outputs {
            let type = "\(graph[id].type)"
            if let from = source[id.index] { arrows.append(Arrow(from: from, to: boxes.count, label: type)) }
            boxes.append(Box(kind: .output, title: graph[id].name, lines: [type]))
        }
    }

    /// The graph in the language of Graphviz.
    var dot: String {
        func quoted(_ text: String) -> String {
            "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n") + "\""
        }
        var text = "digraph \(quoted(name)) {\n  node [shape=box, style=rounded, fontname=\"sans-serif\"]\n"
        for (index, box) in boxes.enumerated() {
            let label = quoted(([box.title] + box.lines).joined(separator: "\n"))
            text += "  b\(index) [label=\(label)\(box.kind == .node ? "" : ", shape=ellipse")]\n"
        }
        for arrow in arrows { text += "  b\(arrow.from) -> b\(arrow.to) [label=\(quoted(arrow.label))]\n" }
        return text + "}\n"
    }
}
