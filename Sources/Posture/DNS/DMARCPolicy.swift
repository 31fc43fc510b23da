package import MailTypes

/// A DMARC record (RFC 7489 §6.3).
package struct DMARCPolicy: Sendable, Hashable {
    package enum Disposition: String, Sendable, Hashable {
        case none, quarantine, reject
    }

    package var policy: Disposition?
    package var subdomainPolicy: Disposition?
    package var percent: Int
    /// Domains of the mailboxes that aggregate reports go to.
    package var reportDomains: [DomainName]
    package var reportsFailures: Bool
    package var problems: [String]

    /// Mailboxes that are looked at: receivers send to two at most.
    static let maximumReports = 10

    package init(_ record: [UInt8]) {
        let tags = TagList(record)
        problems = tags.problems
        policy = tags["p"].flatMap { Disposition(rawValue: ASCII.lowercased($0)) }
        if policy == nil {
            problems.append(tags["p"] == nil ? "there is no p=" : "p= is neither none, quarantine nor reject")
        }
        subdomainPolicy = tags["sp"].flatMap { Disposition(rawValue: ASCII.lowercased($0)) }
        if tags["sp"] != nil, subdomainPolicy == nil { problems.append("sp= is neither none, quarantine nor reject") }
        percent = 100
        if let text = tags["pct"] {
            if let value = Int(text), (0...100).contains(value) {
                percent = value
            } else {
                problems.append("pct= is not 0 to 100")
            }
        }
        for name in ["adkim", "aspf"] {
            if let mode = tags[name], mode != "r", mode != "s" { problems.append("\(name)= is neither r nor s") }
        }
        reportsFailures = tags["ruf"] != nil
        reportDomains = []
        for part in (tags["rua"] ?? "").split(separator: ",").prefix(Self.maximumReports) {
            var text = String(decoding: Array(TagList.trimmed(Array(part.utf8))), as: UTF8.self)
            guard ASCII.lowercased(text).hasPrefix("mailto:") else {
                problems.append("rua= holds what is no mailto: address")
                continue
            }
            text = String(text.dropFirst(7).prefix { $0 != "!" })
            guard let domain = EmailAddress(text)?.domain.name else {
                problems.append("rua= holds an address that is none")
                continue
            }
            if !reportDomains.contains(domain) { reportDomains.append(domain) }
        }
    }

    /// The records among TXT records that are DMARC's.
    package static func records(_ texts: [[UInt8]]) -> [[UInt8]] { texts.filter { TagList.isVersion("DMARC1", $0) } }

    /// Domains that have to say that they want the reports: those that are not the domain's own.
    package func foreignReportDomains(of domain: DomainName, record owner: DomainName) -> [DomainName] {
        reportDomains.filter { target in
            ![domain, owner].contains { target.isEqualToOrBelow($0) || $0.isEqualToOrBelow(target) }
        }
    }
}
