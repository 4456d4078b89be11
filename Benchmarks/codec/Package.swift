// swift-tools-version: 6.3
import PackageDescription

/// The program that `run` times against other codecs.
let package = Package(
    name: "CodecBenchmark",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "Pith", path: "../..", traits: [])],
    targets: [
        .executableTarget(
            name: "CodecBenchmark",
            dependencies: [.product(name: "Pith", package: "Pith"), .product(name: "PithFormat", package: "Pith")])
    ]
)
