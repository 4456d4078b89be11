// swift-tools-version: 6.3
import PackageDescription

/// `Benchmarks/compare` links one of the programs with nothing shared.
let linksAll = Context.environment["PITH_BENCH_STATIC"] == "1"

/// What the comparisons measure with: Pith and ONNX Runtime in one process, and each in a process of its own.
let package = Package(
    name: "Benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "Pith", path: "..", traits: [])],
    targets: [
        .target(name: "CBench", cSettings: [.unsafeFlags(["-O2"])], linkerSettings: [.linkedLibrary("dl")]),
        .target(name: "CProcess"),
        .executableTarget(name: "ORTOnce", dependencies: ["CBench", "CProcess"]),
        .executableTarget(
            name: "PithOnce", dependencies: ["CProcess", .product(name: "Pith", package: "Pith")],
            swiftSettings: [
                .unsafeFlags([
                    "-Xfrontend", "-disable-implicit-concurrency-module-import",
                    "-Xfrontend", "-disable-implicit-string-processing-module-import",
                ])
            ],
            linkerSettings: linksAll ? [.unsafeFlags(["-static-executable"])] : []),
        .executableTarget(
            name: "PithBench",
            dependencies: [
                "CBench", "CProcess", .product(name: "Pith", package: "Pith"),
                .product(name: "PithFormat", package: "Pith"),
            ]),
    ]
)
