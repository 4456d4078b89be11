import CPNG
import PithGraph

/// PNG pictures of any colour type, by libpng's simplified interface, on white where they are transparent.
enum PNG {
    static func decode(_ bytes: [UInt8]) throws(PithError) -> GreyPicture {
        var image = unsafe png_image()
        unsafe image.version = UInt32(PNG_IMAGE_VERSION)
        defer { unsafe png_image_free(&image) }
        // One closure, because libpng reads on from the source between the two calls.
        let result: Result<[UInt8]?, PithError> = unsafe bytes.withUnsafeBytes { source in
            guard unsafe png_image_begin_read_from_memory(&image, source.baseAddress, source.count) != 0 else {
                return .success(nil)
            }
            let (width, height) = unsafe (Int(image.width), Int(image.height))
            do throws(PithError) {
                try GreyPicture.check(width: width, height: height)
            } catch {
                return .failure(error)
            }
            unsafe image.format = UInt32(PNG_FORMAT_FLAG_ALPHA)
            // Without it libpng takes 16-bit pictures for linear light.
            unsafe image.flags |= UInt32(PNG_IMAGE_FLAG_16BIT_sRGB)
            var pixels = [UInt8](repeating: 0, count: width * height * 2)
            let finished = unsafe pixels.withUnsafeMutableBytes { destination in
                unsafe png_image_finish_read(&image, nil, destination.baseAddress, 0, nil)
            }
            return .success(finished != 0 ? pixels : nil)
        }
        guard let pixels = try result.get() else { throw unsafe failure(image) }
        let (width, height) = unsafe (Int(image.width), Int(image.height))
        var grey = [UInt8](repeating: 0, count: width * height)
        for index in grey.indices {
            let (value, alpha) = (Int(pixels[2 * index]), Int(pixels[2 * index + 1]))
            grey[index] = UInt8((value * alpha + 255 * (255 - alpha) + 127) / 255)
        }
        return try GreyPicture(width: width, height: height, pixels: grey)
    }

    private static func failure(_ image: png_image) -> PithError {
        let message = unsafe withUnsafeBytes(of: image.message) { unsafe Array($0.prefix { $0 != 0 }) }
        return PithError(.malformed, "the PNG is damaged: \(String(decoding: message, as: UTF8.self))")
    }
}
