import CPNG
public import PithGraph

extension GreyPicture {
    /// The picture as a PNG file of 8-bit greys.
    ///
    /// - Throws: `inputOutput` when libpng cannot write it.
    public func png() throws(PithError) -> [UInt8] {
        var image = unsafe png_image()
        unsafe image.version = UInt32(PNG_IMAGE_VERSION)
        unsafe image.width = UInt32(width)
        unsafe image.height = UInt32(height)
        unsafe image.format = UInt32(PNG_FORMAT_GRAY)
        var size = 0
        guard unsafe png_image_write_to_memory(&image, nil, &size, 0, pixels, 0, nil) != 0 else { throw Self.unwritten }
        var bytes = [UInt8](repeating: 0, count: size)
        guard unsafe png_image_write_to_memory(&image, &bytes, &size, 0, pixels, 0, nil) != 0 else {
            throw Self.unwritten
        }
        return Array(bytes.prefix(size))
    }

    private static var unwritten: PithError { PithError(.inputOutput, "the picture cannot be written as PNG") }
}
