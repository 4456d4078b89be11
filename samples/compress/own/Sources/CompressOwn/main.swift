import PithData
import PithGraph
import PithMath
import PithTraining

let train = try ImageSet.load(directory: CommandLine.arguments[1], .train)
let test = try ImageSet.load(directory: CommandLine.arguments[1], .test)
func examples(_ set: ImageSet) throws -> TrainingExamples {
    try TrainingExamples(pixels: set.images, labels: set.labels, height: set.rows, width: set.columns)
}

// Any classifier: 784-40-10 here, 31,810 numbers, 127,240 bytes as float32.
var graph = Graph(name: "own")
var value = try graph.addInput("pixels", ValueType(.float32, ["batch", 784]))
for (name, inputs, outputs) in [("hidden", 784, 40), ("output", 40, 10)] {
    let weight = try graph.addInitializer(name + ".weight", .float32, [outputs, inputs])
    let bias = try graph.addInitializer(name + ".bias", .float32, [outputs])
    value = try graph.add(.gemm, [value, weight, bias], [.transB: 1])
    if name == "hidden" { value = try graph.add(.relu, [value]) }
}
try graph.addOutput(graph.add(.softmax, [value]), name: "probabilities")

// What may remain of it.
var settings = TrainingSettings(model: "own", epochs: 20, learningRate: 0.03)
settings.compression = CompressionSettings()
settings.compression?.nonzeros = 1200
settings.compression?.palettes = [.init("weights", entries: 6), .init("biases", entries: 8)]
settings.compression?.paletteStart = 0.7

let compute = try Compute(threads: 2)
let trainer = try Trainer(graph: graph, settings: settings, examples: examples(train))
while !trainer.isFinished { _ = try trainer.step(on: compute) }
let file = try trainer.model().encoded()
let accuracy = try trainer.accuracy(on: examples(test), compute: compute)
print("\(file.count) bytes, \(127_240 / file.count) times smaller; \(Int((accuracy * 1000).rounded())) of 1000 right")
