import Pith
import PithConversion
import PithGraph
import PithMath
import Testing

/// Inputs that the caller says always have one value.
@Suite("Fixed inputs") struct FixedInputTests {
    private func converter(_ name: String, _ value: ConversionOptions.FixedInput) throws -> Converter {
        var converter = try Converter(testVectorCount: 0)
        converter.options.fixedInputs[name] = value
        return converter
    }

    @Test("an input of one value is no input any more, and what depends on it is worked out") func worksOut() throws {
        let given = [Float](repeating: 0.5, count: 12)
        let source = try Fixtures.source("onnx-old.onnx")
        let file = try Converter(testVectorCount: 0).convert(source)
        let name = try #require(file.graph.map { $0[$0.inputs[0]].name })
        var session = try Model(file).makeSession()
        let expected = try session.run(Tensor(given, shape: [2, 6]))
        for value in [
            ConversionOptions.FixedInput.tensor(Tensor(given, shape: [2, 6])),
            .numbers([Double](repeating: 0.5, count: 12)),
        ] {
            let fixed = try converter(name, value).convert(source)
            #expect(fixed.graph?.inputs.isEmpty == true)
            var session = try Model(fixed).makeSession()
            #expect(try session.run([]).map { $0.floats } == [expected.floats])
        }
    }

    @Test("a name or value that does not fit is refused, with what there is") func refuses() throws {
        let source = try Fixtures.source("onnx-chain.onnx")
        let error = #expect(throws: PithError.self) { try converter("y", .numbers([1])).attempt(source) }
        #expect(error?.code == .invalidArgument)
        #expect(error?.advice.contains("x") == true)
        let conversion = try converter("x", .tensor(Tensor(integers: [1], shape: [1]))).attempt(source)
        #expect(conversion.file == nil)
        #expect(conversion.problems.first?.reason.contains("'x'") == true)
    }
}
