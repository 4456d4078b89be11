import Foundation
import Pith
import PithFormat
import Synchronization

/// Times the codec on one array of weights, a round for each line of standard input, so that a script can alternate
/// with other programs: `decode`, `decode2` on two threads of a runtime's pool, `asleep`, the same while the second sleeps,
/// `wake`, what that takes to come, `encode`, `copy`. Each answers with seconds.
///
/// `CodecBenchmark decode FILE…` tells for each file, in memory, what the first and the median of many decodings take.
/// `CodecBenchmark FILE f32|bf16` prints first how many bytes the weights take, as a file stores them and with the
/// file around them. `CodecBenchmark open FILE SMALL` tells what opening a mapped file takes; `CodecBenchmark dump MODEL FILE`
/// writes a model's float32 tensors, one after another.
@main struct CodecBenchmark {
    static func main() throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        switch arguments.first {
        case "open": try openMapped(arguments[1], after: arguments[2])
        case "decode": for path in arguments.dropFirst() { try decode(path) }
        case "make": try makeRaw(arguments[1], bytes: Int(arguments[2]) ?? 0)
        case "dump": try dump(arguments[1], to: arguments[2])
        default: try serve(arguments[0], arguments[1] == "bf16" ? .bfloat16 : .float32)
        }
    }

    private static let clock = ContinuousClock()

    private static func seconds(_ body: () throws -> Void) rethrows -> Double {
        let duration = try clock.measure(body)
        return Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    }

    /// Prints a line and sends it at once, since the script waits for it.
    private static func answer(_ text: String) {
        print(text)
        fflush(nil)
    }

    private static func serve(_ path: String, _ type: ElementType) throws {
        let elements = try FileIO.read(path: path)
        let tensor = try StoredTensor(
            name: "weights", elementType: type, shape: [elements.count / type.byteCount], bytes: elements)
        let file = ModelFile(role: .weights, tensors: [tensor])
        let bytes = try file.encoded()
        guard try ModelFile.decode(bytes).tensors == [tensor] else { return answer("other weights come back") }
        answer("\(try FileSummary.of(bytes).tensors[0].storedBytes) \(bytes.count)")
        let pool = ThreadPool(threads: 2)
        let twoThreads: ReadingOptions.ParallelFor = { pool.forEach(count: $0, $1) }
        while let command = readLine() {
            switch command {
            case "decode": answer("\(try seconds { _ = try ModelFile.decode(bytes) })")
            case "decode2":
                bringTogether(pool)
                answer("\(try seconds { _ = try ModelFile.decode(bytes, parallel: twoThreads) })")
            case "asleep":
                Thread.sleep(forTimeInterval: untilAsleep)
                answer("\(try seconds { _ = try ModelFile.decode(bytes, parallel: twoThreads) })")
            case "wake":
                Thread.sleep(forTimeInterval: untilAsleep)
                answer("\(seconds { bringTogether(pool) })")
            case "encode": answer("\(try seconds { _ = try file.encoded() })")
            case "copy":
                let duration = seconds {
                    _ = unsafe [UInt8](unsafeUninitializedCapacity: elements.count) { target, count in
                        _ = unsafe target.initialize(fromContentsOf: elements)
                        count = elements.count
                    }
                }
                answer("\(duration)")
            default: return
            }
        }
    }

    /// After so many seconds without work a pool's thread sleeps.
    private static let untilAsleep = 0.002

    /// Returns when both threads have come, after which the second looks out for more work for a while.
    private static func bringTogether(_ pool: ThreadPool) {
        let came = Atomic(0)
        let limit = clock.now + .milliseconds(20)
        pool.forEach(count: 2) { (_: Int) in
            came.add(1, ordering: .sequentiallyConsistent)
            while came.load(ordering: .sequentiallyConsistent) < 2, clock.now < limit {}
        }
    }

    /// Decodes a whole file again and again: checksums, graph and every tensor's elements.
    private static func decode(_ path: String) throws {
        let bytes = try FileIO.read(path: path)
        var times: [Double] = []
        for _ in 0..<1001 { times.append(try seconds { _ = try ModelFile.decode(bytes) }) }
        let (first, median) = (times[0], times.sorted()[times.count / 2])
        func microseconds(_ seconds: Double) -> String { String(format: "%.0f", seconds * 1e6) }
        print("\(path): \(bytes.count) bytes, first \(microseconds(first)) µs, median \(microseconds(median)) µs")
    }

    /// Opens a mapped file, after a small one was opened, and tells how the process grew meanwhile: its own memory, and
    /// pages of files. Linux maps as much of a file at the first touch as its cache holds together, which is up to 2 MiB.
    private static func openMapped(_ path: String, after small: String) throws {
        let options = ReadingOptions(verify: .directoryOnly)
        func open(_ path: String) throws -> ModelReader { try ModelReader(.mapped(path), options: options) }
        _ = try open(small).tensorNames
        let before = residentKilobytes()
        let reader = try open(path)
        let after = residentKilobytes()
        let best = try (0..<20).map { _ in try seconds { _ = try open(path).tensorNames } }.min() ?? 0
        withExtendedLifetime(reader) {
            print(
                "\(best) s, \(after.own - before.own) KiB of its own, \(after.files - before.files) KiB of the file's pages"
            )
        }
    }

    /// What the process has in memory, as Linux tells it.
    private static func residentKilobytes() -> (own: Int, files: Int) {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        func field(_ name: String) -> Int {
            let line = status.split(separator: "\n").first { $0.hasPrefix(name + ":") }
            return line?.split(separator: " ").dropFirst().lazy.compactMap { Int($0) }.first ?? 0
        }
        return (field("RssAnon"), field("RssFile"))
    }

    /// A raw file of one float32 tensor of zeros.
    private static func makeRaw(_ path: String, bytes: Int) throws {
        let tensor = try StoredTensor(
            name: "weights", elementType: .float32, shape: [bytes / 4], bytes: [UInt8](repeating: 0, count: bytes))
        try ModelFile(role: .weights, tensors: [tensor]).write(to: path, EncodingOptions(level: .stored))
    }

    private static func dump(_ model: String, to path: String) throws {
        let tensors = try ModelFile.read(from: model).tensors.filter { $0.elementType == .float32 }
        try FileIO.writeAtomically(tensors.flatMap { $0.bytes }, to: path)
    }
}
