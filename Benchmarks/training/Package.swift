// swift-tools-version: 6.3
import PackageDescription

let package = Package(
    name: "TrainingBenchmark",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "Pith", path: "../..", traits: [])],
    targets: [
        .executableTarget(
            name: "TrainingBenchmark", dependencies: [.product(name: "PithTraining", package: "Pith")])
    ]
)
