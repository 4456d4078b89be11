import DigitImages
import Foundation

/// Chromium, where there is one, which shows whether a page is what it should be.
enum Browser {
    /// A page as it is shown, of so many pixels; nil without a browser.
    static func picture(of page: String, width: Int, height: Int) throws -> GreyPicture? {
        let program = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
        guard let program else {
            print("no Chromium here, so \(page) was not rendered")
            return nil
        }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("browser-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let picture = folder.appendingPathComponent("page.png")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = [
            "--headless", "--no-sandbox", "--disable-gpu", "--window-size=\(width),\(height)",
            "--user-data-dir=" + folder.appendingPathComponent("profile").path, "--screenshot=" + picture.path,
            "file://" + page,
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return try GreyPicture(decoding: Array(Data(contentsOf: picture)))
    }
}
