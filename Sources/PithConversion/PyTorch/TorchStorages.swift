#if Conversion
    import PithGraph
    import Synchronization

    /// Where the storages of a PyTorch file lie, each read whole, its checksum compared, and kept while the next tensors
    /// are views of the same.
    final class TorchStorages: Sendable {
        private let place: Place
        private let isBigEndian: Bool
        private let last = Mutex<(key: String, bytes: [UInt8])?>(nil)
        private let shared: Set<String>

        enum Place: Sendable {
            /// Members of a zip archive, each named by a prefix and the storage's name.
            case archive(ZipArchive, prefix: String)
            /// Ranges of a file.
            case ranges(SourceFile, [String: Range<Int>])
        }

        /// - Parameter shared: The storages that more than one tensor looks at.
        init(_ place: Place, isBigEndian: Bool, shared: Set<String>) {
            self.place = place
            self.isBigEndian = isBigEndian
            self.shared = shared
        }

        /// Where the elements of a tensor come from: parts of the file where they lie there as they are wanted.
        func contents(of tensor: TorchTensor) -> SourceTensor.Contents {
            let isPlain = tensor.isContiguous && (!isBigEndian || tensor.elementType.byteCount == 1)
            let start = tensor.offset * tensor.elementType.byteCount
            switch place {
            case .archive(let archive, let prefix):
                guard isPlain, let member = archive.member(named: prefix + tensor.storage), member.isStored else {
                    break
                }
                return .parts { [self] part throws(PithError) in
                    try check(tensor, storageBytes: member.byteCount)
                    return try archive.storedBytes(
                        of: member, (start + part.lowerBound)..<(start + part.upperBound))
                }
            case .ranges(let file, let ranges):
                guard isPlain, let range = ranges[tensor.storage] else { break }
                return .parts { [self] part throws(PithError) in
                    try check(tensor, storageBytes: range.count)
                    let first = range.lowerBound + start
                    return try file.bytes((first + part.lowerBound)..<(first + part.upperBound))
                }
            }
            return .whole { [self] () throws(PithError) in try elements(of: tensor) }
        }

        private func check(_ tensor: TorchTensor, storageBytes: Int) throws(PithError) {
            let width = tensor.elementType.byteCount
            let (needed, overflow) = tensor.storageCount.multipliedReportingOverflow(by: width)
            guard !overflow, storageBytes >= needed else {
                throw PithError(
                    .malformed,
                    "the storage '\(tensor.storage)' has \(storageBytes) bytes, where "
                        + "\(tensor.storageCount) elements of \(width) are declared")
            }
        }

        /// The elements of a tensor, row by row, little-endian.
        ///
        /// - Throws: `malformed` for a storage that is missing or not as long as declared, `checksumMismatch`.
        private func elements(of tensor: TorchTensor) throws(PithError) -> [UInt8] {
            let storage = try storage(tensor.storage)
            try check(tensor, storageBytes: storage.count)
            let width = tensor.elementType.byteCount
            var bytes = tensor.elements(of: storage)
            if isBigEndian, width > 1 {
                for start in stride(from: 0, to: bytes.count, by: width) { bytes[start..<(start + width)].reverse() }
            }
            return bytes
        }

        private func storage(_ key: String) throws(PithError) -> [UInt8] {
            if shared.contains(key), let kept = last.withLock({ $0?.key == key ? $0?.bytes : nil }) { return kept }
            let bytes: [UInt8]
            switch place {
            case .archive(let archive, let prefix):
                guard let member = archive.member(named: prefix + key) else {
                    throw PithError(.malformed, "the storage '\(key)' is not in the archive")
                }
                bytes = try archive.bytes(of: member)
            case .ranges(let file, let ranges):
                guard let range = ranges[key] else {
                    throw PithError(.malformed, "the storage '\(key)' is not in the file")
                }
                bytes = try file.bytes(range)
            }
            last.withLock { $0 = shared.contains(key) ? (key, bytes) : nil }
            return bytes
        }
    }
#endif
