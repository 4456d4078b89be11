import Foundation
import PithGraph

/// JSON by Foundation, and the two things that it does not check: keys that stand twice, and where the text ends.
enum StrictJSON {
    /// The object that a text is.
    ///
    /// - Throws: `malformed` for anything but one JSON object without a key that stands twice.
    static func object(_ bytes: [UInt8]) throws(PithError) -> [String: Any] {
        guard bytes.first == UInt8(ascii: "{"),
            let object = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
        else { throw PithError(.malformed, "not a JSON object") }
        if let key = duplicateKey(bytes) { throw PithError(.duplicateName, "the key \(key) stands twice") }
        return object
    }

    /// A whole number of 0 or more that fits, nil for anything else; `true` is not 1.
    static func count(_ value: Any) -> Int? {
        guard let number = value as? NSNumber, !isBoolean(number) else { return nil }
        let exact = number.int64Value
        guard exact >= 0, number.doubleValue == Double(exact), !(value is String) else { return nil }
        return NSNumber(value: exact) == number ? Int(exact) : nil
    }

    private static func isBoolean(_ number: NSNumber) -> Bool {
        let type = unsafe String(cString: number.objCType)
        return type == "c" || type == "B"
    }

    /// A key that stands twice in one object of a text known to be JSON. Keys are compared unescaped.
    private static func duplicateKey(_ bytes: [UInt8]) -> String? {
        var scopes: [Set<String>?] = []
        var index = 0
        var expectsKey = false
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "{"):
                scopes.append([])
                expectsKey = true
            case UInt8(ascii: "["):
                scopes.append(nil)
                expectsKey = false
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                _ = scopes.popLast()
                expectsKey = false
            case UInt8(ascii: ","): expectsKey = (scopes.last ?? nil) != nil
            case UInt8(ascii: "\""):
                let start = index
                index += 1
                var isEscaped = false
                while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
                    isEscaped = isEscaped || bytes[index] == UInt8(ascii: "\\")
                    index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
                }
                guard expectsKey, index < bytes.count, !scopes.isEmpty else { break }
                expectsKey = false
                let key = unescaped(bytes[start...index], isEscaped)
                if scopes[scopes.count - 1]?.insert(key).inserted == false { return key }
            default: break
            }
            index += 1
        }
        return nil
    }

    private static func unescaped(_ quoted: ArraySlice<UInt8>, _ isEscaped: Bool) -> String {
        let plain = String(decoding: quoted.dropFirst().dropLast(), as: UTF8.self)
        guard isEscaped else { return plain }
        let value = try? JSONSerialization.jsonObject(with: Data(quoted), options: .fragmentsAllowed)
        return value as? String ?? plain
    }
}
