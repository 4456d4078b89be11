import PithData
import PithGraph
import PithMath
import Testing

private let folder = #filePath.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/Fixtures/"

/// Files that NumPy and Python's gzip wrote.
@Suite("Fixtures") struct FixtureTests {
    private func load(_ name: String) throws -> [UInt8] { try DataFile.read(path: folder + name) }

    @Test("arrays of NumPy", arguments: ["f2", "f4", "f4-fortran", "big-endian", "version-2", "version-3"])
    func floats(name: String) throws {
        let tensor = try NpyFile.decode(load(name + ".npy"))
        #expect(tensor.shape == [2, 3])
        #expect(tensor.floats == [0, 1, 2, 3, 4, 5])
    }

    @Test(
        "integers of NumPy",
        arguments: [("i1", 1), ("i2", 2), ("i4", 4), ("i8", 8), ("u1", 1), ("u2", 2), ("u4", 4), ("u8", 8)])
    func integers(name: String, width: Int) throws {
        let tensor = try NpyFile.decode(load(name + ".npy"))
        #expect(tensor.shape == [2, 3])
        let expected = (0..<6).flatMap { [UInt8($0)] + [UInt8](repeating: 0, count: width - 1) }
        #expect(tensor.bytes == expected)
        #expect(tensor.elementType.byteCount == width)
    }

    @Test("doubles of NumPy") func doubles() throws {
        let expected = (0..<6).flatMap { value in
            (0..<8).map { UInt8(truncatingIfNeeded: Double(value).bitPattern >> UInt64(8 * $0)) }
        }
        #expect(try NpyFile.decode(load("f8.npy")).bytes == expected)
    }

    @Test("objects are refused") func objects() throws {
        let bytes = try load("objects.npy")
        let error = #expect(throws: PithError.self) { try NpyFile.decode(bytes) }
        #expect(error?.code == .unsupportedFeature)
    }

    @Test(
        "a header that is Python code is not run",
        arguments: [
            "__import__('os').system('true')", "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), **{}}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (2**9,)}",
            "{'descr': '<f4', 'fortran_order': not 1, 'shape': (1,)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} or exit()",
            "{'descr': '<f4', 'descr': '<f8', 'fortran_order': False, 'shape': (1,)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'more': 1}",
        ])
    func code(text: String) {
        let bytes = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count), 0] + Array(text.utf8) + [0, 0, 0, 0]
        let error = #expect(throws: PithError.self) { try NpyFile.decode(bytes) }
        #expect(error?.code == .malformed)
    }

    @Test("what is written is what NumPy writes") func written() throws {
        let tensor = Tensor([0, 1, 2, 3, 4, 5] as [Float], shape: [2, 3])
        let again = try NpyFile.decode(NpyFile.encode(tensor))
        #expect(again == tensor)
        let ours = try NpyFile.encode(tensor)
        #expect(ours.suffix(24) == (try load("f4.npy")).suffix(24))
        #expect((ours.count - 24) % 64 == 0)
    }

    @Test("no prefix of an array is taken for one") func prefixes() throws {
        let bytes = try load("f4.npy")
        for count in bytes.indices {
            #expect(throws: PithError.self) { try NpyFile.decode(Array(bytes[..<count])) }
        }
    }

    @Test("a gzip file gives no more than its header declares") func bomb() throws {
        #expect(try IDXFile(decoding: load("one.idx.gz")).bytes == [42])
        let bomb = try load("bomb.idx.gz")
        let error = #expect(throws: PithError.self) { try IDXFile(decoding: bomb) }
        #expect(error?.code == .limitExceeded)
    }

    @Test("no prefix of a gzip file is taken for one") func shortGzip() throws {
        let bytes = try load("one.idx.gz")
        for count in bytes.indices {
            #expect(throws: PithError.self) { try IDXFile(decoding: Array(bytes[..<count])) }
        }
    }

    @Test("text of numbers") func csv() throws {
        let tensor = try CSVFile.decode(Array("a,b\r\n1, -2.5\r\n\r\n3e2,0.1\n".utf8))
        #expect(tensor == Tensor([1, -2.5, 300, 0.1], shape: [2, 2]))
        #expect(try CSVFile.decode(CSVFile.encode(tensor)) == tensor)
        for text in ["", "\n", "1,2\n3\n", "1,\n", "1,x\n"] {
            #expect(throws: PithError.self) { try CSVFile.decode(Array(text.utf8)) }
        }
    }

    @Test("the errors of reading have their codes") func reading() {
        let missing = #expect(throws: PithError.self) { try DataFile.read(path: folder + "none") }
        #expect(missing?.code == .fileNotFound)
        let directory = #expect(throws: PithError.self) { try DataFile.read(path: folder) }
        #expect(directory?.code == .isADirectory)
        let long = #expect(throws: PithError.self) { try DataFile.read(path: folder + "f4.npy", limit: 10) }
        #expect(long?.code == .limitExceeded)
    }
}
