import Pith

/// Prints the probability of each class for a picture of zeros: `EmbedMinimal MODEL`.
@main
enum EmbedMinimal {
    static func main() throws {
        guard CommandLine.arguments.count == 2 else {
            print("usage: EmbedMinimal MODEL")
            return
        }
        let pixels = Tensor(zeros: [1, 784])

        let model = try Model(contentsOf: CommandLine.arguments[1])
        var session = try model.makeSession()
        let probabilities = try session.run(pixels)

        for (label, probability) in zip(model.labels, probabilities.floats) { print("\(label)  \(probability)") }
    }
}
