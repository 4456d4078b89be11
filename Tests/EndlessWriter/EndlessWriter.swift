import Foundation
import PithFormat
import PithGraph

/// usage: EndlessWriter PATH BYTES. Replaces the file for ever, each time with so many bytes of another value, and prints
/// the value when the file is there: what `WritingTests` kills.
@main struct EndlessWriter {
    static func main() throws(PithError) {
        let arguments = CommandLine.arguments
        guard arguments.count == 3, let count = Int(arguments[2]) else {
            throw PithError(.invalidArgument, "usage: EndlessWriter PATH BYTES")
        }
        var value: UInt8 = 1
        while true {
            try FileIO.writeAtomically([UInt8](repeating: value, count: count), to: arguments[1])
            FileHandle.standardOutput.write(Data("\(value)\n".utf8))
            value = value % 250 + 1
        }
    }
}
