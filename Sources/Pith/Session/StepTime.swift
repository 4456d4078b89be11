public import PithGraph

/// How long one step of a run took.
public struct StepTime: Sendable {
    /// The nodes that ran as one, by position in the graph.
    public let nodes: [Int]
    /// The nodes' names, for example `Gemm #3, Relu #4`; `copy` for a value that two outputs share.
    public let name: String
    /// The kernel, for example `matrix product`.
    public let kernel: String
    /// The shape of the first output.
    public let output: Shape
    /// Nanoseconds from the start of the run to that of the step.
    public let start: UInt64
    /// Nanoseconds.
    public let duration: UInt64
}

#if !hasFeature(Embedded)
    #if canImport(Glibc)
        import Glibc
    #elseif canImport(Darwin)
        import Darwin
    #endif
    public import PithMath

    extension Session {
        /// Runs the model and takes the time of each step.
        ///
        /// - Parameter inputs: As in `run(_:)`.
        /// - Returns: The outputs, and the steps in the order they ran.
        /// - Throws: As `run(_:)`.
        public mutating func profile(_ inputs: [Tensor]) throws(PithError) -> (outputs: [Tensor], steps: [StepTime]) {
            let plan = try bind(inputs)
            var outputs = emptyOutputs(plan)
            point(plan, inputs, &outputs)
            let steps = model.description(of: plan.plan).steps
            var times: [StepTime] = []
            let begin = Self.nanoseconds
            for (index, step) in steps.enumerated() {
                let start = Self.nanoseconds
                try plan.runStep(index, model, on: compute)
                let end = Self.nanoseconds
                times.append(
                    StepTime(
                        nodes: step.nodes, name: step.name, kernel: step.kernel, output: step.output,
                        start: start - begin, duration: end - start))
            }
            withExtendedLifetime(inputs) {}
            return (outputs, times)
        }

        /// Of a clock that never goes back.
        private static var nanoseconds: UInt64 {
            var time = timespec()
            unsafe clock_gettime(CLOCK_MONOTONIC, &time)
            return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
        }
    }
#endif
