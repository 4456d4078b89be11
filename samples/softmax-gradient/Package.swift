// swift-tools-version: 6.3
import PackageDescription

/// Shows on one page why softmax's gradient is not s(1-s).
let package = Package(
    name: "SoftmaxGradient",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "Pith", path: "../..", traits: [])],
    targets: [
        .executableTarget(name: "SoftmaxGradient", dependencies: [.product(name: "PithTraining", package: "Pith")])
    ]
)
