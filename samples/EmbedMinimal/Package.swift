// swift-tools-version: 6.3
import PackageDescription

/// An app that embeds Pith: `traits: []` leaves out the command-line tools, and with them every other package.
let package = Package(
    name: "EmbedMinimal",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "Pith", path: "../..", traits: [])],
    targets: [.executableTarget(name: "EmbedMinimal", dependencies: [.product(name: "Pith", package: "Pith")])]
)
