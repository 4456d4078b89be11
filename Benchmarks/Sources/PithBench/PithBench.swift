import CBench
import CProcess
import Pith
import PithFormat

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Answers one line of standard input with one line of standard output, for `compare.py`.
@main
struct PithBench {
    private var engines: [Engine] = []

    static func main() {
        var bench = PithBench()
        let arguments = Array(CommandLine.arguments.dropFirst())
        write_line_by_line()
        do throws(PithError) {
            if !arguments.isEmpty {
                print(try bench.answer(arguments))
            } else {
                while let line = readLine() { print(try bench.answer(line.split(separator: " ").map(String.init))) }
            }
        } catch {
            print("error \(error)")
            exit(1)
        }
    }

    private static func shape(_ text: String) -> [Int] { text.split(separator: ",").map { Int($0) ?? 0 } }

    private mutating func answer(_ words: [String]) throws(PithError) -> String {
        switch words.first {
        case "make":
            var maker = ModelMaker(directory: words[1])
            try maker.makeAll()
            return "ok"
        case "fill":
            // fill FILE OUT: the same network with weights that are not zero, dense.
            var maker = ModelMaker(directory: "")
            try maker.fill(words[1], to: words[2])
            return "ok"
        case "pith":
            // pith FILE THREADS INPUT OUTPUT
            engines.append(
                try Engine(
                    pith: words[1], threads: Int(words[2]) ?? 1, input: Self.shape(words[3]),
                    output: Self.shape(words[4])))
            return "\(engines.count - 1)"
        case "ort":
            // ort LIBRARY FILE THREADS INPUT OUTPUT
            guard
                let engine = Engine(
                    ort: words[2], library: words[1], threads: Int(words[3]) ?? 1, input: Self.shape(words[4]),
                    output: Self.shape(words[5]))
            else { return "error" }
            engines.append(engine)
            return "\(engines.count - 1)"
        case "output":
            let id = Int(words[1]) ?? 0
            try engines[id].run()
            return engines[id].output.map { "\($0)" }.joined(separator: " ")
        case "time":
            return "\(try engines[Int(words[1]) ?? 0].time(Int(words[2]) ?? 1))"
        case "latency":
            let times = try engines[Int(words[1]) ?? 0].measureLatencies(Int(words[2]) ?? 1)
            let n = times.count
            return "\(times[n / 2]) \(times[n * 99 / 100]) \(times[n * 999 / 1000]) \(times[n - 1])"
        case "peak":
            var sink: Float = 0
            let begin = Clock.nanoseconds
            let operations = peak_operations(Int(words[1]) ?? 1, &sink)
            return "\(operations / Double(Clock.nanoseconds - begin))"
        case "quiet":
            // quiet FILE BATCH RUNS [THREADS]: between the two lines that it prints, nothing but runs.
            return try quiet(
                words[1], batch: Int(words[2]) ?? 1, runs: Int(words[3]) ?? 1,
                threads: words.count > 4 ? Int(words[4]) ?? 1 : 1)
        case "profile":
            // profile FILE BATCH THREADS
            return try profile(words[1], batch: Int(words[2]) ?? 1, threads: Int(words[3]) ?? 1)
        case "load":
            return try load(words)
        case "large":
            // large FILE MIB: a model of so many MiB of weights as they are.
            try LargeModel.write(to: words[1], mebibytes: Int(words[2]) ?? 1)
            return "ok"
        case "open":
            return try open(words[1], after: words[2])
        default:
            return "error unknown"
        }
    }

    private func quiet(_ path: String, batch: Int, runs: Int, threads: Int) throws(PithError) -> String {
        let model = try Model(contentsOf: path)
        var session = try model.makeSession(threads: threads)
        var inputs: [Tensor] = []
        for value in model.inputs {
            inputs.append(Tensor(zeros: try Shape(checking: value.type.dimensions.map { $0.extent ?? batch })))
        }
        var outputs = try session.run(inputs)
        // Until the other threads have started and waited once.
        if threads > 1 { for _ in 0..<runs { try session.run(inputs, into: &outputs) } }
        print("begin")
        for _ in 0..<runs { try session.run(inputs, into: &outputs) }
        print("end")
        return "ok"
    }

    /// A table of steps: microseconds, the least of many runs.
    private func profile(_ path: String, batch: Int, threads: Int) throws(PithError) -> String {
        let model = try Model(contentsOf: path)
        var session = try model.makeSession(threads: threads)
        var inputs: [Tensor] = []
        for value in model.inputs {
            inputs.append(Tensor(zeros: try Shape(checking: value.type.dimensions.map { $0.extent ?? batch })))
        }
        var steps = try session.profile(inputs).steps
        for _ in 0..<50 {
            for (index, step) in try session.profile(inputs).steps.enumerated()
            where step.duration < steps[index].duration {
                steps[index] = step
            }
        }
        return steps.map { "\($0.duration / 1000) us  \($0.kernel)  \($0.output)  \($0.name)" }.joined(separator: "\n")
    }

    /// load pith FILE RUNS | load mapped FILE RUNS | load ort LIBRARY FILE RUNS: the nanoseconds until a session is there,
    /// each time. ONNX Runtime's library and environment are there before.
    private func load(_ words: [String]) throws(PithError) -> String {
        let runs = Int(words[words.count - 1]) ?? 1
        var times: [UInt64] = []
        for _ in 0..<runs {
            if words[1] == "ort" {
                guard ort_prepare(words[2]) == 0 else { return "error" }
                let begin = Clock.nanoseconds
                let session = ort_open(words[2], words[3], 1)
                times.append(Clock.nanoseconds - begin)
                if let session { ort_close(session) }
            } else {
                let isMapped = words[1] == "mapped"
                let begin = Clock.nanoseconds
                let session = try Model(
                    contentsOf: words[2], mapped: isMapped, verify: isMapped ? .directoryOnly : .everything
                ).makeSession()
                times.append(Clock.nanoseconds - begin)
                withExtendedLifetime(session) {}
            }
        }
        return times.map { "\($0)" }.joined(separator: " ")
    }

    /// open FILE SMALL: after a small model was opened, opens a mapped file without reading its weights; nanoseconds, and
    /// the KB by which the process grew.
    private func open(_ path: String, after small: String) throws(PithError) -> String {
        _ = try Model(contentsOf: small, mapped: true, verify: .directoryOnly).makeSession()
        let before = peak_kilobytes()
        let begin = Clock.nanoseconds
        let session = try Model(contentsOf: path, mapped: true, verify: .directoryOnly).makeSession()
        let time = Clock.nanoseconds - begin
        return withExtendedLifetime(session) { "\(time) \(peak_kilobytes() - before)" }
    }
}
