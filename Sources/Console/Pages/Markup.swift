import MailTypes

/// HTML whose interpolated texts are escaped by construction: what came from a mail can only ever be text.
///
/// ```
/// let row: Markup = "<td>\(subject)</td>"      // a String: made printable and escaped
/// let table: Markup = "<table>\(row)</table>"  // a Markup: as it is
/// ```
struct Markup: ExpressibleByStringInterpolation, Sendable {
    /// Characters of one text from outside.
    static let textLimit = 4000

    var text: String

    init(stringLiteral value: String) { text = value }
    init(stringInterpolation: Interpolation) { text = stringInterpolation.text }
    init(_ parts: [Markup]) { text = parts.map(\.text).joined() }

    struct Interpolation: StringInterpolationProtocol {
        var text = ""

        init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity * 2) }

        mutating func appendLiteral(_ literal: String) { text += literal }
        mutating func appendInterpolation(_ markup: Markup) { text += markup.text }
        mutating func appendInterpolation(_ markups: [Markup]) { for markup in markups { text += markup.text } }
        mutating func appendInterpolation(_ number: Int) { text += String(number) }
        mutating func appendInterpolation(_ value: String) {
            text += MarkupText.escaped(SafeText.printable(value, limit: Markup.textLimit))
        }
        /// Several lines, each made safe by `SafeLines` before.
        mutating func appendInterpolation(lines value: String) { text += MarkupText.escaped(value) }
    }
}
