#if !hasFeature(Embedded)
    public import PithGraph

    extension ModelFile {
        /// Writes the file, whole or not at all: a file beside it is written, synchronised and renamed.
        ///
        /// - Throws: What `encoded` and `FileIO.writeAtomically` throw.
        public func write(to path: String, _ options: EncodingOptions = EncodingOptions()) throws(PithError) {
            do throws(PithError) {
                try FileIO.writeAtomically(encoded(options), to: path)
            } catch {
                throw error.located(in: .file(path))
            }
        }

        /// Writes the file with tensors that are not in memory, whole or not at all; the memory it takes is that of a
        /// chunk, the graph and the index, and of a whole tensor where that is encoded.
        ///
        /// - Parameters:
        ///   - tensors: Written instead of `self.tensors`, which must be empty.
        ///   - check: Looks at the file that was written, of which only the directory is verified by then, before it
        ///     takes its place; not called where a pipe or device is written.
        /// - Throws: As `write(to:)`, `invalidArgument` when there are other tensors or a tensor gives other bytes when
        ///   it is asked again, and what reading a tensor and `check` throw.
        /// - Complexity: O(n) in the tensors' bytes, which are read once where nothing is compressed, else read and
        ///   coded twice.
        public func write(
            _ tensors: [StreamedTensor], to path: String, _ options: EncodingOptions = EncodingOptions(),
            checking check: (ModelReader) throws(PithError) -> Void = { _ in }
        ) throws(PithError) {
            guard self.tensors.isEmpty else { throw PithError(.invalidArgument, "there are tensors in memory too") }
            do throws(PithError) {
                var plan = try WritingPlan(self, tensors, options)
                let file = try AtomicFile(replacing: path)
                // Where nothing is compressed only the checksums are not known from the start.
                let isKnown = options.level == .stored && file.canGoBack
                var entries: [TensorIndex.Entry] = []
                var stored: [UInt8] = []
                repeat {
                    entries = []
                    let encoder = ChunkEncoder(options: plan.options)
                    for tensor in plan.tensors {
                        guard !isKnown else {
                            entries.append(tensor.unread(options))
                            continue
                        }
                        entries.append(
                            try tensor.encode(encoder, to: &stored) { $0.removeAll(keepingCapacity: true) })
                    }
                } while plan.mustExpandLess(entries)
                let encoder = ChunkEncoder(options: plan.options)
                let (start, index) = try plan.start(entries)
                try file.append(start[...])
                var position = start.count
                for (number, tensor) in plan.tensors.enumerated() {
                    let entry = index.entries[number]
                    var paddings: [Int: Int] = [:]
                    position = entry.forEachComponent(options.chunkByteCount, from: position) { _, padding, chunks in
                        paddings[chunks.lowerBound] = padding.count
                    }
                    var chunk = 0
                    let again = try tensor.encode(
                        encoder, isChecked: !isKnown, to: &stored
                    ) { bytes throws(PithError) in
                        if let padding = paddings[chunk], padding > 0 {
                            try file.append([UInt8](repeating: 0, count: padding)[...])
                        }
                        try file.append(bytes[...])
                        bytes.removeAll(keepingCapacity: true)
                        chunk += 1
                    }
                    guard isKnown || again.chunks == entry.chunks else {
                        throw PithError(.invalidArgument, "a tensor gave other bytes", at: .tensor(entry.name))
                    }
                    entries[number] = again
                }
                if isKnown { try file.replaceStart(by: try plan.start(entries).bytes) }
                try file.commit { written throws(PithError) in
                    try check(ModelReader(.file(written), options: ReadingOptions(verify: .directoryOnly)))
                }
            } catch {
                throw error.located(in: .file(path))
            }
        }
    }
#endif
