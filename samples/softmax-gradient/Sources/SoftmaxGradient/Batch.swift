import PithGraph
import PithMath
import PithTraining

/// Random logits of 10 classes with a true class per row, and what each way makes of their gradient.
struct Batch {
    let rows: Int
    let classes = 10
    let logits: [Float]
    let labels: [Int]

    init(rows: Int, seed: UInt64) {
        self.rows = rows
        var stream = RandomStream(seed: seed, name: "softmax-gradient")
        logits = (0..<rows * 10).map { _ in stream.uniform(in: -3..<3) }
        labels = (0..<rows).map { _ in stream.next(below: 10) }
    }

    /// 1 at the true class of each row, else 0.
    var targets: [Double] {
        (0..<rows * classes).map { $0 % classes == labels[$0 / classes] ? 1 : 0 }
    }

    private var tensor: Tensor { Tensor(logits, shape: [rows, classes]) }

    /// Softmax as a node and cross-entropy as a node: the gradients for the probabilities and for the logits.
    func twoNodes() throws -> (probabilities: [Double], gradient: [Double], logits: [Double]) {
        let x = Variable(tensor, requiresGradient: true)
        let tape = Tape(on: .single)
        let p = try tape.apply(.softmax, [:], [x])
        try tape.backward(from: tape.crossEntropy(probabilities: p, targets: .indices(labels)))
        return (p.value.floats.doubles, p.gradient?.floats.doubles ?? [], x.gradient?.floats.doubles ?? [])
    }

    /// Both in one node.
    func fused() throws -> [Double] {
        let x = Variable(tensor, requiresGradient: true)
        let tape = Tape(on: .single)
        try tape.backward(from: tape.softmaxCrossEntropy(logits: x, targets: .indices(labels)))
        return x.gradient?.floats.doubles ?? []
    }

    /// The gradient g for the probabilities times the Jacobian diag(s) - s sᵀ, written out.
    func timesJacobian(_ g: [Double], _ s: [Double]) -> [Double] {
        (0..<s.count).map { index in
            let first = index / classes * classes
            return (first..<first + classes).reduce(0) { sum, k in
                sum + g[k] * ((k == index ? s[k] : 0) - s[k] * s[index])
            }
        }
    }

    /// g · s · (1 - s), element by element: the Jacobian's diagonal alone.
    func timesDiagonal(_ g: [Double], _ s: [Double]) -> [Double] {
        zip(g, s).map { $0 * $1 * (1 - $1) }
    }

    /// Central differences of the loss in double precision.
    func differences() throws -> [Double] {
        let x = logits.map { Double($0) }
        return try x.indices.map { index in
            var (up, down) = (x, x)
            up[index] += 1e-6
            down[index] -= 1e-6
            return (try loss(up) - loss(down)) / 2e-6
        }
    }

    private func loss(_ x: [Double]) throws -> Double {
        let attributes: Attributes = [.axis: -1]
        let shape: Shape = [rows, classes]
        let s = try Reference.apply(
            .softmax, attributes, [ReferenceTensor<Double>(x, shape: shape)], outputShapes: [shape])[0].elements
        return labels.enumerated().reduce(0) { $0 - Double.log(s[$1.offset * classes + $1.element]) } / Double(rows)
    }
}

extension [Float] {
    var doubles: [Double] { map { Double($0) } }
}

/// max |a - b|.
func distance(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).map { abs($0 - $1) }.max() ?? .nan }

/// The cosine of the angle between two vectors: above 0, a step against one also goes down along the other.
func cosine(_ a: [Double], _ b: [Double]) -> Double {
    let product = zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
    let sizes = a.reduce(0) { $0 + $1 * $1 } * b.reduce(0) { $0 + $1 * $1 }
    return sizes == 0 ? 0 : product / sizes.squareRoot()
}
