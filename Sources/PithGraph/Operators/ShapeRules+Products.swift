extension ShapeRules {
    static func matMul(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        let left = try context.input(0)
        let right = try context.input(1)
        guard left.rank >= 1, right.rank >= 1 else { throw .shapes("matrices", left, right) }
        let a = left.rank == 1 ? [.fixed(1)] + left.dimensions : left.dimensions
        let b = right.rank == 1 ? right.dimensions + [.fixed(1)] : right.dimensions
        guard a[a.count - 1].mayEqual(b[b.count - 2]) else {
            throw .shapes("matrices whose inner extents are equal", left, right)
        }
        var dimensions = try broadcast(Array(a.dropLast(2)), Array(b.dropLast(2))) { () -> PithError in
            .shapes("stacks of matrices that broadcast", left, right)
        }
        if left.rank > 1 { dimensions.append(a[a.count - 2]) }
        if right.rank > 1 { dimensions.append(b[b.count - 1]) }
        return [ValueType(left.elementType, dimensions)]
    }

    static func gemm(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        let left = try context.input(0)
        let right = try context.input(1)
        guard left.rank == 2, right.rank == 2 else { throw .shapes("two matrices", left, right) }
        let a = try context.attributes.flag(.transA) ? left.dimensions.reversed() : left.dimensions
        let b = try context.attributes.flag(.transB) ? right.dimensions.reversed() : right.dimensions
        guard a[1].mayEqual(b[0]) else { throw .shapes("matrices whose inner extents are equal", left, right) }
        let output = ValueType(left.elementType, [a[0], b[1]])
        if let addend = context.optionalInput(2) {
            let stretched = try broadcast(addend.dimensions, output.dimensions) { () -> PithError in
                .shapes("an addend that broadcasts to \(output)", addend)
            }
            guard stretched.count == 2, stretched[0].mayEqual(a[0]), stretched[1].mayEqual(b[1]) else {
                throw .shapes("an addend that broadcasts to \(output)", addend)
            }
        }
        return [output]
    }

    static func conv(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        let input = try context.input(0)
        let weight = try context.input(1)
        guard input.rank == 4, weight.rank == 4 else {
            throw .shapes("an input [N, C, H, W] and a weight [M, C / group, kH, kW]", input, weight)
        }
        let group = try context.attributes.int(.group)
        guard group >= 1 else { throw PithError(.invalidAttribute, "group must be at least 1") }
        guard let channels = input.dimensions[1].extent, let filters = weight.dimensions[0].extent,
            let depth = weight.dimensions[1].extent, let kernelHeight = weight.dimensions[2].extent,
            let kernelWidth = weight.dimensions[3].extent
        else { throw .shapes("channels and kernel of known extent", input, weight) }
        let (needed, overflow) = depth.multipliedReportingOverflow(by: group)
        guard !overflow, needed == channels, filters % group == 0 else {
            throw .shapes("channels that fit in \(group) groups", input, weight)
        }
        if let kernel = try context.attributes.ints(.kernelShape, count: 2) {
            guard kernel == [kernelHeight, kernelWidth] else {
                throw PithError(.invalidAttribute, "kernel_shape is not that of the weight \(weight)")
            }
        }
        if let bias = context.optionalInput(2) {
            guard bias.rank == 1, bias.dimensions[0].mayEqual(.fixed(filters)) else {
                throw .shapes("a bias of \(filters) elements", bias)
            }
        }
        let window = try Window(context.attributes, kernel: [kernelHeight, kernelWidth])
        let spatial = try window.outputDimensions(Array(input.dimensions[2...]))
        return [ValueType(input.elementType, [input.dimensions[0], .fixed(filters)] + spatial)]
    }

    static func pool(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        let input = try context.input(0)
        guard input.rank == 4 else { throw .shapes("an input [N, C, H, W]", input) }
        guard let kernel = try context.attributes.ints(.kernelShape, count: 2) else {
            throw PithError(.invalidAttribute, "kernel_shape must be a list of 2 integers")
        }
        let window = try Window(context.attributes, kernel: kernel)
        try window.checkPoolingPads()
        let spatial = try window.outputDimensions(Array(input.dimensions[2...]))
        return [ValueType(input.elementType, Array(input.dimensions[..<2]) + spatial)]
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
        for index in 1...4 {
            let parameter = try context.input(index)
            guard parameter.rank == 1, parameter.dimensions[0].mayEqual(input.dimensions[1]) else {
                throw .shapes("one number per channel of \(input)", parameter)
            }
        }
        return [input]
    }
}
