/// Text as content of HTML and XML 1.0: the one place that knows what has to be escaped there.
package enum MarkupText {
    /// For element content and for attributes in quotes. Control bytes, which neither language can hold, and
    /// non-characters become `?`; line ends and tabs stay.
    package static func escaped(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count + 16)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\n", "\t": result.unicodeScalars.append(scalar)
            case let other where other.value < 0x20 || other.value == 0xfffe || other.value == 0xffff: result += "?"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
