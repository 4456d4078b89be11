import Foundation
import PithFormat
import PithGraph

/// Writes safetensors files: the header's JSON padded to eight bytes, the tensors in their order without gaps.
enum SafetensorsWriter {
    private static let alignment = 8

    static func bytes(of file: ModelFile) throws(PithError) -> [UInt8] {
        // Widest elements first, so that every tensor begins at a multiple of its elements' size.
        let tensors = try Exporter.tensors(of: file, carrying: true).enumerated().sorted {
            ($1.element.elementType.byteCount, $0.offset) < ($0.element.elementType.byteCount, $1.offset)
        }.map { $0.element }
        var header: [String: Any] = [:]
        var notes: [String: String] = ["format": "pt"]
        for entry in file.metadata.entries {
            if case .string(let text) = entry.value { notes[entry.key] = text }
        }
        header["__metadata__"] = notes
        var position = 0
        for tensor in tensors {
            let own = SafetensorsFile.types.first { $0.value == tensor.elementType }?.key
            let carried = tensor.foreign.map { foreign in
                SafetensorsFile.customaryNames.first { $0.value == foreign.typeName }?.key ?? foreign.typeName
            }
            guard let type = carried ?? own, carried == nil || SafetensorsFile.carried[type] != nil else {
                throw PithError(
                    .unsupportedOperation, "safetensors has no elements of type \(carried ?? "")",
                    at: .tensor(tensor.name))
            }
            guard tensor.name != "__metadata__" else {
                throw PithError(.invalidName, "no tensor may have this name", at: .tensor(tensor.name))
            }
            let end = position + tensor.bytes.count
            header[tensor.name] =
                [
                    "dtype": type, "shape": (tensor.foreign?.shape ?? tensor.shape).dimensions,
                    "data_offsets": [position, end],
                ] as [String: Any]
            position = end
        }
        guard
            let json = try? JSONSerialization.data(
                withJSONObject: header, options: [.sortedKeys, .withoutEscapingSlashes])
        else { throw PithError(.invalidName, "a name cannot be written as JSON") }
        var text = [UInt8](json)
        while text.count % alignment != 0 { text.append(UInt8(ascii: " ")) }
        var bytes = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
        bytes.reserveCapacity(8 + text.count + position)
        bytes += text
        for tensor in tensors { bytes += tensor.bytes }
        return bytes
    }
}
