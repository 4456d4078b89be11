extension FuzzTarget {
    /// Single NumPy arrays; what does not begin as one is read as what follows the magic number and version.
    static let npy = FuzzTarget(
        name: "npy",
        seeds: {
            let arrays = [
                ("'<f4', 'fortran_order': False, 'shape': (2, 3)", 24),
                ("'>i2', 'fortran_order': True, 'shape': (3, 4)", 24),
                ("'|b1', 'fortran_order': False, 'shape': ()", 1),
                ("'<f8', 'fortran_order': False, 'shape': (0,)", 0),
            ]
            return arrays.flatMap { text, byteCount in
                let header = Array("{'descr': \(text), }\n".utf8)
                let data = [UInt8](repeating: 1, count: byteCount)
                let length: [UInt8] = [UInt8(header.count), 0]
                return [
                    magic + [1, 0] + length + header + data, magic + [2, 0] + length + [0, 0] + header + data,
                    magic + [3, 0] + length + [0, 0] + header + data,
                ]
            }
        },
        run: { bytes in
            SourceFixtures.readTensors(bytes.starts(with: magic) ? bytes : magic + bytes)
        })

    private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
}
