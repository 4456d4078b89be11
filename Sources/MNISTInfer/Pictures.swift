import DigitImages
import PithData
import PithGraph

/// Pictures from files of every kind that this program reads.
enum Pictures {
    /// Bytes that a picture's file may have: 256 MiB.
    private static let fileLimit = 1 << 28

    /// Reads and prepares the picture of a file.
    static func read(_ path: String, index: Int?, isRaw: Bool) throws(PithError) -> DigitImage {
        let bytes = try DataFile.read(path: path, limit: fileLimit)
        do throws(PithError) {
            if Gzip.isGzip(bytes) || bytes.starts(with: [0, 0]) {
                return try DigitImage(raw: picture(of: IDXFile(decoding: bytes), index ?? 0))
            }
            guard index == nil else {
                throw PithError(.invalidArgument, "--index is for IDX files, and this is one picture")
            }
            let picture = try GreyPicture(decoding: bytes)
            return isRaw ? try DigitImage(raw: picture) : try DigitImage(preparing: picture)
        } catch {
            throw error.located(in: .file(path))
        }
    }

    private static func picture(of file: IDXFile, _ index: Int) throws(PithError) -> GreyPicture {
        guard file.shape.rank == 3 else {
            throw PithError(
                .shapeMismatch, "an IDX file of shape \(file.shape), where pictures have three axes",
                advice: "name the file of the images, not of the labels")
        }
        guard index < file.shape[0] else {
            throw PithError(.invalidArgument, "there is no picture \(index); the file has \(file.shape[0])")
        }
        let (rows, columns) = (file.shape[1], file.shape[2])
        let start = index * rows * columns
        return try GreyPicture(
            width: columns, height: rows, pixels: Array(file.bytes[start..<(start + rows * columns)]))
    }
}
