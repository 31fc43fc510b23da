import MailTypes
package import Posture

/// The accounts of one file, and where they are from.
package struct AccountExport: Sendable {
    package var name: String
    package var format: AccountReader.Format
    package var accounts: [Account]

    /// - Parameter format: `nil`: it is recognised.
    package static func read(
        _ name: String, _ bytes: [UInt8], _ format: AccountReader.Format? = nil
    ) throws(AuditError) -> AccountExport {
        guard let format = format ?? AccountReader.guess(bytes) else {
            throw AuditError(.input, "\(name): say what it is, as passwd=\(name)")
        }
        do throws(PostureError) {
            return AccountExport(name: name, format: format, accounts: try AccountReader.read(bytes, format))
        } catch {
            throw AuditError(.input, "\(name): \(error)")
        }
    }

    /// Joins passwd and shadow, when both are there.
    package static func merged(_ exports: [AccountExport]) -> [AccountExport] {
        var exports = exports
        if let passwd = exports.firstIndex(where: { $0.format == .passwd }),
            let shadow = exports.firstIndex(where: { $0.format == .shadow })
        {
            exports[passwd].accounts = AccountReader.merged(
                passwd: exports[passwd].accounts, shadow: exports[shadow].accounts)
            exports.remove(at: shadow)
        }
        return exports
    }
}

/// The accounts of a host, out of what it tells.
package enum AccountFacts {
    package static let sources: [FactSource] = [
        .file("/etc/passwd", as: "accounts/passwd"),
        // Who is locked, without the hashes.
        .command("passwd", "-S", "-a", as: "accounts/passwd-status"),
        .command("lastlog", as: "accounts/lastlog"),
        .command("doveadm", "user", "*", as: "accounts/doveadm-user"),
        .file("/etc/shadow", as: "hashes/shadow", isSecret: true),
        .file("/etc/dovecot/users", as: "hashes/dovecot-users", isSecret: true),
        .file("/etc/dovecot/passwd", as: "hashes/dovecot-passwd", isSecret: true),
        .command("pdbedit", "-L", "-w", as: "hashes/pdbedit", isSecret: true),
    ]

    private static let formats: [String: AccountReader.Format] = [
        "accounts/passwd": .passwd, "accounts/doveadm-user": .doveadm, "hashes/shadow": .shadow,
        "hashes/dovecot-users": .dovecot, "hashes/dovecot-passwd": .dovecot, "hashes/pdbedit": .samba,
    ]

    /// What tells of accounts, and is none: states, and last logins (also of `lslogins`, in folders made by hand).
    private static let notAccounts: Set<String> = [
        "accounts/passwd-status", "accounts/lastlog", "accounts/lastlog2", "accounts/lslogins",
    ]

    /// All exports in the folders `accounts` and `hashes`; other files there are recognised.
    package static func exports(_ facts: CollectedFacts) throws(AuditError) -> [AccountExport] {
        var exports: [AccountExport] = []
        for name in facts.names(under: "accounts") + facts.names(under: "hashes")
        where !notAccounts.contains(name) {
            guard let bytes = facts.content(name), bytes.contains(where: { $0 > 0x20 }) else { continue }
            exports.append(try AccountExport.read(name, bytes, formats[name]))
        }
        exports = AccountExport.merged(exports)
        if let passwd = exports.firstIndex(where: { $0.format == .passwd }),
            let text = facts.text("accounts/passwd-status")
        {
            let states = states(text)
            for index in exports[passwd].accounts.indices where exports[passwd].accounts[index].stored == nil {
                switch states[exports[passwd].accounts[index].name] {
                case "L"?: exports[passwd].accounts[index].isEnabled = false
                case "P"?: exports[passwd].accounts[index].isEnabled = true
                case "NP"?:
                    exports[passwd].accounts[index].isEnabled = true
                    exports[passwd].accounts[index].needsNoPassword = true
                default: break
                }
            }
        }
        if let passwd = exports.firstIndex(where: { $0.format == .passwd }) {
            for name in ["accounts/lastlog", "accounts/lastlog2", "accounts/lslogins"] {
                if let text = facts.text(name) { LastLogins.merge(text, into: &exports[passwd].accounts) }
            }
        }
        return exports
    }

    /// Lines of `passwd -S -a`: name, L or NP or P, and dates.
    private static func states(_ text: String) -> [String: String] {
        var states: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 2)
            if words.count >= 2 { states[String(words[0])] = String(words[1]) }
        }
        return states
    }
}
