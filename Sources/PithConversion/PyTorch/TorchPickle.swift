#if Conversion
    import PithData
    import PithFormat
    import PithGraph

    /// What the values of a PyTorch pickle stand for. These are the only names that mean anything; whatever else a
    /// pickle names is an opaque object, whose arguments and state are looked through for tensors.
    struct TorchPickle {
        let pickle: PickleGraph

        /// A tensor that a value stands for.
        enum Found {
            case torch(TorchTensor)
            case numpy(NpyHeader, [UInt8])
            /// Elements with the scales and zero points of their channels.
            case quantized(TorchTensor, scales: PickleValue, zeroPoints: PickleValue)
            /// One of a type or layout that Pith has not.
            case unsupported(String)
        }

        /// The tensor that a value stands for, nil for anything else.
        ///
        /// - Throws: `malformed` for a tensor whose description is damaged.
        func tensor(_ value: PickleValue) throws(PithError) -> Found? {
            var value = value
            // Parameters and subclasses wrap a tensor; each step goes to an earlier part, and a few are enough.
            for _ in 0..<8 {
                guard case .call(let callable, let arguments, let state, _)? = pickle.object(value),
                    let name = pickle.globalName(callable)
                else { return nil }
                let given = pickle.tuple(arguments) ?? []
                switch name {
                case "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state":
                    guard let data = given.first else { return nil }
                    value = data
                case "torch._tensor._rebuild_from_type_v2":
                    guard given.count >= 3, let function = pickle.globalName(given[0]) else { return nil }
                    return try rebuilt(function, pickle.tuple(given[2]) ?? [])
                case "numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct":
                    return try array(state)
                default: return try rebuilt(name, given)
                }
            }
            return nil
        }

        private func rebuilt(_ function: String, _ given: [PickleValue]) throws(PithError) -> Found? {
            switch function {
            case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2":
                guard given.count >= 4 else { return nil }
                return try view(given, dtype: nil)
            case "torch._utils._rebuild_tensor_v3":
                guard given.count >= 7 else { return nil }
                return try view(given, dtype: pickle.globalName(given[6]))
            case "torch._utils._rebuild_qtensor":
                guard given.count >= 5 else { return nil }
                return try quantized(given)
            case "torch._utils._rebuild_sparse_tensor", "torch._utils._rebuild_sparse_csr_tensor",
                "torch._utils._rebuild_nested_tensor", "torch._utils._rebuild_meta_tensor_no_storage",
                "torch._utils._rebuild_wrapper_subclass":
                return .unsupported("a tensor made by \(function)")
            default: return nil
            }
        }

        /// A quantised tensor. One scale goes with the name of the type; those of channels are tensors of their own.
        private func quantized(_ given: [PickleValue]) throws(PithError) -> Found? {
            guard let parameters = pickle.tuple(given[4]), let first = parameters.first,
                let scheme = pickle.globalName(first), case .torch(var tensor)? = try view(given, dtype: nil),
                tensor.foreign != nil
            else { return .unsupported("a quantised tensor without a scheme") }
            if scheme == "torch.per_tensor_affine", parameters.count == 3, case .float(let scale) = parameters[1],
                case .int(let zero) = parameters[2]
            {
                tensor.foreign?.typeName += " scale=\(scale) zero_point=\(zero)"
                return .torch(tensor)
            }
            guard scheme.hasPrefix("torch.per_channel_affine"), parameters.count == 4,
                case .int(let axis) = parameters[3]
            else { return .unsupported("a tensor quantised by \(scheme)") }
            tensor.foreign?.typeName += " axis=\(axis)"
            return .quantized(tensor, scales: parameters[1], zeroPoints: parameters[2])
        }

        /// Storage, offset, size and strides as a view.
        private func view(_ given: [PickleValue], dtype: String?) throws(PithError) -> Found? {
            guard case .persistent(let id)? = pickle.object(given[0]), let parts = pickle.tuple(id), parts.count >= 5,
                case .text("storage") = parts[0], let typeName = pickle.globalName(parts[1]), let key = text(parts[2]),
                case .int(let count) = parts[4], case .int(let offset) = given[1], let size = integers(given[2]),
                let strides = integers(given[3])
            else { throw PithError(.malformed, "a tensor of the pickle has no storage, size or strides") }
            let storageName = String(typeName.split(separator: ".").last ?? "")
            guard let width = TorchType.storageWidth(storageName) else {
                return .unsupported("elements of \(typeName)")
            }
            var elementType = TorchType.byStorage[storageName]
            var foreign = TorchType.foreign[storageName]
            var elements = Int(count)
            if let dtype {
                let name = String(dtype.dropFirst("torch.".count))
                elementType = dtype.hasPrefix("torch.") ? TorchType.byDtype[name] : nil
                foreign = dtype.hasPrefix("torch.") ? TorchType.foreign[name] : nil
                guard let newWidth = elementType?.byteCount ?? foreign?.byteCount else {
                    return .unsupported("elements of \(dtype)")
                }
                let (bytes, overflow) = elements.multipliedReportingOverflow(by: width)
                guard !overflow else { throw PithError(.malformed, "a storage of \(count) elements") }
                elements = bytes / newWidth
            }
            var first = Int(offset)
            if parts.count > 5, let metadata = pickle.tuple(parts[5]), metadata.count >= 2,
                case .int(let start) = metadata[1]
            {
                // A storage that is itself a view of another, in files of before 2018.
                let (sum, overflow) = first.addingReportingOverflow(Int(start))
                guard !overflow else { throw PithError(.malformed, "a view leaves its storage") }
                first = sum
            }
            guard let elementType else {
                guard let foreign else { return .unsupported("elements of \(typeName)") }
                return .torch(
                    try TorchTensor(
                        storage: key, storageCount: elements, foreign: foreign.name, width: foreign.byteCount,
                        offset: first, size: size, strides: strides))
            }
            return .torch(
                try TorchTensor(
                    storage: key, storageCount: elements, elementType: elementType, offset: first, size: size,
                    strides: strides))
        }

        /// A NumPy array's state: version, shape, dtype, whether in Fortran order, bytes.
        private func array(_ state: PickleValue) throws(PithError) -> Found? {
            guard let parts = pickle.tuple(state), parts.count == 5, let size = integers(parts[1]),
                case .call(_, let arguments, let order, _)? = pickle.object(parts[2]),
                case .text(let code)? = pickle.tuple(arguments)?.first, case .bool(let isFortran) = parts[3]
            else { return nil }
            guard let bytes = pickle.bytes(parts[4]) else { return .unsupported("an array of Python objects") }
            var byteOrder = "<"
            if case .text(let text)? = pickle.tuple(order)?.dropFirst().first { byteOrder = text }
            do throws(PithError) {
                let header = try NpyHeader(
                    description: byteOrder + code, isFortran: isFortran, shape: try Shape(checking: size), carries: true
                )
                try header.checkLength(of: bytes.count)
                return .numpy(header, header.rowMajor(bytes))
            } catch  where error.code == .unsupportedFeature {
                return .unsupported(error.reason)
            }
        }

        private func integers(_ value: PickleValue) -> [Int]? {
            guard let values = pickle.tuple(value), values.count <= Limits.rank + 1 else { return nil }
            var result: [Int] = []
            for value in values {
                guard case .int(let number) = value else { return nil }
                result.append(Int(number))
            }
            return result
        }

        func text(_ value: PickleValue) -> String? {
            switch value {
            case .text(let text): text
            case .int(let number): "\(number)"
            default: nil
            }
        }
    }
#endif
