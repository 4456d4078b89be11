#if Conversion
    import PithFormat
    import PithGraph

    /// Writes a state dict as `torch.save` does: a pickle of protocol 2 whose tensors name their storages, each of which
    /// is a member of the archive.
    enum TorchWriter {
        /// The version of the archive's form.
        private static let version = "3\n"

        static func bytes(of file: ModelFile) throws(PithError) -> [UInt8] {
            let tensors = try Exporter.tensors(of: file)
            var pickle = PickleWriter()
            var storages: [(name: String, bytes: [UInt8])] = []
            pickle.beginDictionary()
            for (index, tensor) in tensors.enumerated() {
                pickle.text(tensor.name)
                write(tensor, storage: "\(index)", to: &pickle)
                storages.append(("archive/data/\(index)", tensor.bytes))
            }
            pickle.endDictionary()
            let heads: [(name: String, bytes: [UInt8])] = [
                ("archive/data.pkl", pickle.finished()), ("archive/byteorder", Array("little".utf8)),
            ]
            return try ZipWriter.archive(heads + storages + [("archive/version", Array(version.utf8))])
        }

        /// The storage classes that each type has had since the form exists; younger types are named by their dtype.
        private static let storageNames: [ElementType: String] = [
            .float64: "DoubleStorage", .float32: "FloatStorage", .float16: "HalfStorage",
            .bfloat16: "BFloat16Storage", .int64: "LongStorage", .int32: "IntStorage", .int16: "ShortStorage",
            .int8: "CharStorage", .uint8: "ByteStorage", .bool: "BoolStorage",
        ]

        private static let dtypeNames: [ElementType: String] = [
            .uint64: "uint64", .uint32: "uint32", .uint16: "uint16", .float8e4m3fn: "float8_e4m3fn",
            .float8e5m2: "float8_e5m2",
        ]

        private static func write(_ tensor: StoredTensor, storage: String, to pickle: inout PickleWriter) {
            let isTyped = storageNames[tensor.elementType] != nil
            pickle.global("torch._utils", isTyped ? "_rebuild_tensor_v2" : "_rebuild_tensor_v3")
            pickle.beginTuple()
            pickle.beginTuple()
            pickle.text("storage")
            if let name = storageNames[tensor.elementType] {
                pickle.global("torch", name)
            } else {
                pickle.global("torch.storage", "UntypedStorage")
            }
            pickle.text(storage)
            pickle.text("cpu")
            pickle.integer(isTyped ? tensor.shape.elementCount : tensor.bytes.count)
            pickle.endTuple()
            pickle.persistentID()
            pickle.integer(0)
            pickle.tuple(tensor.shape.dimensions)
            pickle.tuple(tensor.shape.strides)
            pickle.bool(false)
            pickle.global("collections", "OrderedDict")
            pickle.tuple([])
            pickle.reduce()
            if let name = dtypeNames[tensor.elementType] { pickle.global("torch", name) }
            pickle.endTuple()
            pickle.reduce()
        }
    }

    /// Writes a pickle of protocol 2.
    struct PickleWriter {
        private var bytes: [UInt8] = [PickleOpcode.protocolVersion.rawValue, 2]

        private mutating func put(_ opcode: PickleOpcode) { bytes.append(opcode.rawValue) }

        private mutating func little(_ value: UInt64, _ count: Int) {
            for byte in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * byte))) }
        }

        mutating func text(_ text: String) {
            put(.binUnicode)
            little(UInt64(text.utf8.count), 4)
            bytes += Array(text.utf8)
        }

        mutating func integer(_ value: Int) {
            if let small = UInt8(exactly: value) {
                put(.binInt1)
                bytes.append(small)
            } else if let middle = Int32(exactly: value) {
                put(.binInt)
                little(UInt64(UInt32(bitPattern: middle)), 4)
            } else {
                put(.long1)
                bytes.append(8)
                little(UInt64(bitPattern: Int64(value)), 8)
            }
        }

        mutating func bool(_ value: Bool) { put(value ? .newTrue : .newFalse) }

        mutating func global(_ module: String, _ name: String) {
            put(.global)
            bytes += Array("\(module)\n\(name)\n".utf8)
        }

        mutating func tuple(_ integers: [Int]) {
            beginTuple()
            for value in integers { integer(value) }
            endTuple()
        }

        mutating func beginTuple() { put(.mark) }
        mutating func endTuple() { put(.tuple) }
        mutating func persistentID() { put(.binPersistentID) }
        mutating func reduce() { put(.reduce) }

        mutating func beginDictionary() {
            put(.emptyDict)
            put(.mark)
        }

        mutating func endDictionary() { put(.setItems) }

        func finished() -> [UInt8] { bytes + [PickleOpcode.stop.rawValue] }
    }
#endif
