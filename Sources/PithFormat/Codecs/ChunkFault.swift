import PithGraph

/// What is wrong with a chunk: a number, so that a decoder needs no texts.
package enum ChunkFault: UInt8, Error {
    case early, chunkLength, leftOver, planeTooLong, longNumber, planeLength, constantLength, unknownMethod, otherCodec
    case damaged, deflated

    /// The error that says so.
    func described(at offset: Int) -> PithError {
        let place = PithError.Location.byte(UInt64(offset))
        return switch self {
        case .early: PithError(.truncated, "a chunk ends early", at: place)
        case .chunkLength: PithError(.malformed, "a chunk is too long or too short", at: place)
        case .leftOver: PithError(.trailingBytes, "bytes are left over in a chunk", at: place)
        case .planeTooLong: PithError(.malformed, "a plane is too long", at: place)
        case .longNumber: PithError(.malformed, "a number is not in its shortest form", at: place)
        case .planeLength: PithError(.malformed, "a plane is too long or too short", at: place)
        case .constantLength: PithError(.malformed, "a constant plane has several bytes or none", at: place)
        case .unknownMethod:
            PithError(
                .unsupportedFeature, "the method of a plane is not known", at: place,
                advice: "use a newer version of Pith")
        case .otherCodec: PithError(.malformed, "a plane is deflated or arithmetic, against its codec", at: place)
        case .damaged: PithError(.malformed, "a plane is damaged", at: place)
        case .deflated:
            PithError(
                .unsupportedFeature, "a plane is deflated, which this build cannot read", at: place,
                advice: "write the file without zlib")
        }
    }
}
