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
        let (a, b) = (try context.attributes.flag(.transA) ? 1 : 0, try context.attributes.flag(.transB) ? 1 : 0)
        let (rows, columns) = (left.dimensions[a], right.dimensions[1 - b])
        guard left.dimensions[1 - a].mayEqual(right.dimensions[b]) else {
            throw .shapes("matrices whose inner extents are equal", left, right)
        }
        let output = ValueType(left.elementType, [rows, columns])
        if let addend = context.optionalInput(2) {
            guard mayStretch(addend.dimensions, to: output.dimensions) else {
                throw .shapes("an addend that broadcasts to \(output)", addend)
            }
        }
        return [output]
    }

    static func matMulInteger(_ context: ShapeContext) throws(PithError) -> [ValueType] {
        let product = try matMul(context)[0]
        for (index, operand) in [(2, 0), (3, 1)] {
            guard let zero = context.optionalInput(index) else { continue }
            let matrix = try context.input(operand)
            // One zero point, one per row of A, or one per column of B; stacks of matrices may have their own.
            let isOne = zero.rank == 0 || zero.rank == 1 && zero.dimensions[0].mayEqual(1)
            let extent = matrix.dimensions[matrix.rank - (operand == 0 ? min(2, matrix.rank) : 1)]
            let isList = zero.rank == 1 && zero.dimensions[0].mayEqual(extent)
            guard isOne || isList else { throw .shapes("a zero point for the matrix, or a list of them", matrix, zero) }
        }
        return [ValueType(.int32, product.dimensions)]
    }

    /// LSTM, with four gates, or GRU, with three.
    static func recurrent(gates: Int) -> OperatorDefinition.ShapeRule {
        { (context: ShapeContext) throws(PithError) -> [ValueType] in
            let layout = try RecurrentLayout(context, gates: gates)
            return layout.outputs(try context.input(0).elementType, count: gates == 4 ? 3 : 2)
        }
    }
}

/// The extents of a recurrent layer.
struct RecurrentLayout {
    let isBatchFirst: Bool
    let directions: Dimension
    let sequence: Dimension
    let batch: Dimension
    let hidden: Dimension

    init(_ context: ShapeContext, gates: Int) throws(PithError) {
        let (input, weight, recurrence) = (try context.input(0), try context.input(1), try context.input(2))
        guard input.rank == 3, weight.rank == 3, recurrence.rank == 3 else {
            throw .shapes("an input and weights of rank 3", input, weight, recurrence)
        }
        let direction = try context.attributes.choice(.direction, of: ["forward", "reverse", "bidirectional"])
        isBatchFirst = try context.attributes.flag(.layout)
        directions = direction == "bidirectional" ? 2 : 1
        sequence = input.dimensions[isBatchFirst ? 1 : 0]
        batch = input.dimensions[isBatchFirst ? 0 : 1]
        hidden = recurrence.dimensions[2]
        if context.attributes[.hiddenSize] != nil {
            guard hidden.mayEqual(.fixed(try context.attributes.int(.hiddenSize))) else {
                throw PithError(.invalidAttribute, "hidden_size is not that of the weights")
            }
        }
        let rows = ShapeRules.product([.fixed(gates), hidden])
        try Self.expect([directions, rows, input.dimensions[2]], weight)
        try Self.expect([directions, rows, hidden], recurrence)
        try expect([directions, ShapeRules.product([2, rows])], context.optionalInput(3))
        try expect([batch], context.optionalInput(4))
        let state = isBatchFirst ? [batch, directions, hidden] : [directions, batch, hidden]
        try expect(state, context.optionalInput(5))
        try expect(state, context.optionalInput(6))
        try expect([directions, ShapeRules.product([3, hidden])], context.optionalInput(7))
    }

    private func expect(_ dimensions: [Dimension], _ given: ValueType?) throws(PithError) {
        if let given { try Self.expect(dimensions, given) }
    }

    private static func expect(_ dimensions: [Dimension], _ given: ValueType) throws(PithError) {
        guard given.rank == dimensions.count, zip(given.dimensions, dimensions).allSatisfy({ $0.mayEqual($1) }) else {
            throw .shapes("\(ValueType(given.elementType, dimensions))", given)
        }
    }

    func outputs(_ type: ElementType, count: Int) -> [ValueType] {
        let all = isBatchFirst ? [batch, sequence, directions, hidden] : [sequence, directions, batch, hidden]
        let last = isBatchFirst ? [batch, directions, hidden] : [directions, batch, hidden]
        return [ValueType(type, all)] + [ValueType](repeating: ValueType(type, last), count: count - 1)
    }
}
