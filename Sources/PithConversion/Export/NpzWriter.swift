#if Conversion
    import PithData
    import PithFormat
    import PithGraph

    /// Writes NumPy archives. bfloat16, which NumPy has not, becomes float32 without a change of any value.
    enum NpzWriter {
        static func bytes(of file: ModelFile) throws(PithError) -> [UInt8] {
            var members: [(name: String, bytes: [UInt8])] = []
            for tensor in try Exporter.tensors(of: file) {
                let tensor =
                    tensor.elementType == .bfloat16 ? try Exporter.widened(tensor, to: .float32) : tensor
                do throws(PithError) {
                    let header = try NpyFile.header(tensor.elementType, tensor.shape)
                    members.append((tensor.name + ".npy", header + tensor.bytes))
                } catch {
                    throw error.located(in: .tensor(tensor.name))
                }
            }
            return try ZipWriter.archive(members)
        }
    }
#endif
