// swift-tools-version: 6.3
import PackageDescription

/// What `Benchmarks/compare` measures with: Pith and ONNX Runtime in one process.
let package = Package(
    name: "Benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "Pith", path: "..", traits: [])],
    targets: [
        .target(name: "CBench", cSettings: [.unsafeFlags(["-O2"])], linkerSettings: [.linkedLibrary("dl")]),
        .executableTarget(
            name: "PithBench",
            dependencies: [
                "CBench", .product(name: "Pith", package: "Pith"), .product(name: "PithFormat", package: "Pith"),
            ]),
    ]
)
