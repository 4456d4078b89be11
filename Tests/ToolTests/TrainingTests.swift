import DigitImages
import Foundation
import Testing

/// `mnist-train` as a user runs it, on a few hundred of the sample digits.
@Suite("mnist-train", .serialized) struct TrainingTests {
    private let folder: URL
    private static let digits = Program.root.appendingPathComponent("samples/digits").path
    private static let quick = ["--model", "mlp", "--epochs", "1", "--threads", "2"]

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("pith-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    private func train(_ arguments: [String]) throws -> (status: Int32, out: String, err: String) {
        try Program.run("mnist-train", arguments)
    }

    // MARK: Data

    /// Pictures that tell classes apart, sorted by class as folders are.
    private static let pictures: [(label: UInt8, pixels: [UInt8])] = (0..<60).map { index in
        let label = UInt8(index / 6)
        return (label, (0..<784).map { UInt8(($0 * (Int(label) + 3) + index * 7) % 256) })
    }

    private func write(_ bytes: [UInt8], _ name: String) throws {
        let url = folder.appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
    }

    private static func npy(_ type: String, _ shape: String, _ bytes: [UInt8]) -> [UInt8] {
        var header = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(shape)), }"
        while (10 + header.count + 1) % 64 != 0 { header += " " }
        header += "\n"
        return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.count), 0] + Array(header.utf8) + bytes
    }

    @Test func everyFormOfTheSameDataGivesTheSameCheckpoint() throws {
        let pixels = Self.pictures.flatMap(\.pixels)
        let labels = Self.pictures.map(\.label)
        for half in ["train", "t10k"] {
            try write([0, 0, 8, 3, 0, 0, 0, 60, 0, 0, 0, 28, 0, 0, 0, 28] + pixels, "idx/\(half)-images-idx3-ubyte")
            try write([0, 0, 8, 1, 0, 0, 0, 60] + labels, "idx/\(half)-labels-idx1-ubyte")
        }
        for half in ["train", "test"] {
            let lines = Self.pictures.map { ([$0.label] + $0.pixels).map { "\($0)" }.joined(separator: ",") }
            try write(Array("label,pixels\n".utf8) + Array(lines.joined(separator: "\n").utf8), "csv/\(half).csv")
            try write(Self.npy("|u1", "60, 28, 28", pixels), "npy/\(half)-images.npy")
            let wide = labels.flatMap { label -> [UInt8] in [label, 0, 0, 0, 0, 0, 0, 0] }
            try write(Self.npy("<i8", "60,", wide), "npy/\(half)-labels.npy")
            for (index, picture) in Self.pictures.enumerated() {
                let png = try GreyPicture(width: 28, height: 28, pixels: picture.pixels).png()
                try write(png, "png/\(half)/\(picture.label)/\(100 + index).png")
            }
        }
        var checkpoints: Set<Data> = []
        for form in ["idx", "csv", "npy", "png"] {
            let result = try train(["--data", path(form), "--out", path(form + ".ckpt")] + Self.quick)
            #expect(result.status == 0, "\(form): \(result.err)")
            #expect(result.out.contains("test accuracy"))
            checkpoints.insert(try Data(contentsOf: folder.appendingPathComponent(form + ".ckpt")))
        }
        #expect(checkpoints.count == 1)

        // Without pictures to test with, which is said.
        try FileManager.default.removeItem(atPath: path("png/test"))
        try write([], "png/test/0/nothing.txt")
        let untested = try train(["--data", path("png"), "--out", path("c")] + Self.quick)
        #expect(untested.status == 0 && !untested.out.contains("test accuracy"), "\(untested.err)")
        #expect(untested.out.contains("not tested: ") && untested.out.contains("no PNG file"), "\(untested.out)")
    }

    @Test(arguments: [
        ("bad.csv", "1,300,2\n"), ("bad.csv", "1,2,3\n"), ("bad.csv", "1,2\n1,x\n"), ("bad.npy", "no array"),
    ])
    func badDataIsToldApart(name: String, text: String) throws {
        let file = name.hasSuffix("csv") ? "bad/train.csv" : "bad/train-images.npy"
        try write(Array(text.utf8), file)
        let result = try train(["--data", path("bad"), "--out", path("c")] + Self.quick)
        #expect(result.status == 1)
        #expect(result.err.split(separator: "\n").count == 1, "\(result.err)")
        #expect(result.err.contains(file))
    }

    // MARK: Results

    @Test func metricsAndReport() throws {
        let result = try train(
            [
                "--data", Self.digits, "--validation", "500", "--ema", "0.99", "--weights", "ema", "--metrics",
                path("m.jsonl"), "--report", path("r.html"), "--out", path("c"), "--model", "lenet5", "--epochs", "2",
            ])
        #expect(result.status == 0, "\(result.err)")
        let lines = try String(contentsOfFile: path("m.jsonl"), encoding: .utf8).split(separator: "\n")
        let objects = try lines.map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        #expect(objects.map { $0["event"] as? String } == ["start", "epoch", "epoch", "end"])
        #expect(objects[1]["step"] as? Int == 118)
        #expect(try #require(objects[2]["validationAccuracy"] as? Double) > 0.8)
        #expect(try #require(objects[3]["testAccuracy"] as? Double) > 0.8)

        let page = try String(contentsOfFile: path("r.html"), encoding: .utf8)
        for section in ["summary", "curves", "confusion", "mistakes", "filters", "weights", "settings"] {
            #expect(page.contains("<section id=\"\(section)\""))
        }
        // Everything is inside: no address but those of data.
        #expect(!page.contains("http"))
        #expect(!page.contains("src=\"/") && !page.contains("url("))
        #expect(page.components(separatedBy: "<polyline class=\"train\"").count == 3)
        #expect(page.components(separatedBy: "<polyline class=\"validation\"").count == 3)
        #expect(page.components(separatedBy: "alt=\"filter").count == 7)
        let wrong = try #require(objects[3]["testCount"] as? Int) - (objects[3]["testCorrect"] as? Int ?? 0)
        #expect(page.components(separatedBy: "alt=\"image").count == min(wrong, 48) + 1)
        try showsInBrowser()
    }

    /// Renders the page in Chromium, where there is one, and looks for the colours of its parts.
    private func showsInBrowser() throws {
        guard let picture = try Browser.picture(of: path("r.html"), width: 1250, height: 4000) else { return }
        #expect(picture.width == 1250)
        func dark(_ rows: Range<Int>) -> Int {
            picture.pixels[(rows.lowerBound * 1250)..<(rows.upperBound * 1250)].count { $0 < 128 }
        }
        // Title and curves at the top; the black grounds of the mistakes below; and nothing but paper at the end.
        #expect(dark(0..<200) > 500)
        #expect(dark(900..<1900) > 48 * 3000)
        #expect(dark(3950..<4000) == 0)
    }

    // MARK: Graphs

    /// The text of `samples/graphs` describes the built-in LeNet-5 with pictures as input: the same bits are learnt.
    @Test func aGraphFromATextTrainsLikeTheBuiltInModel() throws {
        let text = Program.root.appendingPathComponent("samples/graphs/lenet5.txt").path
        let how = ["--data", Self.digits, "--epochs", "1", "--threads", "2"]
        var weights: [Data] = []
        for (name, option) in [("built-in", ["--model", "lenet5"]), ("text", ["--graph", text])] {
            let result = try train(how + option + ["--out", path(name)])
            #expect(result.status == 0, "\(result.err)")
            #expect(try Program.run("pith", ["cat", path(name), "fc1.weight", "-o", path(name + ".npy")]).status == 0)
            weights.append(try Data(contentsOf: folder.appendingPathComponent(name + ".npy")))
        }
        #expect(weights[0] == weights[1])
        let model = path("text.pith")
        #expect(try Program.run("pith", ["convert", path("text"), "-o", model]).status == 0)
        let accuracy = try Program.run("mnist-infer", ["--model", model, "--data", Self.digits])
        #expect(accuracy.status == 0, "\(accuracy.err)")
    }

    private static let head = "g (float[batch,784] x) => (float[batch,10] y) <float[10,784] w> { "

    @Test(arguments: [
        ("no graph", "line 1"), ("", "line 1"), (head + "y = Gemm <transB = 1> (x, w) ", "line 1"),
        (head + "y = Nonsense (x, w) }", "Nonsense"), (head + "y = Gemm (x, w) }", "line 1"),
        ("g (float[batch,100] x) => (float[batch,10] y) <float[10,100] w> { y = Gemm <transB = 1> (x, w) }", "28 × 28"),
        ("g (float[batch,784] x, float[batch,784] z) => (float[batch,784] y) { y = Add (x, z) }", "2 inputs"),
        ("g (float[batch,784] x) => (float[batch,3] y) <float[3,784] w> { y = Gemm <transB = 1> (x, w) }", "3 classes"),
        (head + "a = Gemm <transB = 1> (x, w)  y, i = TopK (a, k) }", "line 1"),
        ("g (float[batch,784] x) => (float[] y) { y = ReduceSum <keepdims = 0> (x) }", "[batch, classes]"),
        (
            "g (float[batch,784] x) => (float[batch,10] y) <float[20,784] w> { h = Gemm <transB = 1> (x, w)\n"
                + "k = Constant <value_ints = [10]> ()\n y, i = TopK (h, k) }", "TopK has no gradient"
        ),
    ])
    func aBadGraphIsToldInALine(text: String, expected: String) throws {
        try write(Array(text.utf8), "bad.txt")
        let result = try train(["--data", Self.digits, "--graph", path("bad.txt"), "--out", path("c"), "--epochs", "1"])
        #expect(result.status == 1)
        #expect(result.err.split(separator: "\n").count == 1, "\(result.err)")
        #expect(result.err.contains("bad.txt") && result.err.contains(expected), "\(result.err)")
        #expect(!FileManager.default.fileExists(atPath: path("c")))
    }

    // MARK: Wrong usage

    @Test(arguments: [
        ["--model", "mlp", "--graph", "g.txt"], ["--model", "mlp", "--from", "m.pith"],
        ["--resume", "c", "--graph", "g"],
        ["--resume", "c", "--epochs", "3"], ["--resume", "c", "--seed", "3"], ["--batch", "0"], ["--lr", "-1"],
        ["--lr", "nan"], ["--ema", "1"], ["--optimizer", "adagrad"], ["--augment", "shear=2"],
        ["--schedule", "step:0"], ["--threads", "0"], ["--checkpoint-every", "0"], ["--init", "random"],
        ["--label-smoothing", "1"],
    ])
    func conflictsAreWrongUsage(_ arguments: [String]) throws {
        let result = try train(["--data", Self.digits, "--out", path("c")] + arguments)
        #expect(result.status == 64, "\(result.err)")
        #expect(!FileManager.default.fileExists(atPath: path("c")))
    }

    @Test func whatCannotWorkIsToldBeforeTraining() throws {
        let model = Program.root.appendingPathComponent("Sources/MNISTInfer/Resources/mnist.pith").path
        try write(Array("text".utf8), "text")
        try write([0x89, 0x50, 0x4E, 0x47], "png/train/0/broken.png")
        try write([], "png/train/1/nothing.txt")
        try write([], "one/train/0/nothing.txt")
        try write([0, 0, 8, 3, 0, 0, 0, 60, 0, 0, 0, 28, 0, 0, 0, 28, 7], "cut/train-images-idx3-ubyte")
        try write([0, 0, 8, 1, 0, 0, 0, 60, 1], "cut/train-labels-idx1-ubyte")
        try write(Array("label,pixels\n".utf8), "empty/train.csv")
        try write(Self.npy("<f4", "1, 1, 1", [0, 0, 128, 63]), "floats/train-images.npy")
        try write(Self.npy("|u1", "1,", [1]), "floats/train-labels.npy")
        let cases: [(arguments: [String], expected: String)] = [
            (["--data", Self.digits, "--resume", model], "only a checkpoint can be resumed"),
            (["--data", Self.digits, "--resume", path("text")], "text"),
            (["--data", Self.digits, "--resume", path("missing")], "missing"),
            (["--data", Self.digits, "--from", path("missing")], "missing"),
            (["--data", Self.digits, "--graph", path("missing")], "missing"),
            (["--data", Self.digits, "--graph", path("")], "folder"),
            (["--data", Self.digits, "--weights", "ema"], "no moving average"),
            (["--data", Self.digits, "--from", model, "--weights", "ema"], "no moving average"),
            (["--data", Self.digits, "--validation", "100000"], "for validation"),
            (["--data", Self.digits, "--out", path("no/c")], "no folder"),
            (["--data", Self.digits, "--report", path("")], "folder"),
            (["--data", Self.digits, "--metrics", path("no/m")], "no folder"),
            (["--data", path("nothing")], "nothing"), (["--data", path("text")], "text"),
            (["--data", path("png")], "broken.png"), (["--data", path("one")], "1 folders of classes"),
            (["--data", path("cut")], "images-idx3-ubyte"), (["--data", path("empty")], "train.csv"),
            (["--data", path("floats")], "f32"),
        ]
        for (arguments, expected) in cases {
            let result = try train(arguments + (arguments.contains("--out") ? [] : ["--out", path("c")]))
            #expect(result.status == 1, "\(arguments)")
            #expect(result.err.split(separator: "\n").count == 1, "\(arguments): \(result.err)")
            #expect(result.err.contains(expected), "\(arguments): \(result.err)")
            #expect(!FileManager.default.fileExists(atPath: path("c")))
        }
    }

    @Test func otherDataThanTheCheckpointsIsRefused() throws {
        for seed in [0, 1] {
            let lines = Self.pictures.map { ([$0.label] + $0.pixels).map { "\($0)" }.joined(separator: ",") }
            try write(Array(lines.dropFirst(seed).joined(separator: "\n").utf8), "data\(seed)/train.csv")
        }
        #expect(try train(["--data", path("data0"), "--out", path("c")] + Self.quick).status == 0)
        let before = try Data(contentsOf: folder.appendingPathComponent("c"))
        let result = try train(["--data", path("data1"), "--resume", path("c")])
        #expect(result.status == 1)
        #expect(result.err.contains("other examples"), "\(result.err)")
        #expect(try Data(contentsOf: folder.appendingPathComponent("c")) == before)
    }

    @Test func fineTunesFromAModel() throws {
        let model = Program.root.appendingPathComponent("Sources/MNISTInfer/Resources/mnist.pith").path
        let result = try train(
            ["--data", Self.digits, "--from", model, "--epochs", "1", "--lr", "0.001", "--out", path("c")])
        #expect(result.status == 0, "\(result.err)")
        let line = try #require(result.out.split(separator: "\n").first { $0.hasPrefix("test accuracy") })
        #expect(try #require(Double(line.split(separator: " ")[2])) > 98)
    }
}
