import CPithKernels
public import PithGraph

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A family of vector instructions that the kernels are compiled for. Which one runs never changes a bit.
public enum InstructionSet: Int32, Sendable, CaseIterable {
    /// No special instructions.
    case portable = 0
    /// x86-64 with AVX2 and FMA.
    case avx2 = 1
    /// x86-64 with AVX-512.
    case avx512 = 2
    /// 64-bit ARM.
    case neon = 3
    /// WebAssembly SIMD.
    case wasm = 4

    /// The best one that this machine has.
    public static var best: InstructionSet { InstructionSet(rawValue: pith_isa_best()) ?? .portable }

    /// Whether this machine has it.
    public var isSupported: Bool { pith_isa_supported(rawValue) != 0 }

    /// The name that `PITH_ISA` takes.
    public var name: String {
        switch self {
        case .portable: "portable"
        case .avx2: "avx2"
        case .avx512: "avx512"
        case .neon: "neon"
        case .wasm: "wasm"
        }
    }

    /// The instruction set of this name.
    ///
    /// - Throws: `invalidArgument` for an unknown name or one that this machine does not have.
    public init(named name: String) throws(PithError) {
        for candidate in Self.allCases where candidate.name == name && candidate.isSupported {
            self = candidate
            return
        }
        var names = ""
        for candidate in Self.allCases where candidate.isSupported {
            names += names.isEmpty ? candidate.name : ", " + candidate.name
        }
        throw PithError(
            .invalidArgument, "this machine has no instruction set '\(name)'", advice: "set PITH_ISA to one of \(names)"
        )
    }

    /// The one that weights are laid out for: a layout is faster or slower with others, with the same bits.
    static var preferred: InstructionSet { ((try? chosenByEnvironment()) ?? nil) ?? .best }

    /// For people: the name of the one that sessions take, or why they take none.
    static var nameInUse: String {
        do throws(PithError) {
            return (try chosenByEnvironment() ?? .best).name
        } catch {
            return "none, \(error.reason)"
        }
    }

    /// The one that the environment variable `PITH_ISA` names, nil where it is not set.
    ///
    /// - Throws: What `init(named:)` throws.
    static func chosenByEnvironment() throws(PithError) -> InstructionSet? {
        #if hasFeature(Embedded)
            return nil
        #else
            guard let value = unsafe getenv("PITH_ISA") else { return nil }
            let name = unsafe String(cString: value)
            return name.isEmpty ? nil : try InstructionSet(named: name)
        #endif
    }
}
