// swift-tools-version: 6.3
import PackageDescription

/// What runs models is dependency-free; other packages are behind traits, so that `traits: []` fetches none at all.
let argumentParser = Target.Dependency.product(
    name: "ArgumentParser", package: "swift-argument-parser", condition: .when(traits: ["CommandLine"]))
let crypto = Target.Dependency.product(
    name: "Crypto", package: "swift-crypto", condition: .when(traits: ["Identity"]))
let protobuf = Target.Dependency.product(
    name: "SwiftProtobuf", package: "swift-protobuf", condition: .when(traits: ["Conversion"]))
let onnxSchema = Target.Dependency.target(name: "ONNXSchema", condition: .when(traits: ["Conversion"]))
let zip = Target.Dependency.target(name: "CLibZip", condition: .when(traits: ["Conversion"]))

let package = Package(
    name: "Pith",
    platforms: [.macOS(.v15), .iOS(.v18), .tvOS(.v18), .watchOS(.v11), .visionOS(.v2)],
    products: [
        .library(name: "Pith", targets: ["Pith"]),
        .library(name: "PithFormat", targets: ["PithFormat"]),
        .library(name: "PithIdentity", targets: ["PithIdentity"]),
        .library(name: "PithTraining", targets: ["PithTraining"]),
        .library(name: "PithConversion", targets: ["PithConversion"]),
        .executable(name: "pith", targets: ["PithTool"]),
        .executable(name: "mnist-train", targets: ["MNISTTrain"]),
        .executable(name: "mnist-infer", targets: ["MNISTInfer"]),
    ],
    traits: [
        .trait(
            name: "CommandLine", description: "The tools pith and mnist-train, which parse arguments with a package.",
            enabledTraits: ["Identity"]),
        .trait(
            name: "Identity",
            description: "PithIdentity and PithConversion, which compute SHA-256 with the package swift-crypto."),
        .trait(
            name: "Conversion", description: "Reading and writing PyTorch, NumPy and ONNX files in PithConversion.",
            enabledTraits: ["Identity"]),
        .default(enabledTraits: ["CommandLine", "Conversion"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    ],
    targets: [
        // System libraries.
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"]), .brew(["libpng"])]),
        .systemLibrary(name: "CLibZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"]), .brew(["libzip"])]),

        // The runtime: no Foundation, also built as Embedded Swift.
        .target(name: "CPithKernels", cSettings: [.unsafeFlags(["-O2"])]),
        .target(name: "PithGraph"),
        .target(name: "PithFormat", dependencies: ["PithGraph", "CPithKernels", "CZlib"]),
        .target(name: "PithMath", dependencies: ["PithGraph", "CPithKernels"]),
        .target(name: "Pith", dependencies: ["PithGraph", "PithFormat", "PithMath"]),

        // Around the runtime.
        .target(name: "PithData", dependencies: ["PithGraph", "PithMath", "CZlib"]),
        .target(name: "PithIdentity", dependencies: ["PithGraph", "PithFormat", crypto]),
        .target(name: "PithTraining", dependencies: ["PithGraph", "PithFormat", "PithMath", "PithData"]),
        .target(
            name: "PithConversion",
            dependencies: [
                "PithGraph", "PithFormat", "PithIdentity", "PithMath", "PithData", "Pith", zip, onnxSchema, protobuf,
            ]),
        .target(name: "ONNXSchema", dependencies: [protobuf], exclude: ["onnx.proto"]),
        .target(name: "DigitImages", dependencies: ["PithGraph", "PithMath", "CPNG"]),

        // The tools.
        .executableTarget(
            name: "PithTool",
            dependencies: [
                "PithGraph", "PithFormat", "PithIdentity", "PithMath", "PithData", "Pith", "PithConversion",
                argumentParser,
            ]),
        .executableTarget(
            name: "MNISTTrain",
            dependencies: [
                "PithGraph", "PithFormat", "PithMath", "PithData", "PithTraining", "DigitImages", argumentParser,
            ]),
        .executableTarget(
            name: "MNISTInfer",
            dependencies: ["PithGraph", "PithMath", "PithData", "Pith", "DigitImages"],
            resources: [.embedInCode("Resources/mnist.pith")]),

        // Tests.
        .testTarget(name: "PithGraphTests", dependencies: ["PithGraph"]),
        .testTarget(
            name: "PithFormatTests", dependencies: ["PithFormat", "PithGraph", "CPithKernels"], exclude: ["Fixtures"]),
        .testTarget(name: "SpecTests", dependencies: ["PithIdentity", "PithFormat", "PithGraph"]),
        .testTarget(name: "PithIdentityTests", dependencies: ["PithIdentity", "PithFormat", "PithGraph"]),
        .testTarget(
            name: "PithMathTests", dependencies: ["PithMath", "PithGraph", "CPithKernels"], exclude: ["Fixtures"]),
        .testTarget(name: "PithDataTests", dependencies: ["PithData", "PithMath", "PithGraph"], exclude: ["Fixtures"]),
        .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
        .testTarget(name: "PithTests", dependencies: ["Pith", "CAllocationCounter"], exclude: ["Fixtures"]),
        .testTarget(
            name: "PithTrainingTests", dependencies: ["PithTraining", "Pith", "PithConversion"], exclude: ["Fixtures"]),
        .testTarget(
            name: "PithConversionTests", dependencies: ["PithConversion", "PithTraining"], exclude: ["Fixtures"]),
        .testTarget(name: "DigitImagesTests", dependencies: ["DigitImages", "PithMath"], exclude: ["Fixtures"]),
        .testTarget(name: "ToolTests", dependencies: ["DigitImages"], exclude: ["Fixtures"]),
        .executableTarget(
            name: "EndlessWriter", dependencies: ["PithFormat", "PithGraph"], path: "Tests/EndlessWriter"),
        .testTarget(name: "StructureTests"),
    ]
)

/// What runs models uses neither tasks nor regular expressions: without these libraries a process takes 1.7 MB less memory.
let runtime: Set = ["PithGraph", "PithFormat", "PithMath", "Pith", "PithData", "DigitImages", "MNISTInfer"]

// One loop, so that no target can forget a setting. ONNXSchema is generated, and its generator marks nothing unsafe.
// Swift targets take no C settings: SwiftPM drops half of such a flag where Pith is a dependency by version.
for target in package.targets where target.type != .system && target.name != "ONNXSchema" {
    guard !target.name.hasPrefix("C") else {
        target.cSettings = (target.cSettings ?? []) + [.treatAllWarnings(as: .error)]
        continue
    }
    target.swiftSettings =
        (target.swiftSettings ?? []) + [
            .strictMemorySafety(),
            .treatAllWarnings(as: .error),
            .enableUpcomingFeature("MemberImportVisibility"),
            .enableUpcomingFeature("InternalImportsByDefault"),
            .enableUpcomingFeature("ExistentialAny"),
        ]
    guard runtime.contains(target.name) else { continue }
    target.swiftSettings?.append(
        .unsafeFlags([
            "-Xfrontend", "-disable-implicit-concurrency-module-import",
            "-Xfrontend", "-disable-implicit-string-processing-module-import",
        ]))
}
