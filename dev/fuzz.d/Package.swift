// swift-tools-version: 6.3
import PackageDescription

/// The fuzz targets, one static library that `dev/fuzz` links with libFuzzer.
let package = Package(
    name: "Fuzz",
    products: [.library(name: "Fuzz", type: .static, targets: ["Fuzz"])],
    dependencies: [.package(name: "Pith", path: "../..", traits: ["Conversion"])],
    targets: [
        .target(name: "CLibFuzzer"),
        .target(
            name: "Fuzz",
            dependencies: [
                "CLibFuzzer", .product(name: "Pith", package: "Pith"), .product(name: "PithFormat", package: "Pith"),
                .product(name: "PithConversion", package: "Pith"), .product(name: "PithTraining", package: "Pith"),
            ]),
    ]
)
