#if Conversion
    import ONNXSchema
    import PithGraph
    import PithMath

    /// A model's inputs, as it declares them or as they were asked for.
    extension ONNXImporter {
        /// Adds the inputs that are not initializers.
        ///
        /// - Throws: `invalidArgument` for an option that names no input.
        mutating func addInputs(_ message: ONNXGraph) throws(PithError) {
            let initialized = Set(message.initializer.map { $0.name })
            let inputs = message.input.filter { !initialized.contains($0.name) }
            for name in Array(inputShapes.keys) + Array(fixedInputs.keys)
            where !message.input.contains(where: { $0.name == name }) {
                throw PithError(
                    .invalidArgument, "the model has no input '\(name)'",
                    advice: "there are: " + inputs.map { $0.name }.joined(separator: ", "))
            }
            for input in inputs {
                do throws(PithError) {
                    guard var type = try Self.type(input) else {
                        note("the input '\(input.name)' is not a tensor of a type that Pith has")
                        continue
                    }
                    if let shape = inputShapes[input.name] { type.dimensions = shape }
                    if let fixed = fixedInputs[input.name] {
                        bindings[input.name] = Binding(constant: try constant(fixed, type))
                    } else {
                        bindings[input.name] = Binding(id: try graph.addInput(input.name, type))
                    }
                } catch {
                    note("the input '\(input.name)': \(error.reason)", error.advice)
                }
            }
        }

        /// The one value of an input of a type.
        private func constant(
            _ fixed: ConversionOptions.FixedInput, _ type: ValueType
        ) throws(PithError) -> ONNXConstant {
            let tensor: Tensor
            switch fixed {
            case .tensor(let given): tensor = given
            case .numbers(let numbers):
                let listed = try Shape(checking: [numbers.count])
                let shape = (try? type.shape()) ?? listed
                guard shape.elementCount == numbers.count else {
                    throw PithError(.shapeMismatch, "\(numbers.count) numbers are given for \(type)")
                }
                tensor = try Self.tensor(numbers, type.elementType, shape)
            }
            let fits =
                tensor.elementType == type.elementType && tensor.shape.rank == type.rank
                && zip(tensor.shape.dimensions, type.dimensions).allSatisfy { $1.extent == nil || $1.extent == $0 }
            guard fits else { throw PithError(.shapeMismatch, "\(tensor) is given for \(type)") }
            return ONNXConstant(tensor)
        }

        private static func tensor(
            _ numbers: [Double], _ type: ElementType, _ shape: Shape
        ) throws(PithError) -> Tensor {
            let words: [UInt64]
            switch type {
            case .float64: words = numbers.map { $0.bitPattern }
            case .float32, .float16, .bfloat16:
                return try Tensor(numbers.map { Float($0) }, shape: shape).converted(to: type)
            case .bool: words = numbers.map { $0 == 0 ? 0 : 1 }
            default:
                words = numbers.compactMap { number in
                    Int64(exactly: number).map { UInt64(bitPattern: $0) } ?? UInt64(exactly: number)
                }
                guard words.count == numbers.count else {
                    throw PithError(.typeMismatch, "\(type.shortName) needs whole numbers")
                }
            }
            return try Tensor(
                bytes: TensorValue(type, shape, words: words).bytes, elementType: type, shape: shape)
        }
    }
#endif
