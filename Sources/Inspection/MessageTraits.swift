package import ContentAnalysis
package import Detection
package import MailTypes
package import MessageFormat

/// What a message shows by itself, whoever sends it: the part of a submission's event that needs its bytes. One way for
/// the gateway and for replay.
package struct MessageTraits: Sendable {
    package var contentLogOdds: Double
    package var fingerprint: CampaignFingerprint?
    package var client: ClientTraits
    package var thread: ThreadTraits
    package var links: [UInt64]
    package var bulk: BulkMark
    package var size: ByteCount

    /// - Parameter customer: whose mail it is, where that may matter to the scoring.
    package init(
        _ message: ParsedMessage, scoring: any ContentScoring, hash: KeyedHash, customer: CustomerID? = nil
    ) {
        let sample = ContentSample(message)
        // In an answer what counts is what was written anew: the quoted mail of an honest correspondent must not cover it.
        contentLogOdds = scoring.logOdds(sample, of: customer)
        let fresh = Self.withoutQuotes(sample.text)
        if fresh.count < sample.text.count {
            var own = sample
            own.text = fresh
            // So must the subject and the references that came with it.
            own.fields.removeAll { field in Self.borrowed.contains(field.name) }
            contentLogOdds = max(contentLogOdds, scoring.logOdds(own, of: customer))
        }
        fingerprint = CampaignFingerprint(sample)
        let header = message.header
        let from = header.from.first
        client = ClientTraits(
            program: Self.program(header, hash), zone: Self.zone(header.date), format: Self.format(message),
            from: from?.address.map(hash.hash) ?? 0,
            fromName: from.map { $0.displayName.isEmpty ? 0 : hash.hash($0.displayName) } ?? 0)
        var replies: [UInt64] = []
        for id in header.inReplyTo.prefix(2) + header.references.suffix(ThreadTraits.limit).reversed() {
            let value = hash.hash(id)
            if replies.count < ThreadTraits.limit, !replies.contains(value) { replies.append(value) }
        }
        thread = ThreadTraits(id: header.messageID.isEmpty ? 0 : hash.hash(header.messageID), repliesTo: replies)
        links = Self.links(message, hash)
        bulk = header.hasOneClickUnsubscribe ? .oneClick : header.hasListUnsubscribe ? .list : .none
        size = message.size
    }

    /// A delivery report (RFC 3464) quotes mail that somebody else wrote: when spam is refused, the customer's server sends
    /// it back to its sender by way of us, and must not be taken for its author. Such a message never becomes suspect by its
    /// text, and belongs to no campaign; how many there are, and to whom, counts as ever.
    mutating func disregardWhatReportsQuote(_ message: ParsedMessage) {
        guard message.parts.first?.contentType == Array("multipart/report".utf8) else { return }
        contentLogOdds = min(contentLogOdds, 0)
        fingerprint = nil
        links = []
    }

    /// The program's name without its version, which changes with every update; 0 if it does not name itself.
    private static func program(_ header: MessageHeader, _ hash: KeyedHash) -> UInt64 {
        guard let field = header.first("user-agent") ?? header.first("x-mailer") else { return 0 }
        let name = field.decoded.prefix(64).prefix { !(0x30...0x39 ~= $0) && $0 != UInt8(ascii: "/") }
        let trimmed = name.filter { $0 > 0x20 }.map { 0x41...0x5a ~= $0 ? $0 | 0x20 : $0 }
        return trimmed.isEmpty ? hash.hash(Array(field.decoded.prefix(64))) : hash.hash(trimmed)
    }

    /// Minutes east of UTC by the last `+hhmm` or `-hhmm` of a Date field (RFC 5322 §3.3).
    static func zone(_ date: [UInt8]) -> Int16? {
        let text = date.prefix(128)
        guard
            let sign = text.indices.last(where: {
                (text[$0] == UInt8(ascii: "+") || text[$0] == UInt8(ascii: "-")) && $0 + 4 < text.endIndex
            })
        else { return nil }
        var value: Int16 = 0
        for index in (sign + 1)...(sign + 4) {
            guard 0x30...0x39 ~= text[index] else { return nil }
            value = value * 10 + Int16(text[index] - 0x30)
        }
        guard value <= 2359 else { return nil }
        let minutes = value / 100 * 60 + value % 100
        return text[sign] == UInt8(ascii: "-") ? -minutes : minutes
    }

    private static func format(_ message: ParsedMessage) -> ClientTraits.Format {
        if message.parts.contains(where: \.isAttachment) { return .attachments }
        let hasText = !message.text.isEmpty
        let hasHTML = !message.html.isEmpty
        return hasText && hasHTML ? .alternative : hasHTML ? .html : .plain
    }

    /// Fields that an answer takes over from the mail it answers.
    private static let borrowed: Set<[UInt8]> = [
        Array("subject".utf8), Array("in-reply-to".utf8), Array("references".utf8), Array("thread-topic".utf8),
        Array("thread-index".utf8), Array("to".utf8), Array("cc".utf8),
    ]

    /// The lines that are not quoted, without the line that introduces a quotation.
    static func withoutQuotes(_ text: [UInt8]) -> [UInt8] {
        guard hasQuotedLine(text) else { return text }
        var out: [UInt8] = []
        var lastLine = 0
        var hasQuote = false
        for line in text.split(separator: 0x0a, omittingEmptySubsequences: false) {
            if line.first == UInt8(ascii: ">") {
                // "On …, … wrote:"
                if !hasQuote, out[lastLine...].contains(UInt8(ascii: ":")) { out.removeLast(out.count - lastLine) }
                hasQuote = true
                continue
            }
            if !line.isEmpty { lastLine = out.count }
            out += line + [0x0a]
            if !line.isEmpty { hasQuote = false }
        }
        return hasQuote || out.count < text.count ? out : text
    }

    /// Most mail has none, and is not to be copied.
    private static func hasQuotedLine(_ text: [UInt8]) -> Bool {
        var rest = text[...]
        while let mark = rest.firstIndex(of: UInt8(ascii: ">")) {
            if mark == text.startIndex || text[mark - 1] == 0x0a { return true }
            rest = rest[(mark + 1)...]
        }
        return false
    }

    private static func links(_ message: ParsedMessage, _ hash: KeyedHash) -> [UInt64] {
        var links: [UInt64] = []
        for url in message.urls.prefix(64) where !url.host.isEmpty && links.count < SubmissionEvent.linkLimit {
            let value = hash.hash(registered(url.host))
            if !links.contains(value) { links.append(value) }
        }
        return links
    }

    /// Registered domains of links, each once.
    static func linkDomains(_ message: ParsedMessage) -> [DomainName] {
        var domains: [DomainName] = []
        for url in message.urls.prefix(64) where !url.host.isEmpty && domains.count < SubmissionEvent.linkLimit {
            guard let domain = DomainName(String(decoding: registered(url.host), as: UTF8.self)),
                !domains.contains(domain)
            else { continue }
            domains.append(domain)
        }
        return domains
    }

    /// About the registered domain: two labels, or three where the second is a short one under a country (`co.uk`).
    static func registered(_ host: [UInt8]) -> [UInt8] {
        let labels = host.split(separator: UInt8(ascii: "."))
        guard labels.count > 2, let last = labels.last else { return host }
        if last.allSatisfy({ 0x30...0x39 ~= $0 }) { return host }
        let isCountry = last.count == 2 && labels[labels.count - 2].count <= 3
        return Array(labels.suffix(isCountry ? 3 : 2).joined(separator: [UInt8(ascii: ".")]))
    }
}

