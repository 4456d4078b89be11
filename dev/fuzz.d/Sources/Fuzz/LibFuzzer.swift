import CLibFuzzer
import Foundation

/// The target that `PITH_FUZZ_TARGET` names.
private let target: FuzzTarget = {
    let name = ProcessInfo.processInfo.environment["PITH_FUZZ_TARGET"] ?? ""
    guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
        print("no target '\(name)'; there are \(FuzzTarget.all.map { $0.name }.joined(separator: ", "))")
        exit(64)
    }
    return target
}()

/// The most seconds of processor time that one input may take.
private let secondsPerInput = 1.0

/// Checks that the target's own seeds are accepted by its mutator's repair; with `PITH_FUZZ_SEEDS` writes them to that
/// folder and ends.
@c(LLVMFuzzerInitialize)
public func initialize(
    _ count: UnsafeMutableRawPointer?, _ arguments: UnsafeMutableRawPointer?
) -> CInt {
    do {
        let seeds = try target.seeds()
        for seed in seeds { target.run(seed) }
        guard let folder = ProcessInfo.processInfo.environment["PITH_FUZZ_SEEDS"] else { return 0 }
        for (number, seed) in seeds.enumerated() {
            try Data(seed).write(to: URL(fileURLWithPath: folder).appendingPathComponent("seed-\(number)"))
        }
        exit(0)
    } catch {
        print("the seeds of '\(target.name)' cannot be made: \(error)")
        exit(1)
    }
}

/// What libFuzzer calls with each input.
@c(LLVMFuzzerTestOneInput)
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
    let before = clock()
    target.run(bytes)
    let seconds = Double(clock() - before) / Double(CLOCKS_PER_SEC)
    if seconds > secondsPerInput { finding("\(seconds) s for one input") }
    return 0
}

/// What libFuzzer calls to change an input: gives its new length.
@c(LLVMFuzzerCustomMutator)
public func mutate(_ start: UnsafeMutablePointer<UInt8>, _ count: Int, _ limit: Int, _ seed: CUnsignedInt) -> Int {
    guard let mutate = target.mutate else { return unsafe LLVMFuzzerMutate(start, count, limit) }
    var bytes = unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
    mutate(&bytes, Mutator(seed: UInt64(seed), limit: limit))
    let length = min(bytes.count, limit)
    for index in 0..<length { unsafe start[index] = bytes[index] }
    return length
}

/// Random choices and libFuzzer's own mutations, for a target's `mutate`.
final class Mutator {
    private var state: UInt64

    /// The most bytes that an input may have.
    let limit: Int

    init(seed: UInt64, limit: Int) {
        state = seed
        self.limit = limit
    }

    /// A number below `bound` (SplitMix64).
    func choose(below bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ mixed >> 31) % UInt64(bound))
    }

    /// The bytes mutated by libFuzzer, at most `growth` more than they were.
    func mutated(_ bytes: some Collection<UInt8>, growth: Int) -> [UInt8] {
        var buffer = Array(bytes) + [UInt8](repeating: 0, count: growth)
        guard !buffer.isEmpty else { return [] }
        let (count, limit) = (bytes.count, buffer.count)
        let length = unsafe buffer.withUnsafeMutableBufferPointer { buffer in
            unsafe buffer.baseAddress.map { unsafe LLVMFuzzerMutate($0, count, limit) } ?? 0
        }
        return Array(buffer.prefix(length))
    }
}
