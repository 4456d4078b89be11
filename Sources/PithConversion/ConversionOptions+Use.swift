import PithGraph

extension ConversionOptions {
    /// Refuses options that a source has no use for: nothing that was asked for is left out in silence.
    ///
    /// - Throws: `invalidArgument`.
    func check(for kind: SourceKind) throws(PithError) {
        let hasGraph = graph != nil || activation != nil
        try refuse(hasGraph && isWeightsOnly, "--graph and --activation", "weights alone")
        let changesInputs = !inputShapes.isEmpty || !fixedInputs.isEmpty
        switch kind {
        case .onnx:
            try refuse(hasGraph, "--graph and --activation", "an ONNX model, which has a graph")
            try refuse(key != nil, "--key", kind.name)
            try refuse(takesAverage, "--weights ema", kind.name)
        case .pith:
            try refuse(key != nil, "--key", kind.name)
            try refuse(changesInputs, "--shape and --input", kind.name)
        default:
            try refuse(key != nil && kind != .zip && kind != .pickle, "--key", kind.name)
            try refuse(takesAverage, "--weights ema", kind.name)
            try refuse(changesInputs, "--shape and --input", "a file without a graph; write them into that of --graph")
        }
        try refuse(standardDeviation?.contains(0) == true, "--std 0", "any model: nothing is divided by zero")
    }

    private func refuse(_ isAsked: Bool, _ option: String, _ thing: String) throws(PithError) {
        guard isAsked else { return }
        throw PithError(.invalidArgument, "\(option): not for \(thing)", advice: "leave it out")
    }
}
