import MailTypes

/// One of OpenSMTPD's envelope files: `name: value` lines, one file a recipient (smtpd's `envelope.c`).
struct OpenSMTPDEnvelope {
    struct Malformed: Error {
        var reason: String
    }

    private(set) var arrival = Timestamp.distantPast
    private(set) var sender = ""
    private(set) var recipient = ""
    private(set) var origin = QueuedMessage.Origin()

    init(_ bytes: [UInt8]) throws(Malformed) {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Malformed(reason: "it is no UTF-8") }
        var fields: [String: String] = [:]
        for line in text.split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":") else { throw Malformed(reason: "a line without a name") }
            fields[String(line[..<colon])] = String(line[line.index(after: colon)...].drop { $0 == " " })
        }
        guard let version = fields["version"].flatMap({ Int($0) }), (1...9).contains(version) else {
            throw Malformed(reason: "no version that is known")
        }
        guard let seconds = fields["ctime"].flatMap({ Int64($0) }), (0..<(1 << 40)).contains(seconds) else {
            throw Malformed(reason: "no time")
        }
        guard let sender = fields["sender"], let recipient = fields["dest"] ?? fields["rcpt"],
            recipient.utf8.count <= 4096,
            sender.utf8.count <= 4096, !recipient.isEmpty
        else { throw Malformed(reason: "no sender or recipient") }
        arrival = Timestamp(seconds: seconds)
        // A bounce's is an address without its parts.
        self.sender = sender == "@" ? "" : sender
        self.recipient = recipient
        if let name = fields["username"], !name.isEmpty { origin.account = name }
        if let address = fields["sockaddr"], address != "local", !address.isEmpty {
            origin.client = address.hasPrefix("IPv6:") ? String(address.dropFirst(5)) : address
        }
    }
}
