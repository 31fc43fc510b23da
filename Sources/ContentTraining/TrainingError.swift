/// Why mail or a model could not be read, or a model not be made.
package struct TrainingError: Error, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable {
        case unreadable, unwritable, notMail, badList, badModel, tooFew
    }

    package var code: Code
    package var message: String
    package var description: String { message }

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
