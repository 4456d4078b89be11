import PithGraph

/// How the bytes of a chunk are stored. The raw value is the code in a file.
enum ChunkCodec: UInt8 {
    /// As they are.
    case stored = 0
    /// Byte planes, each stored or deflated.
    case planes = 1

    /// The name that tools print.
    var name: String {
        switch self {
        case .stored: "stored"
        case .planes: "planes"
        }
    }

    private enum PlaneMethod {
        static let stored: UInt8 = 0
        static let deflate: UInt8 = 1
    }

    /// The smaller of the chunk as it is and its planes; planes only when they save at least 1/32.
    static func encode(_ chunk: ArraySlice<UInt8>, type: ElementType) -> (codec: ChunkCodec, bytes: [UInt8]) {
        #if !hasFeature(Embedded)
            var writer = ByteWriter()
            for plane in BytePlanes.split(chunk, type: type) {
                let best = Deflate.Strategy.allCases.compactMap { Deflate.compress(plane, $0) }.min {
                    $0.count < $1.count
                }
                if let best, best.count < plane.count {
                    writer.byte(PlaneMethod.deflate)
                    writer.count(best.count)
                    writer.append(best)
                } else {
                    writer.byte(PlaneMethod.stored)
                    writer.count(plane.count)
                    writer.append(plane)
                }
            }
            if writer.bytes.count <= chunk.count - chunk.count / 32 - 1 { return (.planes, writer.bytes) }
        #endif
        return (.stored, Array(chunk))
    }

    /// Appends the decoded chunk of exactly `count` bytes.
    func decode(
        _ reader: inout ByteReader, count: Int, type: ElementType, into bytes: inout [UInt8]
    ) throws(PithError) {
        switch self {
        case .stored:
            guard reader.end - reader.position == count else {
                throw reader.error(.malformed, "a stored chunk is not as long as its tensor needs")
            }
            bytes += try reader.take(count)
        case .planes:
            let width = type.byteCount
            var planes: [[UInt8]] = []
            for _ in 0..<width { planes.append(try Self.plane(&reader, count: count / width)) }
            try reader.finish()
            BytePlanes.merge(planes, type: type, into: &bytes)
        }
    }

    private static func plane(_ reader: inout ByteReader, count: Int) throws(PithError) -> [UInt8] {
        let method = try reader.byte()
        let length = try reader.count(limit: .max >> 1, of: "bytes of a plane")
        switch method {
        case PlaneMethod.stored:
            guard length == count else { throw reader.error(.malformed, "a plane has \(length) bytes, not \(count)") }
            return Array(try reader.take(length))
        case PlaneMethod.deflate:
            #if hasFeature(Embedded)
                throw reader.error(
                    .unsupportedFeature, "a chunk is deflated, which this build cannot read",
                    advice: "write the file without compression")
            #else
                let error = reader.error(.malformed, "a deflate stream is damaged or does not give \(count) bytes")
                guard let plane = Deflate.decompress(try reader.take(length), count: count) else { throw error }
                return plane
            #endif
        default: throw reader.error(.unsupportedFeature, "plane method \(method) is not known")
        }
    }
}
