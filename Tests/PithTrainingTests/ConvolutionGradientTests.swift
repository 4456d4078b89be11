import PithGraph
import PithMath
import PithTraining
import Testing

/// The gradients of convolutions.
struct ConvolutionGradientTests {
    /// More images than are packed at once, with padding and without: each sum as the definition has it, in every bit.
    @Test func aConvolutionsWeightOverBlocksOfImages() throws {
        let (images, filters, side) = (40, 2, 32)
        for pad in [1, 0] {
            let out = side + 2 * pad - 2
            let x = Variable(Check.random([images, 1, side, side], "x"))
            let w = Variable(Check.random([filters, 1, 3, 3], "w"), requiresGradient: true)
            let b = Variable(Check.random([filters], "b"), requiresGradient: true)
            let g = Check.random([images, filters, out, out], "g")
            let tape = Tape(on: try Compute(threads: 2))
            let pads = [Int64](repeating: Int64(pad), count: 4)
            try tape.backward(from: tape.apply(.conv, [.pads: .ints(pads)], [x, w, b]), seed: g)
            let (pixels, slopes) = (x.value.floats, g.floats)
            var expected = [Float](repeating: 0, count: filters * 9)
            var expectedBias = [Float](repeating: 0, count: filters)
            for image in 0..<images {
                for pixel in 0..<out * out {
                    for filter in 0..<filters {
                        let slope = slopes[(image * filters + filter) * out * out + pixel]
                        expectedBias[filter] += slope
                        for tap in 0..<9 {
                            let (row, column) = (pixel / out + tap / 3 - pad, pixel % out + tap % 3 - pad)
                            let isInside = (0..<side).contains(row) && (0..<side).contains(column)
                            let factor = isInside ? pixels[(image * side + row) * side + column] : 0
                            expected[filter * 9 + tap].addProduct(factor, slope)
                        }
                    }
                }
            }
            #expect(w.gradient?.floats == expected && b.gradient?.floats == expectedBias, "padding \(pad)")
        }
    }

    @Test func convolutions() throws {
        let cases: [(Shape, Shape, Attributes)] = [
            ([2, 3, 7, 5], [4, 3, 3, 3], [:]),
            ([3, 1, 6, 9], [2, 1, 3, 2], [.pads: [1, 0, 2, 1], .strides: [2, 3]]),
            ([2, 4, 9, 8], [6, 2, 3, 3], [.group: 2, .dilations: [2, 1], .pads: [1, 2, 1, 2]]),
            ([1, 3, 5, 5], [3, 1, 3, 3], [.group: 3, .pads: [2, 2, 2, 2], .strides: [2, 2]]),
            ([2, 2, 4, 4], [3, 2, 1, 1], [.strides: [3, 2]]),
            ([2, 1, 3, 4], [2, 1, 1, 1], [.pads: [1, 2, 1, 0], .strides: [2, 1]]),
            ([1, 2, 3, 3], [2, 2, 2, 2], [.pads: [0, 3, 2, 3], .strides: [1, 3]]),
            ([2, 6, 5, 5], [7, 6, 3, 2], [.pads: [1, 1, 1, 1]]),
            ([2, 3, 9], [4, 3, 3], [.pads: [1, 2]]),
            ([2, 4, 11], [6, 2, 3], [.group: 2, .dilations: [2], .strides: [3], .pads: [2, 0]]),
            ([1, 2, 8], [3, 2, 4], [.autoPad: "SAME_LOWER", .strides: [2]]),
        ]
        for (image, weight, attributes) in cases {
            let inputs = [
                Check.random(image, "x"), Check.random(weight, "w"), Check.random([weight[0]], "b"),
            ]
            #expect(try Check.error(.conv, attributes, inputs) < 2e-5, "\(image) \(weight)")
            #expect(try Check.error(.conv, attributes, Array(inputs[..<2])) < 2e-5)
        }
    }
}
