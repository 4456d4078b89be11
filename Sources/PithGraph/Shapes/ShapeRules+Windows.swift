/// Shape rules of convolutions, pooling, normalisation and resampling.
extension ShapeRules {
    static func conv(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        let input = try context.input(0)
        let weight = try context.input(1)
        let kernel = try convolutionKernel(context, input, weight)
        let group = try context.attributes.int(.group)
        guard let channels = input.dimensions[1].extent, let filters = weight.dimensions[0].extent,
            let depth = weight.dimensions[1].extent
        else { throw .shapes("channels of known extent", input, weight) }
        let (needed, overflow) = depth.multipliedReportingOverflow(by: group)
        guard !overflow, needed == channels, filters % group == 0 else {
            throw .shapes("channels that fit in \(group) groups", input, weight)
        }
        try checkBias(context, .fixed(filters))
        let extents = Array(input.dimensions[2...])
        let window = try Window(context.attributes, kernel: kernel, input: extents.map { $0.extent })
        return [
            ValueType(
                input.elementType, [input.dimensions[0], .fixed(filters)] + (try window.outputDimensions(extents)))
        ]
    }

    static func convTranspose(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        let input = try context.input(0)
        let weight = try context.input(1)
        let kernel = try convolutionKernel(context, input, weight)
        let group = try context.attributes.int(.group)
        guard input.dimensions[1].mayEqual(weight.dimensions[0]), let channels = weight.dimensions[0].extent,
            channels % group == 0
        else { throw .shapes("as many channels as filters, in \(group) groups", input, weight) }
        let filters = product([weight.dimensions[1], .fixed(group)])
        try checkBias(context, filters)
        var extents: [Int] = []
        for dimension in input.dimensions[2...] { if let extent = dimension.extent { extents.append(extent) } }
        var spatial = [Dimension](repeating: .unknown, count: kernel.count)
        _ = try TransposedWindow.Settings(context.attributes, kernel: kernel)
        if extents.count == kernel.count {
            let window = try TransposedWindow(context.attributes, kernel: kernel, input: extents)
            spatial = window.output.map { .fixed($0) }
        }
        return [ValueType(input.elementType, [input.dimensions[0], filters] + spatial)]
    }

    private static func convolutionKernel(
        _ context: ShapeContext, _ input: ValueType, _ weight: ValueType
    ) throws(PithError) -> [Int] {
        guard input.rank >= 3, weight.rank == input.rank else {
            throw .shapes("an input [N, C, spatial…] and a weight of the same rank", input, weight)
        }
        guard try context.attributes.int(.group) >= 1 else {
            throw PithError(.invalidAttribute, "group must be at least 1")
        }
        var kernel: [Int] = []
        for dimension in weight.dimensions[2...] {
            guard let extent = dimension.extent else { throw .shapes("a kernel of known extent", weight) }
            kernel.append(extent)
        }
        if let given = try context.attributes.ints(.kernelShape, count: kernel.count), given != kernel {
            throw PithError(.invalidAttribute, "kernel_shape is not that of the weight \(weight)")
        }
        return kernel
    }

    private static func checkBias(_ context: ShapeContext, _ filters: Dimension) throws(PithError) {
        guard let bias = context.optionalInput(2) else { return }
        guard bias.rank == 1, bias.dimensions[0].mayEqual(filters) else {
            throw .shapes("a bias of \(filters) elements", bias)
        }
    }

    static func pool(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        let input = try context.input(0)
        guard input.rank >= 3 else { throw .shapes("an input [N, C, spatial…]", input) }
        let extents = Array(input.dimensions[2...])
        let kernel = try context.attributes.ints(.kernelShape, count: extents.count) ?? []
        let window = try Window(context.attributes, kernel: kernel, input: extents.map { $0.extent })
        try window.checkPooling()
        return [ValueType(input.elementType, Array(input.dimensions[..<2]) + (try window.outputDimensions(extents)))]
    }

    static func maxPool(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        let output = try pool(context)[0]
        _ = try context.attributes.flag(.storageOrder)
        return [output, ValueType(.int64, output.dimensions)]
    }

    static func globalPool(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        let input = try context.input(0)
        guard input.rank >= 3 else { throw .shapes("an input [N, C, spatial…]", input) }
        let ones = [Dimension](repeating: .fixed(1), count: input.rank - 2)
        return [ValueType(input.elementType, Array(input.dimensions[..<2]) + ones)]
    }

    static func batchNormalization(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        let input = try context.input(0)
        guard input.rank >= 2 else { throw .shapes("an input [N, C, …]", input) }
        for index in 1...4 { try checkPerChannel(try context.input(index), input) }
        guard try context.attributes.flag(.trainingMode) else { return [input] }
        let statistics = ValueType(try context.input(3).elementType, [input.dimensions[1]])
        return [input, statistics, statistics]
    }

    static func instanceNormalization(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        let input = try context.input(0)
        guard input.rank >= 3 else { throw .shapes("an input [N, C, spatial…]", input) }
        for index in 1...2 { try checkPerChannel(try context.input(index), input) }
        return [input]
    }

    private static func checkPerChannel(_ parameter: ValueType, _ input: ValueType) throws(PithError) {
        guard parameter.rank == 1, parameter.dimensions[0].mayEqual(input.dimensions[1]) else {
            throw .shapes("one number per channel of \(input)", parameter)
        }
    }

    static func layerNormalization(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        let input = try context.input(0)
        let axis = try context.axis(rank: input.rank)
        for index in 1...2 {
            guard let parameter = context.optionalInput(index) else { continue }
            guard mayStretch(parameter.dimensions, to: input.dimensions) else {
                throw .shapes("numbers that broadcast to \(input)", parameter)
            }
        }
        guard let stash = try context.attributes.elementType(.stashType), stash == .float32 || stash == .bfloat16 else {
            throw PithError(.invalidAttribute, "attribute 'stash_type' must be 1 or 16")
        }
        let ones = [Dimension](repeating: .fixed(1), count: input.rank - axis)
        let mean = ValueType(stash, Array(input.dimensions[..<axis]) + ones)
        return [input, mean, mean]
    }
}
