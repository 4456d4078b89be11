import ArgumentParser
import PithConversion
import PithData
import PithFormat
import PithGraph

/// From arguments to what the converter is asked for.
extension Convert {
    /// What the arguments say by themselves, without the files that they name.
    ///
    /// - Throws: `ValidationError`.
    func arguments() throws -> ConversionOptions {
        var options = ConversionOptions()
        options.key = key
        options.isWeightsOnly = weightsOnly
        options.takesAverage = weights == .ema
        options.activation = activation?.op
        do throws(PithError) {
            for rule in map { try options.names.add(rule) }
        } catch {
            throw ValidationError("--map: \(error)")
        }
        for text in shape {
            let (name, extents) = try Self.named(text, text.lastIndex(of: "="), "--shape needs NAME=EXTENT,…")
            options.inputShapes[name] = try extents.split(separator: ",", omittingEmptySubsequences: false).map {
                guard let first = $0.first else { throw ValidationError("--shape needs NAME=EXTENT,…, not '\(text)'") }
                guard first.isNumber || first == "-" else { return .symbol(String($0)) }
                guard let extent = Int($0), extent >= 0 else {
                    throw ValidationError("--shape \(text): '\($0)' is no extent")
                }
                return .fixed(extent)
            }
        }
        for text in fixedInput {
            let (name, value) = try Self.fixed(text)
            if let numbers = Self.numbers(value) { options.fixedInputs[name] = .numbers(numbers) }
        }
        options.mean = try mean.map { try Self.numbers($0, "--mean") }
        options.standardDeviation = try std.map { try Self.numbers($0, "--std") }
        if options.standardDeviation?.contains(0) == true {
            throw ValidationError("--std 0: nothing is divided by zero")
        }
        options.outputKind = output
        options.foldsBatchNormalization = foldBatchnorm
        if let testVectors {
            let counts = Converter.testVectorCounts
            guard counts.contains(testVectors) else {
                throw ValidationError("--test-vectors must be \(counts.lowerBound) to \(counts.upperBound)")
            }
            guard !weightsOnly else { throw ValidationError("--test-vectors: not for --weights-only") }
        }
        return options
    }

    /// What the arguments say, and the files that they name.
    ///
    /// - Throws: Errors of reading these.
    func options() throws -> ConversionOptions {
        var options = try arguments()
        options.commandLine = Provenance.options(input: input, paths: ["-o", "--out", "--report"])
        if let graph {
            options.graph = try Self.located(graph) { bytes throws(PithError) in
                try Graph(text: String(decoding: bytes, as: UTF8.self))
            }
        }
        if let mapFile {
            try Self.located(mapFile) { bytes throws(PithError) in
                try options.names.add(file: String(decoding: bytes, as: UTF8.self))
            }
        }
        for text in fixedInput {
            let (name, path) = try Self.fixed(text)
            guard options.fixedInputs[name] == nil else { continue }
            options.fixedInputs[name] = .tensor(
                try Self.located(path) { bytes throws(PithError) in try NpyFile.decode(bytes) })
        }
        return options
    }

    /// What a file's bytes stand for; errors name the file.
    private static func located<T>(
        _ path: String, _ decode: ([UInt8]) throws(PithError) -> T
    ) throws(PithError) -> T {
        do throws(PithError) {
            return try decode(FileIO.read(path: path))
        } catch {
            throw error.located(in: .file(path))
        }
    }

    /// The parts of an argument of `--input`; a file's name may have such a sign too.
    private static func fixed(_ text: String) throws -> (name: String, value: String) {
        try named(text, text.firstIndex(of: "="), "--input needs NAME=NUMBER,… or NAME=FILE.npy")
    }

    /// What is before a sign and what is after it, neither of them empty.
    private static func named(
        _ text: String, _ mark: String.Index?, _ need: String
    ) throws -> (name: String, value: String) {
        guard let mark, mark > text.startIndex, text.index(after: mark) < text.endIndex else {
            throw ValidationError("\(need), not '\(text)'")
        }
        return (String(text[..<mark]), String(text[text.index(after: mark)...]))
    }

    /// Numbers separated by commas; nil for anything else.
    private static func numbers(_ text: String) -> [Double]? {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { Double($0) }
        return numbers.count == parts.count ? numbers : nil
    }

    private static func numbers(_ text: String, _ option: String) throws -> [Double] {
        guard let numbers = numbers(text), numbers.allSatisfy({ $0.isFinite }) else {
            throw ValidationError("\(option) needs numbers separated by commas, not '\(text)'")
        }
        return numbers
    }
}
