/// Where a kernel finds what it works on.
///
/// Unsafe because nothing ties the pointers to the memory: who runs a kernel sees to it that every operand has the bytes
/// that the kernel was made for.
@unsafe package struct KernelMemory {
    /// The operator's inputs in order, then its outputs; nil for an input left out.
    let operands: UnsafePointer<UnsafeMutableRawPointer?>

    /// Room for intermediate results: `Kernel.scratchBytes` for each thread of the pool, at a 64-byte boundary.
    let scratch: UnsafeMutableRawPointer

    package init(operands: UnsafePointer<UnsafeMutableRawPointer?>, scratch: UnsafeMutableRawPointer) {
        unsafe self.operands = unsafe operands
        unsafe self.scratch = unsafe scratch
    }

    /// The bytes of an operand that is there.
    @inline(__always)
    func bytes(_ index: Int) -> UnsafeMutableRawPointer {
        guard let pointer = unsafe operands[index] else { preconditionFailure("an operand of a kernel is missing") }
        return unsafe pointer
    }

    /// The floats of an operand that is there.
    @inline(__always)
    func floats(_ index: Int) -> UnsafeMutablePointer<Float> {
        unsafe bytes(index).assumingMemoryBound(to: Float.self)
    }

    /// The floats of an operand that may be left out.
    @inline(__always)
    func optionalFloats(_ index: Int?) -> UnsafeMutablePointer<Float>? {
        guard let index else { return nil }
        return unsafe operands[index]?.assumingMemoryBound(to: Float.self)
    }
}
