#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Standard output and error, time and exit codes, without Foundation.
enum Console {
    static let failure: Int32 = 1
    static let usage: Int32 = 64

    /// Writes one line to standard error.
    static func complain(_ message: String) {
        let bytes = Array("mnist-infer: \(message)\n".utf8)
        unsafe bytes.withUnsafeBytes { _ = unsafe write(2, $0.baseAddress, $0.count) }
    }

    /// Whether standard output is a terminal whose reader has not refused colours (https://no-color.org).
    static var showsColours: Bool { unsafe isatty(1) == 1 && getenv("NO_COLOR") == nil }

    /// Seconds of a clock that never goes back.
    static var seconds: Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    static func leave(_ code: Int32) -> Never { exit(code) }

    /// A number of 0 or more with a fixed number of decimals, rounded half up.
    static func decimal(_ value: Double, places: Int) -> String {
        guard value.isFinite, value >= 0, value < 1e12 else { return "\(value)" }
        var scale = 1
        for _ in 0..<places { scale *= 10 }
        let scaled = Int(value * Double(scale) + 0.5)
        guard places > 0 else { return "\(scaled)" }
        let fraction = String(scaled % scale)
        return "\(scaled / scale)." + String(repeating: "0", count: places - fraction.count) + fraction
    }

    /// Text in a field of a width, at its right end.
    static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
