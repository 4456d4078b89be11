import PithGraph
import Testing

@Suite("Graph text") struct GraphTextTests {
    private static let samples = [
        """
        tiny (float[batch,4] x) => (float[batch,2] p)
        <float[2,4] fc.weight, float[2] "a name"> {
          v3 = Gemm <transB = 1> (x, fc.weight, "a name")
          p = Softmax (v3)
        }

        """,
        """
        choice (bool[] c, float[?,3] x) => (float[?,3] y, int64[2] s)
        {
          y = If <then_branch = t (float[?,3] a) => (float[?,3] r)
            {
              v1 = Constant <value = float[] {0.5}> ()
              r = Mul (a, v1)
            }, else_branch = e (float[?,3] a) => (float[?,3] r)
            {
              r = Clip (a, , ) 
            }> (c, x)
          s = Shape (x)
        }

        """,
        """
        pieces (float16[6] x) => (float16[6] y)
        {
          v1 = Constant <value_ints = [2, 4]> ()
          a, b = Split <axis = 0> (x, v1)
          v4 = Concat <axis = 0> (b, a)
          v5 = Constant <value = float16[1] {0x3C00}> ()
          y = Add (v4, v5)
        }

        """,
    ]

    @Test(arguments: samples) func whatIsWrittenReadsAsTheSame(sample: String) throws {
        let graph = try Graph(text: sample)
        let text = graph.text
        let again = try Graph(text: text)
        #expect(again == graph)
        #expect(again.text == text)
    }

    @Test func theTextOfASampleIsItself() throws {
        #expect(try Graph(text: Self.samples[0]).text == Self.samples[0])
    }

    @Test func everyOperatorAndAttributeSurvives() throws {
        var graph = Graph(name: "all \"kinds\"")
        let x = try graph.addInput("x", ValueType(.float32, ["n", 2, 8, 8]))
        let w = try graph.addInitializer("w/0", .float32, [4, 2, 3, 3])
        let y = try graph.add(.conv, [x, w], [.pads: [1, 1, 1, 1], .autoPad: "NOTSET"], name: "v7")
        let pooled = try graph.addNode(.maxPool, [y], [.kernelShape: [2, 2], .strides: [2, 2]], outputCount: 2)
        try graph.addOutput(pooled[0], name: "out")
        try graph.addOutput(pooled[1], name: "where")
        #expect(try Graph(text: graph.text).text == graph.text)
    }

    @Test(
        arguments: [
            ("g (float[2] x) => (float[2] y)\n{ y = Reluu (x) }", "line 2, column 12:", PithError.Code.unknownOperator),
            ("g (float[2] x) => (float[2] y)\n{ y = Relu (z) }", "line 2, column 14:", .invalidGraph),
            ("g (float[2] x) = (float[2] y)", "line 1, column 16:", .malformed),
            ("g (flot[2] x)", "line 1, column 8:", .malformed), ("", "line 1, column 1:", .malformed),
            ("g (float[2] x) => (float[2] y) { y = Relu <alpha = 1> (x) }", "line 1, column 49:", .invalidAttribute),
            (
                "g (float[2] x, float[3] z) => (float[2] y)\n{\n  y = Add (x, z)\n}", "line 3, column 3:",
                .shapeMismatch
            ),
            ("g (float[2] x) => (float[2] x) {} more", "line 1, column 35:", .malformed),
        ])
    func errorsTellTheirPlace(text: String, place: String, code: PithError.Code) throws {
        let error = #expect(throws: PithError.self) { try Graph(text: text) }
        #expect(error?.reason.hasPrefix(place) == true, "\(error?.reason ?? "")")
        #expect(error?.code == code)
    }
}
