package import ContentAnalysis
package import MTAControl
import MailTypes
import MessageFormat

extension MessageSummary {
    /// Reads and judges a message.
    package init(_ message: QueuedMessage, by model: borrowing ContentModel) {
        let parsed = MessageReader.read(message.content)
        let sample = ContentSample(parsed)
        id = message.id
        place = message.place
        isHeld = message.isHeld
        identity = MessageIdentity(message)
        size = ByteCount(message.content.count)
        textSize = ByteCount(parsed.text.isEmpty ? parsed.htmlText.count : parsed.text.count)
        let left = message.left
        self.left = left.count
        done = message.recipients.count - left.count
        domains = Array(Set(left.map(Self.domain))).sorted()
        let subject = SafeText.printable(bytes: parsed.header.subject, limit: Bounds.subject)
        self.subject = subject
        origin = Self.origin(message, parsed.header)
        var hosts: [String] = []
        for url in parsed.urls where !url.host.isEmpty && hosts.count < Bounds.hosts {
            let host = SafeText.ascii(String(decoding: url.host, as: UTF8.self), limit: 100)
            if !hosts.contains(host) { hosts.append(host) }
        }
        self.hosts = hosts
        logOdds = model.logOdds(sample)
        fingerprint = CampaignFingerprint(sample)
        short = fingerprint == nil ? ShortText(parsed) : nil
        carries = CarriedText.signs(
            in: parsed, sender: message.sender, recipients: message.recipients.map(\.address))
    }

    private static func domain(_ address: String) -> String {
        guard let at = address.lastIndex(of: "@") else { return "" }
        return ASCII.lowercased(SafeText.printable(String(address[address.index(after: at)...]), limit: 255))
    }

    private static func origin(_ message: QueuedMessage, _ header: MessageHeader) -> Origin {
        func safe(_ text: String?) -> String? { text.map { SafeText.printable($0, limit: Bounds.name) } }
        var origin = Origin(
            account: safe(message.origin.account), client: safe(message.origin.client),
            user: safe(message.origin.user.flatMap { $0 == "root" ? nil : $0 }))
        if let script = header.first("x-php-originating-script") ?? header.first("x-php-script") {
            origin.script = SafeText.printable(bytes: script.value, limit: Bounds.name)
        }
        // Postfix: `by host (Postfix, from userid 33)`.
        if origin.client == nil, let received = header.first("received") {
            let text = String(decoding: received.value, as: UTF8.self)
            if let mark = text.range(of: "from userid ") {
                let digits = text[mark.upperBound...].prefix { $0.isASCII && $0.isNumber }
                if digits.count <= 10, digits != "0", !digits.isEmpty { origin.user = "uid " + digits }
            }
        }
        return origin
    }
}

extension String {
    /// The first place of a text, without Foundation.
    fileprivate func range(of text: String) -> Range<String.Index>? {
        let wanted = Array(text.utf8)
        let bytes = Array(utf8)
        guard bytes.count >= wanted.count else { return nil }
        for start in 0...(bytes.count - wanted.count) where bytes[start..<(start + wanted.count)].elementsEqual(wanted)
        {
            let from = utf8.index(utf8.startIndex, offsetBy: start)
            return from..<utf8.index(from, offsetBy: wanted.count)
        }
        return nil
    }
}
