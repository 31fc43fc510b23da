import Foundation
import MailTypes
package import Posture

/// The group MTA: configurations of mail servers and listening sockets of this host, or of a folder.
package struct MTAGroup: AuditGroup {
    /// Ports that the world reaches under another number: inside → outside.
    package var published: [Int: Int] = [:]

    package init(published: [Int: Int] = [:]) { self.published = published }

    package var group: CheckGroup { .mta }

    /// Where this host has them; the first place that is there.
    package var sources: [FactSource] {
        let exim = HostCommand.path(of: "exim4") != nil ? "exim4" : "exim"
        let smtpd = Self.first(["/etc/smtpd.conf", "/etc/opensmtpd/smtpd.conf", "/etc/mail/smtpd.conf"])
        return [
            .command("postconf", "-n", as: Self.name(.postconfChanged)),
            .command("postconf", "-M", as: Self.name(.postconfServices)),
            .command("postconf", as: Self.name(.postconfAll)),
            .file("/etc/postfix/main.cf", as: Self.name(.mainCF)),
            .file("/etc/postfix/master.cf", as: Self.name(.masterCF)),
            .command(exim, "-bP", as: Self.name(.eximValues)),
            .command(exim, "-bP", "config", as: Self.name(.eximFile)),
            .command(exim, "-bV", as: Self.name(.eximVersion)),
            .command("dpkg-query", "-W", "-f", "${Version}", "exim4-base", as: Self.name(.eximPackage)),
            .file(smtpd, as: Self.name(.openSMTPD)),
            .file("/etc/mail/sendmail.cf", as: Self.name(.sendmailCF)),
            .file("/etc/mail/sendmail.mc", as: Self.name(.sendmailMC)),
            .file("/etc/mail/access", as: Self.name(.sendmailAccess)),
            .file("/etc/mail/relay-domains", as: Self.name(.sendmailRelayDomains)),
            .command("doveconf", "-n", as: Self.name(.doveconf)),
            .command("cat", "/proc/net/tcp", "/proc/net/tcp6", as: Self.name(.listening)),
            .file("/etc/resolv.conf", as: Self.name(.resolver)),
            .command("ls", "/.dockerenv", "/run/.containerenv", as: Self.name(.container)),
            .command("cat", "/proc/net/route", as: Self.name(.routes)),
        ]
    }

    private static func name(_ part: MTAFacts.Part) -> String { "mta/" + part.rawValue }

    private static func first(_ paths: [String]) -> String {
        paths.first { FileManager.default.fileExists(atPath: $0) } ?? paths[0]
    }

    package func findings(_ request: AuditRequest) async throws -> [Finding] {
        var facts = Self.facts(request.facts, target: request.target)
        facts.published = published
        let wanted = facts.wantedTables
        switch request.origin {
        case .host: facts.tables = await FactGatherer.onThread { Self.tables(wanted) }
        case .folder:
            // By their whole path, or by their last name, as people put them there.
            for path in wanted {
                guard let name = path.split(separator: "/").last else { continue }
                let text = request.facts.text(Self.tables + path) ?? request.facts.text("\(Self.tables)/\(name)")
                if let text { facts.tables[path] = text }
            }
        }
        return MTAChecks.findings(facts)
    }

    /// From what was gathered.
    package static func facts(_ collected: CollectedFacts, target: String) -> MTAFacts {
        var facts = MTAFacts(target: target)
        for part in MTAFacts.Part.allCases {
            switch collected[name(part)] {
            case .content(let bytes)?:
                let label =
                    part == .listening ? "/proc/net/tcp" : part.rawValue.split(separator: "/").last.map(String.init)
                guard bytes.count <= MTAFacts.maximumText else {
                    facts.problems.append("\(name(part)) is larger than \(MTAFacts.maximumText >> 20) MiB")
                    continue
                }
                guard !bytes.allSatisfy({ $0 == 0x0a || $0 == 0x20 }) else { continue }
                facts.parts[part] = .init(name: label ?? part.rawValue, text: MTADecoding.text(bytes))
            case .missing(let reason)?: facts.problems.append("\(name(part)): \(reason)")
            case nil: break
            }
        }
        return facts
    }

    /// Where a folder has them.
    private static let tables = "mta/tables"

    /// The files that the configurations' lists are read from, to be put beside them: a folder is then judged as the host is.
    package static func tableFacts(_ collected: CollectedFacts) async -> CollectedFacts {
        let wanted = facts(collected, target: "").wantedTables
        let texts = await FactGatherer.onThread { Self.tables(wanted) }
        var facts = CollectedFacts()
        for (path, text) in texts { facts[tables + path] = .content(Array(text.utf8)) }
        return facts
    }

    /// The text of files that lists are read from; bounded, regular files only.
    package static func tables(_ paths: [String]) -> [String: String] {
        var tables: [String: String] = [:]
        var left = MTAFacts.maximumText * 4
        for path in paths {
            guard case .content(let bytes) = FactGatherer.file(path), bytes.count <= MTAFacts.maximumText,
                bytes.count <= left
            else { continue }
            left -= bytes.count
            tables[path] = MTADecoding.text(bytes)
        }
        return tables
    }
}

/// UTF-8, or UTF-16 with its mark: what a configuration from Windows comes in.
enum MTADecoding {
    static func text(_ bytes: [UInt8]) -> String {
        if bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff]) {
            let isLittle = bytes[0] == 0xff
            var units: [UInt16] = []
            units.reserveCapacity(bytes.count / 2)
            for index in stride(from: 2, to: bytes.count - 1, by: 2) {
                let (a, b) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
                units.append(isLittle ? b << 8 | a : a << 8 | b)
            }
            return String(decoding: units, as: UTF16.self)
        }
        return String(
            decoding: bytes.starts(with: [0xef, 0xbb, 0xbf]) ? bytes.dropFirst(3) : bytes[...], as: UTF8.self)
    }
}
