import ArgumentParser
import Foundation
import PithFormat
import PithGraph

/// `pith inspect`.
struct Inspect: ParsableCommand, JSONPrinting {
    static let configuration = CommandConfiguration(
        abstract: "Show what a .pith file holds and where its bytes are.",
        discussion: """
            Works on models, weights and checkpoints; every checksum is verified on the way.

            Examples:
              pith inspect digits.pith
              pith inspect digits.pith --histogram
              pith inspect digits.pith --graph svg > digits.svg
              pith inspect digits.pith --report digits.html
              pith inspect small.pith --report small.html \\
                --before digits.pith --metrics training.jsonl

            Exit codes: 0, 1 for a failure, 64 for wrong usage.
            """)

    @Argument(help: "The file.")
    var file: String

    @Flag(help: "Print one JSON object.")
    var json = false

    @Flag(help: "Show how the elements of each tensor are distributed.")
    var histogram = false

    @Option(help: "Print the graph alone: text, dot (for Graphviz) or svg (for a browser).")
    var graph: GraphForm?

    @Option(help: "Write a page for a browser, complete in itself: where the bytes are, ratios, histograms, the graph.")
    var report: String?

    @Option(help: "For the report: the file that this one was made of, to show what changed.")
    var before: String?

    @Option(help: "For the report: what 'mnist-train --compress --metrics' wrote, to show error against bytes.")
    var metrics: String?

    enum GraphForm: String, ExpressibleByArgument, CaseIterable {
        case text, dot, svg
    }

    func validate() throws {
        guard [json, graph != nil, report != nil].filter({ $0 }).count < 2 else {
            throw ValidationError("--json, --graph and --report exclude one another")
        }
        guard graph == nil || !histogram else {
            throw ValidationError("--graph prints the graph alone, without --histogram")
        }
        guard report != nil || (before == nil && metrics == nil) else {
            throw ValidationError("--before and --metrics are for --report")
        }
    }

    func run() throws {
        if let report { try OutputFile(report).mustDiffer(from: file, before, metrics) }
        let opened = try OpenedFile(file)
        if let graph {
            guard let shown = opened.reader.graph else {
                throw PithError(.wrongRole, "weights have no graph", at: .file(file))
            }
            switch graph {
            case .text: print(shown.text, terminator: "")
            case .dot: print(GraphDrawing(shown).dot, terminator: "")
            case .svg: print(try GraphSVG.text(GraphDrawing(shown)), terminator: "")
            }
            return
        }
        guard histogram || report != nil else {
            try opened.verify()
            return print(json ? try JSONText.of(InspectionText.object(opened, nil)) : InspectionText.text(opened, nil))
        }
        let censuses = try opened.censuses()
        if let report {
            var page = Report(opened: opened, censuses: censuses)
            page.before = try before.map { path throws(PithError) in try Report.Before(path) }
            page.course = try metrics.map { path throws(PithError) in try CompressionCourse(path) }
            try FileIO.writeAtomically(Array(page.html().utf8), to: report)
            print("\(report): \(opened.tensors.count) tensors")
        } else {
            print(
                json ? try JSONText.of(InspectionText.object(opened, censuses)) : InspectionText.text(opened, censuses))
        }
    }
}
