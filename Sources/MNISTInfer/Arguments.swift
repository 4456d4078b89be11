/// What the command line asks for.
struct Arguments {
    var images: [String] = []
    var model: String?
    var data: String?
    var top = 1
    var index: Int?
    var threads = 1
    var isRaw = false
    var isJSON = false
    var wantsHelp = false
    var wantsVersion = false

    /// A command line that cannot be understood.
    struct UsageError: Error {
        let message: String
    }

    /// Options that say something of single pictures.
    private static let ofPictures = ["--top", "--raw", "--index"]

    /// Classes that `--top` may ask for.
    private static let topLimit = 1000

    static let help = """
        Names the digit in each picture.

        usage: mnist-infer [--model FILE] [--top K] [--raw] [--index N] [--json] IMAGE…
               mnist-infer [--model FILE] [--threads N] [--json] --data DIR

        IMAGE is a PNG of any size and colour type, a PGM, or an IDX file (gzip or not). A scanned or drawn digit is
        prepared as MNIST's were: dark or light ground told, cropped, scaled into 20x20, centred by mass in 28x28.

          --model FILE   a .pith model; without it, the one inside this program
          --top K        show the K most probable classes (1)
          --raw          take a 28x28 picture as it is; IDX pictures always are
          --index N      which picture of an IDX file, from 0 (0)
          --json         one line of JSON per picture, for programs; of one that fails, an error
          --data DIR     evaluate the test half of the IDX files in DIR: accuracy, confusion matrix, speed
          --threads N    threads that share the work, 1 to 256 (1)
          --version      print version, format and instruction set
          -h, --help     print this

        examples:
          mnist-infer digit.png
          mnist-infer --top 3 --json scans/*.png
          mnist-infer --index 7 t10k-images-idx3-ubyte.gz
          mnist-infer --model digits.pith --data mnist

        exit codes: 0, 1 for a failure, 64 for wrong usage.
        """

    /// Reads the arguments after the program's name; `--name value` and `--name=value` are the same.
    init(_ words: [String]) throws(UsageError) {
        var rest = words[...]
        var isOnlyImages = false
        var forPictures: String?
        while let word = rest.popFirst() {
            guard !isOnlyImages, word.hasPrefix("-"), word != "-" else {
                images.append(word)
                continue
            }
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            var attached = parts.count > 1 ? String(parts[1]) : nil
            func value() throws(UsageError) -> String {
                if let text = attached {
                    attached = nil
                    return text
                }
                guard let text = rest.popFirst() else { throw UsageError(message: "\(name) needs a value") }
                return text
            }
            func number(_ range: ClosedRange<Int>) throws(UsageError) -> Int {
                let text = try value()
                guard let number = Int(text), range.contains(number) else {
                    let limits = "\(range.lowerBound) to \(range.upperBound)"
                    throw UsageError(message: "\(name) needs a number from \(limits), not '\(text)'")
                }
                return number
            }
            switch name {
            case "--model": model = try value()
            case "--data": data = try value()
            case "--top": top = try number(1...Self.topLimit)
            case "--index": index = try number(0...Int(Int32.max))
            case "--threads": threads = try number(1...256)
            case "--raw": isRaw = true
            case "--json": isJSON = true
            case "--help", "-h": wantsHelp = true
            case "--version": wantsVersion = true
            case "--": isOnlyImages = true
            default: throw UsageError(message: "there is no option \(name)")
            }
            if attached != nil { throw UsageError(message: "\(name) takes no value") }
            if Self.ofPictures.contains(name) { forPictures = forPictures ?? name }
        }
        guard !wantsHelp, !wantsVersion else { return }
        guard images.isEmpty != (data == nil) else {
            throw UsageError(
                message: data == nil ? "name a picture, or a folder with --data" : "--data takes no pictures")
        }
        if data != nil, let forPictures { throw UsageError(message: "\(forPictures) is not for --data") }
    }
}
