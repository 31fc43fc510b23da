/// Why a model file was not taken.
package struct ModelError: Error, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable {
        case notAModel, unknownVersion, truncated, damaged, outOfRange
    }

    package var code: Code
    package var message: String
    package var description: String { message }
}
