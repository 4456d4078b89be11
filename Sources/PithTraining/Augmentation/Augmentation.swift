public import PithGraph

/// How much pictures are moved and bent at random while a network learns from them, so that it meets each example in
/// a new form at every epoch.
///
///     let augmentation = try Augmentation(text: "shift=2,rotate=10,scale=0.1,elastic=4")
///
/// Every random number belongs to an epoch and an example, and each kind of change has a stream of its own, so that
/// neither threads nor the order of the examples change a bit (`spec/arithmetic-training.md`).
public struct Augmentation: Sendable, Hashable {
    /// Pixels, along each axis, by which a picture moves: uniform in ±shift.
    public var shift: Float
    /// Degrees by which it turns about its middle: uniform in ±rotate.
    public var rotate: Float
    /// The share by which it grows or shrinks, along each axis: the factor is uniform in 1 ± scale.
    public var scale: Float
    /// Pixels by which each control point of an elastic field moves, along each axis: uniform in ±elastic. The field
    /// between the points is a cubic B-spline.
    ///
    /// Source: the purpose is that of Simard, Steinkraus and Platt, "Best practices for convolutional neural networks
    /// applied to visual document analysis" (2003), who smooth a field of one random number per pixel.
    public var elastic: Float

    /// No change at all.
    public static let none = Augmentation()

    /// Creates one.
    public init(shift: Float = 0, rotate: Float = 0, scale: Float = 0, elastic: Float = 0) {
        self.shift = shift
        self.rotate = rotate
        self.scale = scale
        self.elastic = elastic
    }

    /// Whether it leaves every picture as it is.
    public var isNone: Bool { self == .none }

    private static var names: [(name: String, limit: Float, path: WritableKeyPath<Augmentation, Float>)] {
        [("shift", 64, \.shift), ("rotate", 180, \.rotate), ("scale", 0.9, \.scale), ("elastic", 64, \.elastic)]
    }

    /// Reads `shift=2,rotate=10`, any of the four in any order; `none` or nothing for no change.
    ///
    /// - Throws: `invalidArgument` for another name, a number out of range, or a name given twice.
    public init(text: String) throws(PithError) {
        self.init()
        guard text != "none" else { return }
        var seen: Set<String> = []
        for part in text.split(separator: ",") {
            let pair = part.split(separator: "=", omittingEmptySubsequences: false)
            guard pair.count == 2, let entry = Self.names.first(where: { $0.name == pair[0] }),
                seen.insert(entry.name).inserted
            else {
                throw PithError(
                    .invalidArgument, "'\(part)' is no augmentation",
                    advice: "write for example shift=2,rotate=10,scale=0.1,elastic=4, or none")
            }
            guard let value = Float(pair[1]), value >= 0, value <= entry.limit else {
                throw PithError(.invalidArgument, "\(entry.name) must be from 0 to \(entry.limit), not '\(pair[1])'")
            }
            self[keyPath: entry.path] = value
        }
    }

    /// The text that `init(text:)` reads: what is not zero, or `none`.
    public var text: String {
        let parts = Self.names.filter { self[keyPath: $0.path] != 0 }.map { "\($0.name)=\(self[keyPath: $0.path])" }
        return parts.isEmpty ? "none" : parts.joined(separator: ",")
    }
}
