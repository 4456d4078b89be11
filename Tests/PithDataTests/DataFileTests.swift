import PithData
import PithGraph
import PithMath
import Testing

@Suite("Data files") struct DataFileTests {
    private func code(_ body: () throws(PithError) -> Void) -> PithError.Code? {
        do throws(PithError) { try body() } catch { return error.code }
        return nil
    }

    @Test func aLyingIDXHeaderIsRefused() throws {
        let header: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2]
        #expect(try IDXFile(decoding: header + [1, 2, 3, 4]).shape == [1, 2, 2])
        #expect(code { () throws(PithError) in _ = try IDXFile(decoding: header + [1, 2, 3]) } == .truncated)
        #expect(code { () throws(PithError) in _ = try IDXFile(decoding: header + [1, 2, 3, 4, 5]) } == .trailingBytes)
        let huge: [UInt8] = [0, 0, 8, 3] + [UInt8](repeating: 0xFF, count: 12)
        #expect(code { () throws(PithError) in _ = try IDXFile(decoding: huge) } == .limitExceeded)
        #expect(code { () throws(PithError) in _ = try IDXFile(decoding: [0, 0]) } == .wrongKind)
    }

    /// The bytes of `numpy.save` for `numpy.array([[1.5, -2], [0, 3]], dtype='<f4')`, the header padded to 128.
    @Test func npyComesBack() throws {
        let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }"
        let padded = header + String(repeating: " ", count: 117 - header.utf8.count) + "\n"
        let numbers: [Float] = [1.5, -2, 0, 3]
        let tensor = Tensor(numbers, shape: [2, 2])
        let file = [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(padded.utf8) + tensor.bytes
        #expect(try NpyFile.decode(file) == tensor)
        #expect(try NpyFile.decode(NpyFile.encode(tensor)) == tensor)
        let fortran = file.map { $0 }
        #expect(code { () throws(PithError) in _ = try NpyFile.decode(Array(fortran.dropLast())) } == .truncated)
        let object = Array(header.replacing("<f4", with: "|O").utf8)
        let objects = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(object.count), 0] + object
        #expect(code { () throws(PithError) in _ = try NpyFile.decode(objects) } == .unsupportedFeature)
    }
}
