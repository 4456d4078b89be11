import PithGraph
import PithMath

/// What a session keeps between runs: memory for intermediate values, and the plans for the last shapes.
///
/// Only the one session that holds it uses it, so it needs no lock.
final class Workspace: @unchecked Sendable {
    private let threads: Int

    /// The plans for the last shapes, the last one first.
    private var plans: [ResidentPlan] = []

    /// The last shapes for which there is no plan, because values decide shapes.
    private var openShapes: [[Shape]] = []

    /// The arena, as large as the largest plan needs; nil before the first.
    private var arena: Tensor?

    init(threads: Int) { self.threads = threads }

    /// The plan for the shapes of some inputs, made when it is not there yet; nil where values decide shapes.
    ///
    /// - Parameters:
    ///   - matches: Whether a shape is that of the input at a position.
    ///   - shapes: The shapes, asked for once when the plan is not there yet.
    func plan(
        for model: Model, matching matches: (Shape, Int) -> Bool, shapes: () throws(PithError) -> [Shape]
    ) throws(PithError) -> ResidentPlan? {
        for position in plans.indices where plans[position].matches(matches) {
            if position != 0 { plans.swapAt(0, position) }
            unsafe arena?.withMutableBytePointer { unsafe plans[0].reside(at: $0) }
            return plans[0]
        }
        for shapes in openShapes where shapes.indices.allSatisfy({ matches(shapes[$0], $0) }) { return nil }
        let shapes = try shapes()
        guard let bound = try model.bound(to: shapes, threads: threads) else {
            if openShapes.count == Session.rememberedShapes { openShapes.removeFirst() }
            openShapes.append(shapes)
            return nil
        }
        let plan = ResidentPlan(bound, inputs: model.graph.inputs.count, outputs: model.graph.outputs.count)
        if plan.arenaBytes > arena?.byteCount ?? -1 {
            try TensorStorage.checkRoom(for: plan.arenaBytes, limit: model.workingLimit)
            arena = Tensor(uninitialized: .uint8, try Shape(checking: [plan.arenaBytes]))
        }
        unsafe arena?.withMutableBytePointer { unsafe plan.reside(at: $0) }
        if plans.count == Session.rememberedShapes { plans.removeLast() }
        plans.insert(plan, at: 0)
        return plan
    }
}
