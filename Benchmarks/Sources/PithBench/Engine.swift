import CBench
import Pith

/// A model in one of the runtimes, with memory for one input and one output.
struct Engine {
    private var session: Session?
    private let ort: OpaquePointer?
    private var input: [Float]
    private(set) var output: [Float]

    /// Nanoseconds of each run that `measureLatencies` made.
    private var latencies: [UInt64] = []

    init(pith path: String, threads: Int, input: [Int], output: [Int]) throws(PithError) {
        session = try Model(contentsOf: path).makeSession(threads: threads)
        ort = nil
        self.input = Self.values(input.reduce(1, *))
        self.output = [Float](repeating: 0, count: output.reduce(1, *))
    }

    init?(ort path: String, library: String, threads: Int, input: [Int], output: [Int]) {
        guard let ort = ort_open(library, path, Int32(threads)) else { return nil }
        session = nil
        self.ort = ort
        self.input = Self.values(input.reduce(1, *))
        self.output = [Float](repeating: 0, count: output.reduce(1, *))
        let (inputShape, outputShape) = (input.map { Int64($0) }, output.map { Int64($0) })
        // ORT keeps the addresses; the arrays are never resized, copied or moved while the engine lives.
        let status = self.input.withUnsafeMutableBufferPointer { x in
            self.output.withUnsafeMutableBufferPointer { y in
                ort_bind(
                    ort, x.baseAddress, inputShape, inputShape.count, y.baseAddress, outputShape,
                    outputShape.count)
            }
        }
        guard status == 0 else { return nil }
    }

    /// The same for every runtime: uniform in 0..<1.
    private static func values(_ count: Int) -> [Float] {
        var state: UInt64 = 42
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Float(state >> 40) / 16_777_216
        }
    }

    /// One run.
    mutating func run() throws(PithError) {
        if let ort {
            _ = ort_run(ort)
        } else {
            try Self.run(&session, input, &output)
        }
    }

    private static func run(_ session: inout Session?, _ input: [Float], _ output: inout [Float]) throws(PithError) {
        var span = output.mutableSpan
        try session?.run(input.span, into: &span)
    }

    /// Many runs without anything between them: nanoseconds for all.
    mutating func time(_ runs: Int) throws(PithError) -> UInt64 {
        let begin = Clock.nanoseconds
        for _ in 0..<runs { try run() }
        return Clock.nanoseconds - begin
    }

    /// Nanoseconds of each of many runs and of all that were measured before, ascending.
    mutating func measureLatencies(_ runs: Int) throws(PithError) -> [UInt64] {
        latencies.reserveCapacity(latencies.count + runs)
        for _ in 0..<runs {
            let begin = Clock.nanoseconds
            try run()
            latencies.append(Clock.nanoseconds - begin)
        }
        return latencies.sorted()
    }
}
