// Measures the largest error of each elementary function, in units in the last place of the exact result, against the
// platform's float64 libm. Arguments: STRIDE [FUNCTION …]; stride 1 visits all 2^32 arguments.
#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

typealias Unary = (name: String, ours: (Float) -> Float, exact: (Double) -> Double)

let unary: [Unary] = [
    ("exp", Elementary.exp, exp),
    ("log", Elementary.log, log),
    ("sigmoid", Elementary.sigmoid, { $0 < 0 ? exp($0) / (1 + exp($0)) : 1 / (1 + exp(-$0)) }),
    ("tanh", Elementary.tanh, tanh),
    ("erf", Elementary.erf, erf),
    ("sin", Elementary.sin, sin),
    ("cos", Elementary.cos, cos),
]

/// |ours - exact| in units in the last place of `exact` as a float32; infinite where one is NaN or overflows alone.
func error(_ ours: Float, _ exact: Double) -> Double {
    if exact.isNaN || ours.isNaN {
        return exact.isNaN && ours.bitPattern == 0x7FC0_0000 ? 0 : .infinity
    }
    if ours.isInfinite || exact.isInfinite { return Float(exact) == ours ? 0 : .infinity }
    let exponent = exact == 0 ? -126 : max(exact.exponent, -126)
    return abs(Double(ours) - exact) / Double(sign: .plus, exponent: exponent - 23, significand: 1)
}

struct Worst {
    var error = -1.0
    var arguments: [Float] = []
    var count = 0

    mutating func record(_ value: Double, _ arguments: [Float]) {
        count += 1
        if value > error { (error, self.arguments) = (value, arguments) }
    }

    func report(_ name: String) {
        let places = (error * 10_000).rounded() / 10_000
        let at = arguments.map { "\($0) (0x\(String($0.bitPattern, radix: 16)))" }.joined(separator: ", ")
        print("\(name): \(places) ulp at \(at), \(count) arguments")
        fflush(nil)
    }
}

let stride = CommandLine.arguments.count > 1 ? Int(CommandLine.arguments[1]) ?? 1 : 1
let wanted = CommandLine.arguments.dropFirst(2)

for function in unary where wanted.isEmpty || wanted.contains(function.name) {
    var worst = Worst()
    for bits in Swift.stride(from: 0, to: 1 << 32, by: stride) {
        let x = Float(bitPattern: UInt32(bits))
        let e = error(function.ours(x), function.exact(Double(x)))
        worst.count += 1
        if e > worst.error {
            worst.error = e
            worst.arguments = [x]
        }
    }
    worst.report(function.name)
}

if wanted.isEmpty || wanted.contains("pow") {
    var worst = Worst()
    var state: UInt64 = 1
    func draw() -> UInt32 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt32(truncatingIfNeeded: state >> 32)
    }
    for _ in 0..<(1 << 30) / stride {
        // Half of the exponents are chosen so that the result is a finite number that is not 0.
        let x = Float(bitPattern: draw())
        var y = Float(bitPattern: draw())
        if draw() & 1 == 0, x > 0, x.isFinite, x != 1 {
            y = Float((Double(draw()) / 0x1p32 * 280 - 150) / log2(Double(x)))
        }
        worst.record(error(Elementary.pow(x, y), pow(Double(x), Double(y))), [x, y])
    }
    worst.report("pow")
}
