import Foundation
import PithFormat
import PithGraph

/// In what two files differ.
struct FileDifferences {
    private(set) var roles: (String, String)?
    /// Lines of the graph's text that only one has, with `-` or `+` before them.
    private(set) var graphLines: [String] = []
    /// Keys of metadata whose values differ or that only one has.
    private(set) var metadataKeys: [String] = []
    private(set) var onlyInFirst: [String] = []
    private(set) var onlyInSecond: [String] = []
    private(set) var tensors: [TensorDifference] = []
    private(set) var testVectorsDiffer = false
    private(set) var sameTensors = 0

    struct TensorDifference {
        let name: String
        /// Type and shape in each file.
        let types: (String, String)
        /// Elements whose bits, or whose values where types differ, are not the same; nil for other shapes.
        var differing: Int?
        /// The greatest difference of two elements, infinite when one of them alone is no number, and its position: 0 and
        /// the first where only bits differ, as those of +0 and -0.
        var greatest = 0.0
        var position = 0
        var count = 0
    }

    var isEmpty: Bool {
        roles == nil && graphLines.isEmpty && metadataKeys.isEmpty && onlyInFirst.isEmpty && onlyInSecond.isEmpty
            && tensors.isEmpty && !testVectorsDiffer
    }

    init(_ first: OpenedFile, _ second: OpenedFile) throws(PithError) {
        if first.reader.role != second.reader.role { roles = (first.reader.role.name, second.reader.role.name) }
        if first.reader.graph != second.reader.graph {
            graphLines = Self.changedLines(first.reader.graph?.text ?? "", second.reader.graph?.text ?? "")
        }
        let keys = Set(first.reader.metadata.keys).union(second.reader.metadata.keys).sorted()
        metadataKeys = keys.filter { first.reader.metadata[$0] != second.reader.metadata[$0] }
        testVectorsDiffer = try first.testVectors() != second.testVectors()
        try compareTensors(first, second)
    }

    private static func changedLines(_ first: String, _ second: String) -> [String] {
        let lines = second.split(separator: "\n").map(String.init)
        let difference = lines.difference(from: first.split(separator: "\n").map(String.init))
        return difference.map { change in
            switch change {
            case .remove(_, let line, _): "- " + line
            case .insert(_, let line, _): "+ " + line
            }
        }
    }

    private mutating func compareTensors(_ first: OpenedFile, _ second: OpenedFile) throws(PithError) {
        var numbers: [String: Int] = [:]
        for (number, tensor) in second.tensors.enumerated() { numbers[tensor.name] = number }
        var progress = Progress("comparing", total: first.summary.decodedBytes)
        defer { progress.finish() }
        for (number, tensor) in first.tensors.enumerated() {
            if let other = numbers.removeValue(forKey: tensor.name) {
                try compare(first, number, second, other)
            } else {
                onlyInFirst.append(tensor.name)
            }
            progress.advance(Int(tensor.decodedBytes))
        }
        onlyInSecond = second.tensors.map { $0.name }.filter { numbers[$0] != nil }
    }

    private mutating func compare(
        _ first: OpenedFile, _ number: Int, _ second: OpenedFile, _ other: Int
    ) throws(PithError) {
        let (left, right) = (first.summary.tensors[number], second.summary.tensors[other])
        var difference = TensorDifference(name: left.name, types: (Self.type(left), Self.type(right)))
        let isForeign = left.foreign != nil || right.foreign != nil
        guard left.shape == right.shape, !isForeign || difference.types.0 == difference.types.1 else {
            return tensors.append(difference)
        }
        difference.differing = 0
        difference.count = left.shape.elementCount
        var position = 0
        try OpenedFile.forEachPiece(first, number, second, other) { pieces in
            let count = pieces.0.count / left.elementType.byteCount
            defer { position += count }
            guard left.elementType != right.elementType || pieces.0 != pieces.1 else { return }
            for index in 0..<count {
                let values = (
                    ElementValue.value(pieces.0, index, left.elementType),
                    ElementValue.value(pieces.1, index, right.elementType)
                )
                guard !Self.isSame(pieces, index, left.elementType, right.elementType, values) else { continue }
                difference.add(values.0, values.1, at: position + index)
            }
        }
        if difference.differing == 0, left.elementType == right.elementType {
            sameTensors += 1
        } else {
            tensors.append(difference)
        }
    }

    private static func isSame(
        _ pieces: ([UInt8], [UInt8]), _ index: Int, _ left: ElementType, _ right: ElementType,
        _ values: (Double, Double)
    ) -> Bool {
        guard left == right else { return values.0 == values.1 || values.0.isNaN && values.1.isNaN }
        let range = (index * left.byteCount)..<((index + 1) * left.byteCount)
        return pieces.0[range] == pieces.1[range]
    }

    private static func type(_ tensor: FileSummary.Tensor) -> String {
        tensor.typeName + tensor.elementShape.description
    }
}

extension FileDifferences.TensorDifference {
    fileprivate mutating func add(_ left: Double, _ right: Double, at index: Int) {
        differing = (differing ?? 0) + 1
        let distance = left == right || left.isNaN && right.isNaN ? 0 : abs(left - right)
        let size = distance.isNaN ? .infinity : distance
        if differing == 1 || size > greatest { (greatest, position) = (size, index) }
    }
}

extension FileDifferences {
    /// For people.
    func text(_ first: String, _ second: String) -> String {
        guard !isEmpty else { return "\(first) and \(second) hold the same, \(sameTensors) tensors" }
        var lines: [String] = []
        if let roles { lines.append("role: \(roles.0), \(roles.1)") }
        if !graphLines.isEmpty { lines += ["graph:"] + graphLines.map { "  " + $0 } }
        if !metadataKeys.isEmpty { lines.append("metadata: \(metadataKeys.joined(separator: ", "))") }
        lines += onlyInFirst.map { "only in \(first): \($0)" } + onlyInSecond.map { "only in \(second): \($0)" }
        for tensor in tensors {
            var line = "\(tensor.name): \(tensor.types.0)"
            if tensor.types.0 != tensor.types.1 { line += ", \(tensor.types.1)" }
            if let differing = tensor.differing {
                line += "; \(differing) of \(tensor.count) elements differ"
                if differing > 0 {
                    line += tensor.greatest > 0 ? ", by \(tensor.greatest) at most" : ", in their bits alone"
                    line += ", at element \(tensor.position)"
                }
            }
            lines.append(line)
        }
        if testVectorsDiffer { lines.append("the test vectors differ") }
        lines.append("\(sameTensors) tensors are the same")
        return lines.joined(separator: "\n")
    }

    /// For programs.
    func object(_ first: String, _ second: String) -> [String: Any] {
        [
            "first": first, "second": second, "same": isEmpty, "rolesDiffer": roles != nil, "graph": graphLines,
            "metadata": metadataKeys, "onlyInFirst": onlyInFirst, "onlyInSecond": onlyInSecond,
            "testVectorsDiffer": testVectorsDiffer, "sameTensors": sameTensors,
            "tensors": tensors.map { tensor in
                [
                    "name": tensor.name, "types": [tensor.types.0, tensor.types.1],
                    "differing": tensor.differing.map { $0 as Any } ?? NSNull(),
                    "greatest": JSONText.number(tensor.greatest), "position": tensor.position,
                ] as [String: Any]
            },
        ]
    }
}
