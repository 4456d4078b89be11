// swift-tools-version: 6.3
import PackageDescription

/// An app that embeds Pith: `traits: []` leaves out the command-line tools, and with them every other package.
/// PITH_REPOSITORY takes Pith from a repository by its version, as other apps do.
let pith: Package.Dependency =
    if let repository = Context.environment["PITH_REPOSITORY"] {
        .package(url: repository, from: "0.1.0", traits: [])
    } else {
        .package(name: "Pith", path: "../..", traits: [])
    }
let package = Package(
    name: "EmbedMinimal",
    platforms: [.macOS(.v15)],
    dependencies: [pith],
    targets: [.executableTarget(name: "EmbedMinimal", dependencies: [.product(name: "Pith", package: "Pith")])]
)
