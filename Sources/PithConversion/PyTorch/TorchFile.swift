#if Conversion
    import PithFormat
    import PithGraph

    /// PyTorch's files: a zip archive (since 1.6, TorchScript before that), the older form of pickles in a row, or one
    /// bare pickle, as of NumPy arrays.
    enum TorchFile {
        private static let pickleName = "data.pkl"

        /// Bytes of the pickle in an archive.
        private static let pickleLimit = 1 << 30

        /// The number that the older form begins with, as a pickle of protocol 2: 0x1950a86a20f9469cfc6c.
        private static let oldMagic: [UInt8] = [
            0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E,
        ]

        /// Whether an archive is PyTorch's.
        static func isTorch(_ archive: ZipArchive) -> Bool { prefix(of: archive) != nil }

        /// The folder that all members are in: the archive's name when it was saved.
        private static func prefix(of archive: ZipArchive) -> String? {
            for member in archive.members where member.name.hasSuffix(pickleName) {
                let prefix = member.name.dropLast(pickleName.count)
                if prefix.isEmpty || prefix.hasSuffix("/") { return String(prefix) }
            }
            return nil
        }

        /// The tensors of an archive: a state dict, a checkpoint, a module, or a TorchScript program's weights.
        static func read(_ archive: ZipArchive, key: String?, sourceBytes: Int) throws(PithError) -> SourceWeights {
            guard let prefix = prefix(of: archive), let member = archive.member(named: prefix + pickleName) else {
                throw PithError(.wrongKind, "an archive without \(pickleName)")
            }
            guard member.byteCount <= pickleLimit else {
                throw PithError(.limitExceeded, "a pickle of \(member.byteCount) bytes")
            }
            var isBigEndian = false
            if let order = archive.member(named: prefix + "byteorder") {
                switch String(decoding: try archive.bytes(of: order), as: UTF8.self) {
                case "little": break
                case "big": isBigEndian = true
                default: throw PithError(.malformed, "the archive's byte order is neither 'little' nor 'big'")
                }
            }
            var machine = PickleMachine(SourceReader(SourceFile(bytes: try archive.bytes(of: member))))
            let pickle: PickleGraph
            do throws(PithError) {
                pickle = try machine.run()
            } catch {
                var error = error
                error.reason += " (of \(member.name))"
                throw error
            }
            return try weights(
                pickle, key: key, at: .archive(archive, prefix: prefix + "data/"), isBigEndian: isBigEndian,
                sourceBytes: sourceBytes)
        }

        /// The tensors of a file that begins with a pickle.
        static func readPickles(_ file: SourceFile, key: String?) throws(PithError) -> SourceWeights {
            var reader = SourceReader(file)
            guard try file.prefix(oldMagic.count) == oldMagic else {
                var machine = PickleMachine(reader)
                let pickle = try machine.run()
                return try weights(
                    pickle, key: key, at: .ranges(file, [:]), isBigEndian: false, sourceBytes: file.count)
            }
            func next() throws(PithError) -> PickleGraph {
                var machine = PickleMachine(reader)
                let pickle = try machine.run()
                reader = machine.reader
                return pickle
            }
            _ = try next()
            guard case .int(1001) = try next().root else {
                throw PithError(.unsupportedVersion, "a version of PyTorch's older form other than 1001")
            }
            let system = try next()
            let contents = try next()
            let keys = try next()
            guard let names = keys.tuple(keys.root) else { throw reader.error(.malformed, "no list of storages") }
            let widths = storageWidths(contents)
            var ranges: [String: Range<Int>] = [:]
            for name in names {
                guard let key = TorchPickle(pickle: keys).text(name), let width = widths[key] else {
                    throw reader.error(.malformed, "a storage that no tensor has")
                }
                let count = try reader.number(bytes: 8)
                let (bytes, overflow) = count.multipliedReportingOverflow(by: UInt64(width))
                guard !overflow, bytes <= UInt64(reader.remaining) else {
                    throw reader.error(.truncated, "the storage '\(key)' of \(count) elements leaves the file")
                }
                ranges[key] = reader.position..<(reader.position + Int(bytes))
                reader.skip(Int(bytes))
            }
            guard reader.remaining == 0 else { throw reader.error(.trailingBytes, "bytes follow the last storage") }
            return try weights(
                contents, key: key, at: .ranges(file, ranges), isBigEndian: isBigEndian(system),
                sourceBytes: file.count)
        }

        private static func isBigEndian(_ system: PickleGraph) -> Bool {
            guard case .dictionary(let entries)? = system.object(system.root) else { return false }
            return entries.contains { $0.key == .text("little_endian") && $0.value == .bool(false) }
        }

        /// The bytes of one element of each storage.
        private static func storageWidths(_ pickle: PickleGraph) -> [String: Int] {
            var widths: [String: Int] = [:]
            for case .persistent(let id) in pickle.objects {
                guard let parts = pickle.tuple(id), parts.count >= 3, let type = pickle.globalName(parts[1]),
                    let key = TorchPickle(pickle: pickle).text(parts[2]),
                    let width = TorchType.storageWidth(String(type.split(separator: ".").last ?? ""))
                else { continue }
                widths[key] = width
            }
            return widths
        }

        private static func weights(
            _ pickle: PickleGraph, key: String?, at place: TorchStorages.Place, isBigEndian: Bool, sourceBytes: Int
        ) throws(PithError) -> SourceWeights {
            let found = try TorchStateDict(pickle).tensors(key: key)
            var users: [String: Int] = [:]
            for case .torch(let tensor) in found.map({ $0.value }) { users[tensor.storage, default: 0] += 1 }
            let storages = TorchStorages(
                place, isBigEndian: isBigEndian, shared: Set(users.filter { $0.value > 1 }.keys))
            var weights = SourceWeights([])
            var names: Set<String> = []
            for (name, value) in found {
                let name = SourceWeights.unusedName(name.isEmpty ? "tensor" : name, &names)
                switch value {
                case .torch(let tensor) where tensor.foreign != nil && isBigEndian:
                    weights.omitted.append(
                        PithError(
                            .unsupportedFeature, "big-endian elements of \(tensor.foreign?.typeName ?? "")",
                            at: .tensor(name)))
                case .torch(let tensor):
                    if let foreign = tensor.foreign {
                        weights.tensors.append(
                            try SourceTensor(
                                name: name, foreign: foreign, byteCount: tensor.shape.elementCount,
                                storages.contents(of: tensor)))
                        continue
                    }
                    weights.tensors.append(
                        SourceTensor(
                            name: name, elementType: tensor.elementType, shape: tensor.shape,
                            storages.contents(of: tensor)))
                case .numpy(let header, let bytes):
                    weights.tensors.append(
                        try SourceTensor(name: name, header, .whole { () throws(PithError) in bytes }))
                case .quantized: break
                case .unsupported(let reason):
                    weights.omitted.append(PithError(.unsupportedFeature, reason, at: .tensor(name)))
                }
            }
            return try weights.checked(sourceBytes: sourceBytes)
        }
    }
#endif
