extension FuzzTarget {
    /// Archives as PyTorch, TorchScript and NumPy write them.
    static let zip = FuzzTarget(
        name: "zip",
        seeds: { try SourceFixtures.files(endingIn: ".pt", ".npz").filter { $0.starts(with: [0x50, 0x4B]) } },
        run: SourceFixtures.readTensors)
}
