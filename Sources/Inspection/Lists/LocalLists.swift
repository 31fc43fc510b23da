import MailTypes
import MessageFormat

/// What the operator knows of domains, links, texts and recipients: read from a file, a line an entry.
///
/// ```
/// # kind       value
/// bad-domain   pills.example
/// good-domain  partner.example
/// bad-link     https://files.example/u/7/
/// bad-text     0c9wq2v7f3n8d
/// trap         nobody@our-own.example
/// ```
/// A domain stands for all below it, a link for all that begin with it; a text is a campaign's name, as held mail shows it.
package struct LocalLists: Sendable {
    /// Log-odds of a hit. A good domain speaks only where all links are good: whoever adds one to his own gains nothing.
    static let bad = 4.0
    static let good = -1.5
    static let trap = 3.0

    /// Entries at most.
    package static let limit = 1_000_000
    private static let lineLimit = 2000
    private static let labels = 10

    private var badDomains: Set<[UInt8]> = []
    private var goodDomains: Set<[UInt8]> = []
    private var badLinks: Set<[UInt8]> = []
    private var linkLengths: [Int] = []
    private var badTexts: Set<CampaignID> = []
    private var traps: Set<String> = []

    package init() {}

    package struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
        package var line: Int
        package var message: String
        package var description: String { "line \(line): \(message)" }
    }

    /// Reads the file's text; the first line that cannot be read is an error, so that no typing mistake goes unseen.
    package init(_ text: [UInt8]) throws(Problem) {
        for (index, bytes) in text.split(separator: 0x0a, omittingEmptySubsequences: false).enumerated() {
            let words = bytes.prefix(Self.lineLimit).split { $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }
            guard let kind = words.first, kind.first != UInt8(ascii: "#") else { continue }
            guard index < Self.limit else { throw Problem(line: index + 1, message: "there are too many entries") }
            let name = String(decoding: kind, as: UTF8.self)
            guard words.count == 2 || (words.count > 2 && words[2].first == UInt8(ascii: "#")) else {
                throw Problem(line: index + 1, message: "expected a kind and a value")
            }
            let value = words[1].map(ASCII.lowercased)
            guard add(name, value) else {
                throw Problem(
                    line: index + 1, message: "\(SafeText.printable(bytes: bytes, limit: 100)) is no entry")
            }
        }
        linkLengths = Set(badLinks.map(\.count)).sorted()
    }

    private mutating func add(_ kind: String, _ value: [UInt8]) -> Bool {
        let text = String(decoding: value, as: UTF8.self)
        switch kind {
        case "bad-domain", "good-domain":
            guard DomainName(text) != nil || IPAddress(text) != nil else { return false }
            if kind == "bad-domain" { badDomains.insert(value) } else { goodDomains.insert(value) }
        case "bad-link":
            guard value.count >= 8 else { return false }
            badLinks.insert(Self.withoutScheme(value))
        case "bad-text":
            guard let campaign = CampaignID(text) else { return false }
            badTexts.insert(campaign)
        case "trap":
            guard let address = EmailAddress(text) else { return false }
            traps.insert(address.canonical)
        default: return false
        }
        return true
    }

    package var isEmpty: Bool {
        badDomains.isEmpty && goodDomains.isEmpty && badLinks.isEmpty && badTexts.isEmpty && traps.isEmpty
    }

    /// What the lists say of a message: log-odds, and how many of its recipients are traps.
    func look(
        _ message: ParsedMessage, campaign: CampaignID?, recipients: [Envelope.Recipient]
    ) -> (logOdds: Double, traps: Int) {
        guard !isEmpty else { return (0, 0) }
        var isBad = campaign.map(badTexts.contains) ?? false
        var (good, all) = (0, 0)
        for url in message.urls.prefix(64) where !url.host.isEmpty {
            all += 1
            if Self.covers(badDomains, url.host) || isListed(url.url) { isBad = true }
            if Self.covers(goodDomains, url.host) { good += 1 }
        }
        let hits = traps.isEmpty ? 0 : recipients.count { traps.contains($0.address.canonical) }
        let word = isBad ? Self.bad : all > 0 && good == all && hits == 0 ? Self.good : 0
        return (word + (hits > 0 ? Self.trap : 0), hits)
    }

    private static func covers(_ domains: Set<[UInt8]>, _ host: [UInt8]) -> Bool {
        guard !domains.isEmpty else { return false }
        var rest = host[...]
        for _ in 0..<labels {
            if domains.contains(Array(rest)) { return true }
            guard let dot = rest.firstIndex(of: UInt8(ascii: ".")) else { return false }
            rest = rest[(dot + 1)...]
        }
        return false
    }

    private func isListed(_ url: [UInt8]) -> Bool {
        guard !linkLengths.isEmpty else { return false }
        let plain = Self.withoutScheme(url.map(ASCII.lowercased))
        for length in linkLengths where length <= plain.count {
            if badLinks.contains(Array(plain.prefix(length))) { return true }
        }
        return false
    }

    private static func withoutScheme(_ url: [UInt8]) -> [UInt8] {
        for scheme in ["http://", "https://"] where url.starts(with: scheme.utf8) {
            return Array(url.dropFirst(scheme.utf8.count))
        }
        return url
    }
}
