import MailTypes

/// A Sendmail's configuration: what sendmail.cf says, and sendmail.mc where that is missing.
struct SendmailConfiguration: Sendable {
    struct Value: Sendable, Hashable {
        var text: String
        var place: String
    }

    struct Daemon: Sendable, Hashable {
        var port: Int
        var address: String?
        var modifiers: String
        var hasFilter: Bool?
        var place: String
    }

    /// FEATUREs by their name.
    private(set) var features: [String: Value] = [:]
    private(set) var options: [String: Value] = [:]
    /// Members of the class R, by which mail is relayed.
    private(set) var relayed: [Value] = []
    private(set) var trustedMechanisms: [String] = []
    private(set) var daemons: [Daemon] = []
    /// There is a rule that says “Relaying denied”.
    private(set) var refusesRelaying = false
    private(set) var luserRelay: Value?
    private(set) var version: String?
    /// sendmail.cf was read.
    private(set) var isWhole = false
    /// Of the access table: key and value.
    private(set) var access: [(key: String, value: String, place: String)] = []

    private static let maximumRows = 500_000

    init(_ facts: MTAFacts) throws(PostureError) {
        if let cf = facts[.sendmailCF] { try readCF(cf) }
        if let mc = facts[.sendmailMC] { try readMC(mc) }
        if let table = facts[.sendmailAccess] { try readAccess(table) }
        if let domains = facts[.sendmailRelayDomains] {
            for (number, line) in MTAText.lines(domains.text) {
                let entry = MTAText.trimmed(line.prefix { $0 != "#" })
                guard !entry.isEmpty else { continue }
                guard relayed.count < Self.maximumRows else { throw PostureError(line: number, "too many domains") }
                relayed.append(Value(text: entry, place: "\(domains.name) line \(number)"))
            }
        }
    }

    private mutating func readCF(_ source: MTAFacts.Source) throws(PostureError) {
        guard source.text.utf8.count <= MTAFacts.maximumText else { throw PostureError("\(source.name) is too large") }
        var rules = 0
        for (number, line) in MTAText.lines(source.text) {
            let place = "\(source.name) line \(number)"
            if line.hasPrefix("#") {
                // m4 leaves each file's mark: `#####  $Id: promiscuous_relay.m4,v …`.
                if let mark = line.firstRange(of: "$Id: "), let end = line.firstRange(of: ".m4"),
                    mark.upperBound < end.lowerBound
                {
                    let name = String(line[mark.upperBound..<end.lowerBound])
                    if features[name] == nil { features[name] = Value(text: name, place: place) }
                }
                continue
            }
            if line.contains("Relaying denied"), line.hasPrefix("R") { refusesRelaying = true }
            if line.hasPrefix("R") || line.hasPrefix("S") { rules += 1 }
            if line.hasPrefix("O "), let (name, value) = MTAText.pair(line.dropFirst(2), "=") {
                if name == "DaemonPortOptions" {
                    daemons.append(try daemon(value, place, number))
                } else {
                    options[name] = Value(text: value, place: place)
                }
            } else if line.hasPrefix("CR") || line.hasPrefix("C{R}") {
                for word in line.dropFirst(line.hasPrefix("CR") ? 2 : 4).split(separator: " ") {
                    relayed.append(Value(text: String(word), place: place))
                }
            } else if line.hasPrefix("C{TrustAuthMech}") {
                trustedMechanisms += line.dropFirst("C{TrustAuthMech}".count).split(separator: " ").map(String.init)
            } else if line.hasPrefix("DL"), line.count > 2 {
                luserRelay = Value(text: MTAText.trimmed(line.dropFirst(2)), place: place)
            } else if line.hasPrefix("DZ") {
                version = String(line.dropFirst(2).prefix { $0 != "/" })
            }
        }
        guard rules > 0, !options.isEmpty else {
            throw PostureError("\(source.name) is no sendmail.cf: it has no rules or no options")
        }
        isWhole = true
        if daemons.isEmpty {
            daemons = [
                Daemon(port: 25, address: nil, modifiers: "", hasFilter: nil, place: "default: DaemonPortOptions")
            ]
        }
    }

    private static let ports = ["smtp": 25, "submission": 587, "smtps": 465, "submissions": 465]

    /// `Family=inet, Name=MTA, Port=smtp, Addr=127.0.0.1, M=Ea`: the first letter of each name counts.
    private func daemon(_ text: String, _ place: String, _ line: Int) throws(PostureError) -> Daemon {
        var daemon = Daemon(port: 25, address: nil, modifiers: "", hasFilter: nil, place: place)
        for part in text.split(separator: ",") {
            guard let (name, value) = MTAText.pair(part, "="), let letter = name.first else { continue }
            switch letter {
            case "P", "p":
                guard let port = Int(value) ?? Self.ports[ASCII.lowercased(value)] else {
                    throw PostureError(line: line, "the port \(SafeText.printable(value)) is not known")
                }
                daemon.port = port
            case "A", "a": daemon.address = value
            case "M", "m": daemon.modifiers = value
            case "I", "i": daemon.hasFilter = !value.isEmpty
            default: break
            }
        }
        return daemon
    }

    private mutating func readMC(_ source: MTAFacts.Source) throws(PostureError) {
        guard source.text.utf8.count <= MTAFacts.maximumText else { throw PostureError("\(source.name) is too large") }
        for (number, line) in MTAText.lines(source.text) {
            let text = MTAText.trimmed(line)
            if text.hasPrefix("dnl") || text.hasPrefix("#") { continue }
            guard let start = text.firstRange(of: "FEATURE(") else { continue }
            let name = text[start.upperBound...].drop { $0 == "`" || $0 == " " }.prefix {
                $0.isLetter || $0.isNumber || $0 == "_"
            }
            if features[String(name)] == nil {
                features[String(name)] = Value(text: String(name), place: "\(source.name) line \(number)")
            }
        }
    }

    private mutating func readAccess(_ source: MTAFacts.Source) throws(PostureError) {
        guard source.text.utf8.count <= MTAFacts.maximumText else { throw PostureError("\(source.name) is too large") }
        for (number, line) in MTAText.lines(source.text) {
            let text = MTAText.trimmed(line)
            if text.isEmpty || text.hasPrefix("#") { continue }
            guard let blank = text.firstIndex(where: { $0 == " " || $0 == "\t" }) else {
                throw PostureError(line: number, "\(source.name): no key and value")
            }
            guard access.count < Self.maximumRows else {
                throw PostureError(line: number, "\(source.name) is too long")
            }
            access.append((String(text[..<blank]), MTAText.trimmed(text[blank...]), "\(source.name) line \(number)"))
        }
    }
}
