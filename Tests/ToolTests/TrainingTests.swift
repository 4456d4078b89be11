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
        let browser = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
        guard let browser else {
            print("mnist-train: no Chromium here, so the report was not rendered")
            return
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: browser)
        process.arguments = [
            "--headless", "--no-sandbox", "--disable-gpu", "--window-size=1250,4000",
            "--user-data-dir=" + path("profile"), "--screenshot=" + path("r.png"), "file://" + path("r.html"),
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        let picture = try GreyPicture(decoding: Array(Data(contentsOf: folder.appendingPathComponent("r.png"))))
        #expect(picture.width == 1250)
        func dark(_ rows: Range<Int>) -> Int {
            picture.pixels[(rows.lowerBound * 1250)..<(rows.upperBound * 1250)].count { $0 < 128 }
        }
        // Title and curves at the top; the black grounds of the mistakes below; and nothing but paper at the end.
        #expect(dark(0..<200) > 500)
        #expect(dark(900..<1900) > 48 * 3000)
        #expect(dark(3950..<4000) == 0)
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
