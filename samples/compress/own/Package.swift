// swift-tools-version: 6.3
import PackageDescription

/// Compresses a network of one's own while it is trained.
let package = Package(
    name: "CompressOwn",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "Pith", path: "../../..", traits: [])],
    targets: [.executableTarget(name: "CompressOwn", dependencies: [.product(name: "PithTraining", package: "Pith")])]
)
