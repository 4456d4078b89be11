import CPithKernels
import Testing

/// An instruction set that this build and this machine have.
struct InstructionSet: Sendable, CustomTestStringConvertible {
    let number: Int32

    var testDescription: String { unsafe String(cString: pith_isa_name(number)) }

    static let available: [InstructionSet] = (0..<8).filter { pith_isa_supported($0) == 1 }.map(InstructionSet.init)
}

/// Where operands come from: each kind brings another corner of the arithmetic.
enum ValueKind: CaseIterable {
    /// Like weights and activations.
    case ordinary
    /// Products and sums are subnormal.
    case tiny
    /// Products and sums overflow.
    case huge
    /// Few significant bits far apart, so that sums lie exactly between two floats, or just beside.
    case ties
    /// Zeros of both signs, infinities, NaN of several kinds, the ends of the range, among ordinary values.
    case special
}

/// SplitMix64 (Steele, Lea and Flood, 2014), and floats of every kind.
struct Values: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    static let specials: [Float] = [
        0, -0.0, .infinity, -.infinity, .nan, Float(bitPattern: 0xFFC1_2345), .leastNonzeroMagnitude,
        -.leastNonzeroMagnitude, .leastNormalMagnitude, -.leastNormalMagnitude, .greatestFiniteMagnitude,
        -.greatestFiniteMagnitude, 1, -1, Float(bitPattern: 0x007F_FFFF),
    ]

    mutating func float(_ kind: ValueKind) -> Float {
        let ordinary = Float.random(in: -1...1, using: &self)
        switch kind {
        case .ordinary:
            return ordinary
        case .tiny:
            return ordinary * Float(sign: .plus, exponent: Int.random(in: -76 ... -66, using: &self), significand: 1)
        case .huge:
            return ordinary * Float(sign: .plus, exponent: Int.random(in: 58...64, using: &self), significand: 1)
        case .ties:
            let exponent = Int.random(in: -14...14, using: &self)
            let significand = Float([1, 3, 5, -1, -3].randomElement(using: &self) ?? 1)
            return significand * Float(sign: .plus, exponent: exponent, significand: 1)
        case .special:
            // Rare enough that sums also stay finite.
            return Int.random(in: 0..<24, using: &self) == 0
                ? Values.specials.randomElement(using: &self) ?? 0 : ordinary
        }
    }

    mutating func floats(_ count: Int, _ kind: ValueKind) -> [Float] { (0..<count).map { _ in float(kind) } }

    mutating func int(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
}

let canonicalNaN = Float(bitPattern: 0x7FC0_0000)

func canonical(_ x: Float) -> Float { x.isNaN ? canonicalNaN : x }

func relu(_ x: Float) -> Float { x.isNaN ? canonicalNaN : x > 0 ? x : 0 }

/// A value that no kernel gives, to see what was not written.
let untouched = Float(bitPattern: 0x7FAB_CDEF)

/// The first difference in bits, or nil.
func difference(_ given: [Float], _ expected: [Float]) -> String? {
    guard given.count == expected.count else { return "\(given.count) elements, expected \(expected.count)" }
    for (i, (g, e)) in zip(given, expected).enumerated() where g.bitPattern != e.bitPattern {
        return "element \(i) of \(given.count) is \(g) (\(String(g.bitPattern, radix: 16))), "
            + "expected \(e) (\(String(e.bitPattern, radix: 16)))"
    }
    return nil
}
