import MailTypes

/// The stable name of a check: `RELAY-01`. It never changes its meaning; a retired one is not used again.
package struct CheckID: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let description: String

    /// Two to eight capital letters, a hyphen, two digits. Small letters are taken, too.
    package init?(_ text: String) {
        let upper = text.utf8.map { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) ? $0 & 0xdf : $0 }
        let parts = upper.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count == 2, (2...8).contains(parts[0].count), parts[1].count == 2,
            parts[0].allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }),
            parts[1].allSatisfy(ASCII.isDigit)
        else { return nil }
        description = String(decoding: upper, as: UTF8.self)
    }

    package init(_ group: CheckGroup, _ number: Int) {
        description = group.rawValue + (number < 10 ? "-0" : "-") + String(number)
    }

    /// The part before the hyphen.
    package var group: CheckGroup? {
        CheckGroup(rawValue: description.split(separator: "-").first.map(String.init) ?? "")
    }

    package static func < (a: CheckID, b: CheckID) -> Bool { a.description < b.description }
}

/// What a check is about: the first part of its name.
package enum CheckGroup: String, Sendable, Hashable, CaseIterable {
    case firewall = "FW"
    case relay = "RELAY"
    case accounts = "ACC"
    case passwords = "PW"
    case mta = "MTA"
    case exchange = "EXC"
    case dns = "DNS"
    case listings = "LST"
    case egress = "EGR"
    case logs = "LOG"
    case queue = "QUEUE"
}

/// One verifiable statement about a server, as `--explain` tells it.
package struct Check: Sendable, Hashable {
    package var id: CheckID
    /// The statement that holds if the check passes.
    package var title: String
    package var why: String
    package var verified: String
    package var remedies: [Remedy]
    package var reference: String

    /// What to do on one system.
    package struct Remedy: Sendable, Hashable {
        package var system: String
        package var text: String
    }

    init(
        _ group: CheckGroup, _ number: Int, _ title: String, why: String, verified: String,
        remedies: KeyValuePairs<String, String>, reference: String
    ) {
        id = CheckID(group, number)
        self.title = title
        self.why = why
        self.verified = verified
        self.remedies = remedies.map { Remedy(system: $0.key, text: $0.value) }
        self.reference = reference
    }

    /// For `--explain`.
    package var explanation: String {
        var text = "\(id): \(title)\n\nWhy: \(why)\n\nHow it is verified: \(verified)\n\nRemedy:\n"
        for remedy in remedies { text += "  \(remedy.system): \(remedy.text)\n" }
        return text + "\nReference: \(reference)\n"
    }
}
