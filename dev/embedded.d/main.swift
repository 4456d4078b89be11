import Pith

/// The caller's buffers: allocate, fill, pass on.
@_cdecl("pith_allocate")
public func allocate(_ count: Int) -> UnsafeMutableRawPointer {
    UnsafeMutableRawPointer.allocate(byteCount: count, alignment: 16)
}

/// Loads the model of `modelCount` bytes, verifies its test vectors, runs it on `inputCount` floats and writes the
/// outputs' floats to `output`.
///
/// - Returns: How many floats were written, or less than 0 with a message of that many bytes there.
@_cdecl("pith_run")
public func run(
    _ model: UnsafePointer<UInt8>, _ modelCount: Int, _ input: UnsafePointer<Float>, _ inputCount: Int,
    _ output: UnsafeMutableRawPointer
) -> Int {
    do throws(PithError) {
        let bytes = unsafe [UInt8](UnsafeBufferPointer(start: model, count: modelCount))
        let loaded = try Model(bytes: bytes)
        _ = try loaded.verifyTestVectors()
        var session = try loaded.makeSession()
        let floats = unsafe [Float](UnsafeBufferPointer(start: input, count: inputCount))
        let result = try session.run(Tensor(floats, shape: Shape(checking: [inputCount / 784, 784]))).floats
        for (index, value) in result.enumerated() {
            unsafe output.storeBytes(of: value, toByteOffset: 4 * index, as: Float.self)
        }
        return result.count
    } catch {
        let text = Array(error.description.utf8)
        for (index, byte) in text.enumerated() {
            unsafe output.storeBytes(of: byte, toByteOffset: index, as: UInt8.self)
        }
        return -text.count
    }
}
