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
    #elseif canImport(Musl)
        import Musl
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
            guard let plan = try bind(inputs) else { return try profileOpenRun(inputs) }
            var outputs = try emptyOutputs(plan)
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
                        nodes: step.nodes, name: step.name, kernel: step.kernel, output: try step.output.shape(),
                        start: start - begin, duration: end - start))
            }
            withExtendedLifetime(inputs) {}
            return (outputs, times)
        }

        /// The same for a model where values decide shapes.
        private func profileOpenRun(_ inputs: [Tensor]) throws(PithError) -> (outputs: [Tensor], steps: [StepTime]) {
            var times: [StepTime] = []
            let begin = Self.nanoseconds
            var start = begin
            let outputs = try OpenRun(model, on: compute).outputs(for: inputs) { number, output in
                guard let output else { return start = Self.nanoseconds }
                let end = Self.nanoseconds
                let step = model.plan.steps[number]
                times.append(
                    StepTime(
                        nodes: step.nodes, name: model.name(of: step), kernel: "chosen in the run", output: output,
                        start: start - begin, duration: end - start))
            }
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
