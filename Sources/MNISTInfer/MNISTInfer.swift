import DigitImages
import PithData
import PithGraph
import PithMath

/// The entry point of `mnist-infer`.
@main
enum MNISTInfer {
    static func main() {
        do throws(Arguments.UsageError) {
            let arguments = try Arguments(Array(CommandLine.arguments.dropFirst()))
            if arguments.wantsHelp {
                print(Arguments.help)
            } else if arguments.wantsVersion {
                print(PithVersion.line(of: "mnist-infer"))
            } else {
                Console.leave(run(arguments))
            }
        } catch {
            Console.complain(error.message + "; see mnist-infer --help")
            Console.leave(Console.usage)
        }
    }

    /// Does what was asked, and gives the exit code.
    private static func run(_ arguments: Arguments) -> Int32 {
        do throws(PithError) {
            var classifier = try Classifier(path: arguments.model, threads: arguments.threads)
            guard let directory = arguments.data else { return classify(arguments, &classifier) }
            let evaluation = try Evaluation(&classifier, directory)
            print(arguments.isJSON ? evaluation.json(classifier) : evaluation.text(classifier))
            return 0
        } catch {
            Console.complain(error.description)
            return Console.failure
        }
    }

    /// Answers for each picture; one that cannot be read does not keep the others from theirs.
    private static func classify(_ arguments: Arguments, _ classifier: inout Classifier) -> Int32 {
        var code: Int32 = 0
        for path in arguments.images {
            do throws(PithError) {
                let image = try Pictures.read(path, index: arguments.index, isRaw: arguments.isRaw)
                let rows = try classifier.run(image.pixels, count: 1)
                let best = classifier.best(rows[0], top: arguments.top)
                print(arguments.isJSON ? json(path, best) : text(path, image, best))
            } catch {
                if arguments.isJSON { print(json(path, error)) }
                Console.complain(error.description)
                code = Console.failure
            }
        }
        return code
    }

    private static func text(_ path: String, _ image: DigitImage, _ best: [Classifier.Prediction]) -> String {
        var lines = [path] + TerminalPicture.lines(image, colours: Console.showsColours)
        for prediction in best {
            let percent = Console.decimal(Double(prediction.probability) * 100, places: 2)
            lines.append("  \(prediction.label)  \(Console.right(percent, 6)) %")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func json(_ path: String, _ error: PithError) -> String {
        "{\"image\": \(JSON.quoted(path)), \"error\": {\"code\": \(JSON.quoted(error.code.name)), \"reason\": "
            + "\(JSON.quoted(error.reason)), \"advice\": \(JSON.quoted(error.advice))}}"
    }

    private static func json(_ path: String, _ best: [Classifier.Prediction]) -> String {
        let entries = best.map {
            "{\"label\": \(JSON.quoted($0.label)), \"probability\": \(JSON.number($0.probability))}"
        }
        return "{\"image\": \(JSON.quoted(path)), \"predictions\": [\(entries.joined(separator: ", "))]}"
    }
}
