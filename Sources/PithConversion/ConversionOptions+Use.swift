import PithGraph

/// Refusing options that a source has no use for: nothing that was asked for is left out in silence.
extension ConversionOptions {
    /// Whether a graph was given, or what it can be made of.
    private var givesGraph: Bool { graph != nil || activation != nil }

    /// Checks what the kind of a source tells.
    ///
    /// - Throws: `invalidArgument`.
    func check(for kind: SourceKind) throws(PithError) {
        let changesInputs = !inputShapes.isEmpty || !fixedInputs.isEmpty
        if isWeightsOnly {
            let thing = "weights only"
            try refuse(givesGraph, "a graph or an activation", thing)
            try refuse(changesInputs, "the shape or value of an input", thing)
            try refuse(outputKind != nil, "what the output is", thing)
            try refuse(foldsBatchNormalization, "folding batch normalisation (fold-batchnorm)", thing)
        }
        try refuse(graph != nil && activation != nil, "an activation", "a graph, which has its own")
        switch kind {
        case .onnx:
            try checkForGraph(of: kind.name)
            try refuse(key != nil, "a key", kind.name)
            try refuse(takesAverage, "the moving average of weights", kind.name)
        case .pith:
            try refuse(key != nil, "a key", kind.name)
            try refuse(changesInputs, "the shape or value of an input", kind.name)
        default:
            try refuse(key != nil && kind != .zip && kind != .pickle, "a key", kind.name)
            try refuse(takesAverage, "the moving average of weights", kind.name)
            try refuse(
                changesInputs, "the shape or value of an input", "a file without a graph",
                advice: "write it into the graph that you give")
        }
        try refuse(standardDeviation?.contains(0) == true, "a std of 0", "any model: nothing is divided by zero")
    }

    /// Checks what a source that has a graph of its own makes useless.
    ///
    /// - Throws: `invalidArgument`.
    func checkForGraph(of thing: String) throws(PithError) {
        guard !isWeightsOnly else { return }
        try refuse(givesGraph, "a graph or an activation", "\(thing), whose own is converted")
        try refuse(
            !names.isEmpty, "renaming tensors (map)", "\(thing), whose graph names them", advice: "take weights only")
    }

    private func refuse(
        _ isAsked: Bool, _ option: String, _ thing: String, advice: String = "leave it out"
    ) throws(PithError) {
        guard isAsked else { return }
        throw PithError(.invalidArgument, "\(option): not for \(thing)", advice: advice)
    }
}
