import MailTypes

/// The languages of the customers' pages.
package enum PageLanguage: String, Sendable, Hashable, CaseIterable {
    case english = "en"
    case german = "de"

    /// What the reader chose on the page, else what the customer's configuration says, else what the browser asks for.
    static func choose(query: String?, configured: PageLanguage?, accepted field: String?) -> PageLanguage {
        query.flatMap { PageLanguage(rawValue: $0) } ?? configured ?? accepted(field)
    }

    /// The one of ours that `Accept-Language` (RFC 9110 §12.5.4) likes best; English, where it likes none.
    static func accepted(_ field: String?) -> PageLanguage {
        guard let field, field.utf8.count <= 1000 else { return .english }
        var best: (language: PageLanguage, weight: Double)?
        for part in field.split(separator: ",").prefix(50) {
            let pieces = part.split(separator: ";")
            guard let range = pieces.first?.filter({ $0 != " " && $0 != "\t" }).lowercased(),
                let language = PageLanguage(rawValue: String(range.prefix { $0 != "-" }))
            else { continue }
            let given = pieces.dropFirst().lazy.map { $0.filter { $0 != " " } }.first { $0.hasPrefix("q=") }
            let weight = given.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            if weight > 0, best.map({ weight > $0.weight }) ?? true { best = (language, weight) }
        }
        return best?.language ?? .english
    }
}