extension SubmissionEvent {
    /// The event of a message with these traits.
    package init(
        id: SubmissionID, time: Timestamp, identity: SubmissionIdentity, envelope: Envelope, traits: MessageTraits,
        campaign: CampaignSighting?, senderIsBound: Bool, heloName: String, hash: KeyedHash
    ) {
        self.init(
            id: id, time: time, identity: identity, contentLogOdds: traits.contentLogOdds, campaign: campaign,
            recipients: envelope.recipients.map { hash.hash($0.address) }, sender: hash.hash(envelope.sender),
            senderIsBound: senderIsBound, helo: hash.hash(Array(ASCII.lowercased(heloName).utf8)), size: traits.size,
            senderDomain: envelope.sender.address.map {
                hash.hash(MessageTraits.registered(Array(ASCII.lowercased($0.domain.description).utf8)))
            } ?? 0,
            client: traits.client, thread: traits.thread, links: traits.links, bulk: traits.bulk)
    }
}

extension CampaignIndex {
    /// Counts a message in its campaign.
    package mutating func sighting(of traits: MessageTraits, at time: Timestamp) -> CampaignSighting? {
        traits.fingerprint.map { fingerprint in
            let sighting = sight(fingerprint, at: time)
            return CampaignSighting(
                campaign: sighting.campaign, earlier: sighting.earlier, firstSeen: sighting.firstSeen)
        }
    }
}
