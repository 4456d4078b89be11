import DigitImages
import Foundation
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// `pith inspect`, `verify` and `--version` through the built program.
@Suite("Looking at files", .serialized) struct InspectionTests {
    private let model = Program.fixture("cnn.pith").path
    private let nodes = [
        "Constant #0", "Reshape #1", "Conv #2", "Relu #3", "MaxPool #4", "Conv #5", "Relu #6", "MaxPool #7", "Conv #8",
        "Relu #9", "Flatten #10", "Gemm #11", "Softmax #12",
    ]

    /// Collects the names of elements and the text of a document; nil when it is not well formed.
    private final class Collector: NSObject, XMLParserDelegate {
        var counts: [String: Int] = [:]
        var texts: [String] = []
        private var text = ""

        static func read(_ document: String) -> Collector? {
            let parser = XMLParser(data: Data(document.utf8))
            let collector = Collector()
            parser.delegate = collector
            return parser.parse() ? collector : nil
        }

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) {
            counts[name, default: 0] += 1
            text = ""
        }

        func parser(_ parser: XMLParser, foundCharacters characters: String) { text += characters }

        func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
            if !text.isEmpty { texts.append(text) }
            text = ""
        }
    }

    @Test("the SVG is well formed and names every node, input and output")
    func svg() throws {
        let result = try Program.run("pith", ["inspect", model, "--graph", "svg"])
        #expect(result.status == 0, "\(result.err)")
        let picture = try #require(Collector.read(result.out))
        for name in nodes + ["pixels", "probabilities", "cnn"] { #expect(picture.texts.contains(name), "\(name)") }
        #expect(picture.texts.contains("kernel_shape = [2, 2]"))
        #expect(picture.texts.contains("fc.weight float[10,500]"))
        // A box for each node, input and output; an arrow from each to the next and from the constant, and the tip.
        #expect(picture.counts["rect"] == 15)
        #expect(picture.counts["path"] == 15)
        #expect(!result.out.contains("NaN") && !result.out.lowercased().contains("nan\""))
    }

    @Test("DOT and text name every node")
    func otherGraphs() throws {
        let dot = try Program.run("pith", ["inspect", model, "--graph", "dot"]).out
        for name in nodes { #expect(dot.contains("[label=\"\(name)"), "\(name)") }
        #expect(dot.split(separator: "\n").filter { $0.contains(" -> ") }.count == 14)
        let text = try Program.run("pith", ["inspect", model, "--graph", "text"]).out
        #expect(text.hasPrefix("cnn (float[batch,784] pixels) => (float[batch,10] probabilities)\n"))
        #expect(text.contains("probabilities = Softmax (v20)"))
    }

    @Test("the report is one page that names every tensor, fetches nothing and adds up to the file")
    func report() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString + ".html").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let result = try Program.run("pith", ["inspect", model, "--report", path])
        #expect(result.status == 0, "\(result.err)")
        let page = try String(contentsOfFile: path, encoding: .utf8)
        for name in ["conv1.weight", "conv2.bias", "conv3.weight", "fc.weight"] {
            #expect(page.contains("<td>\(name)</td>"))
        }
        #expect(!page.contains("<script"))
        let outside = page.ranges(of: "http").map { page[$0.lowerBound...].prefix(26) }
        #expect(outside.allSatisfy { $0 == "http://www.w3.org/2000/svg" })
        // The pictures in the page are XML of their own.
        let map = try #require(page.firstRange(of: "<svg class=\"map\""))
        let end = try #require(page[map.lowerBound...].firstRange(of: "</svg>"))
        let treemap = try #require(Collector.read(String(page[map.lowerBound..<end.upperBound])))
        let bytes = treemap.texts.compactMap { text -> Int? in
            guard let range = text.firstRange(of: " bytes, ") else { return nil }
            let number = text[..<range.lowerBound].split(separator: ": ").last ?? ""
            return Int(number.filter { $0.isNumber })
        }
        #expect(bytes.reduce(0, +) == (try Data(contentsOf: URL(fileURLWithPath: model))).count)
    }

    @Test("the report compares with the file before and shows a training, in a browser too")
    func comparison() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("pith-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
        #expect(
            try Program.run("pith", ["compress", model, "-o", path("small.pith"), "--prune", "0.3", "--palette", "8"])
                .status == 0)
        let lines = (1...6).map { epoch in
            "{\"event\": \"epoch\", \"epoch\": \(epoch), \"bytes\": \(30000 / epoch), "
                + "\"validationAccuracy\": \(0.97 + Double(epoch) / 300)}"
        }
        try (["{\"event\": \"start\"}"] + lines).joined(separator: "\n").write(
            toFile: path("m.jsonl"), atomically: true, encoding: .utf8)
        let result = try Program.run(
            "pith",
            [
                "inspect", path("small.pith"), "--report", path("r.html"), "--before", model, "--metrics",
                path("m.jsonl"),
            ])
        #expect(result.status == 0, "\(result.err)")
        let page = try String(contentsOfFile: path("r.html"), encoding: .utf8)
        #expect(page.contains("sparse palette8") && page.contains("fc.weight · gaps"))
        // A pair of histograms for each tensor, and a point for each epoch.
        #expect(page.components(separatedBy: "<g class=\"before\">").count == 9)
        #expect(page.components(separatedBy: "<circle").count == 7)
        #expect(page.contains("epoch 6: 5000 bytes, 99.00 %"))
        #expect(!page.contains("NaN") && !page.contains("nan\"") && !page.contains("<script"))
        if let picture = try Browser.picture(of: path("r.html"), width: 1250, height: 3000) {
            func shades(_ rows: Range<Int>) -> Int {
                Set(picture.pixels[(rows.lowerBound * 1250)..<(rows.upperBound * 1250)]).count
            }
            // Title, treemap, curve and table are drawn; a page that fails is one shade.
            for start in stride(from: 0, to: 1250, by: 250) {
                #expect(shades(start..<(start + 250)) > 8, "row \(start)")
            }
        }
        try "{}".write(toFile: path("none.jsonl"), atomically: true, encoding: .utf8)
        let refused = try Program.run(
            "pith", ["inspect", model, "--report", path("s.html"), "--metrics", path("none.jsonl")])
        #expect(refused.status == 1 && refused.err.contains("no epoch tells"))
        #expect(try Program.run("pith", ["inspect", model, "--before", model]).status == 64)
    }

    @Test("JSON says what the text does, with statistics that add up")
    func json() throws {
        let result = try Program.run("pith", ["inspect", model, "--json", "--histogram"])
        #expect(result.status == 0, "\(result.err)")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(result.out.utf8)) as? [String: Any])
        #expect(object["role"] as? String == "model")
        let tensors = try #require(object["tensors"] as? [[String: Any]])
        #expect(tensors.map { $0["name"] as? String }.contains("fc.weight"))
        for tensor in tensors {
            let shape = try #require(tensor["shape"] as? [Int])
            let statistics = try #require(tensor["statistics"] as? [String: Any])
            #expect((statistics["histogram"] as? [Int])?.reduce(0, +) == shape.reduce(1, *))
            let (minimum, maximum) = (statistics["minimum"] as? Double, statistics["maximum"] as? Double)
            #expect(try #require(minimum) < #require(maximum))
        }
        let text = try Program.run("pith", ["inspect", model, "--histogram"])
        #expect(text.out.split(separator: "\n").filter { $0.contains("deviation") }.count == tensors.count)
        #expect(text.err.isEmpty, "progress is for terminals only")
    }

    @Test("verify says what was checked")
    func verify() throws {
        let result = try Program.run("pith", ["verify", model])
        #expect(result.status == 0)
        #expect(result.out.contains("checksums of 5 sections and 8 tensors are right"))
        #expect(result.out.contains("the graph is valid, 13 nodes"))
        #expect(result.out.contains("3 test vectors give the same bits"))
        let json = try Program.run("pith", ["verify", "--json", model])
        let object = try #require(try JSONSerialization.jsonObject(with: Data(json.out.utf8)) as? [String: Any])
        #expect(object["testVectors"] as? Int == 3)
        let alone = try Program.run("pith", ["verify", "--no-run", model])
        #expect(alone.status == 0 && alone.out.contains("3 test vectors were not run"))
    }

    @Test("the version names package, format and the instruction set in use")
    func version() throws {
        let result = try Program.run("pith", ["--version"])
        #expect(result.out.contains(/^pith \d+\.\d+\.\d+, format \d+\.\d+, instruction set [a-z0-9]+\n$/))
        let portable = try Program.run("pith", ["--version"], environment: ["PITH_ISA": "portable"])
        #expect(portable.out.hasSuffix("instruction set portable\n"))
    }

    @Test("every command has help with an example and exit codes")
    func help() throws {
        for command in ["compress", "inspect", "verify", "diff", "repack", "cat", "id"] {
            let result = try Program.run("pith", [command, "--help"])
            #expect(result.status == 0)
            #expect(result.out.contains("pith \(command) ") && result.out.contains("Exit codes:"), "\(command)")
        }
    }
}
