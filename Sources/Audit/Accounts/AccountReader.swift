import Foundation
import MailTypes
package import Posture

/// Reads accounts from exports. Anything that does not fit is an error with its line, never passed over.
package enum AccountReader {
    package enum Format: String, Sendable, CaseIterable {
        case passwd, shadow, dovecot, htpasswd, ldif, csv, json, samba, doveadm
        /// Properties as `Format-List` shows them.
        case list
    }

    /// Accounts in one export.
    static let maximumAccounts = 2_000_000
    static let maximumLine = 1 << 20

    /// Reads an export in a known format.
    package static func read(_ bytes: [UInt8], _ format: Format) throws(PostureError) -> [Account] {
        let text = try AccountText.decode(bytes)
        switch format {
        case .passwd, .shadow, .dovecot, .htpasswd: return try colons(text, format)
        case .ldif: return try LDIFReader.read(text)
        case .csv: return try CSVAccounts.read(text)
        case .json: return try JSONAccounts.read(text)
        case .list: return try ListAccounts.read(text)
        case .samba: return try SambaAccounts.read(text)
        case .doveadm: return try DoveadmAccounts.read(text)
        }
    }

    /// The format that a file's beginning shows; `nil` if it could be several.
    package static func guess(_ bytes: [UInt8]) -> Format? {
        // Whole lines: a letter must not be cut in half.
        let head = bytes.prefix(65_536)
        let end = bytes.count > head.count ? head.lastIndex(of: 0x0a).map { $0 + 1 } ?? head.count : head.count
        guard let text = (try? AccountText.decode(Array(head))) ?? (try? AccountText.decode(Array(head[..<end]))) else {
            return nil
        }
        guard let line = AccountText.lines(text).first(where: { !$0.text.isEmpty && !$0.text.hasPrefix("#") })?.text
        else {
            return nil
        }
        if line.hasPrefix("[") || line.hasPrefix("{") && !line.contains("}") { return .json }
        if text.contains("Unix username:") { return .samba }
        if ListAccounts.isList(line) { return .list }
        if line.hasPrefix("+--") || line.contains(" | ") { return .csv }
        if line.hasPrefix("dn:") || line.hasPrefix("version:") { return .ldif }
        let fields = line.split(separator: ":", omittingEmptySubsequences: false)
        if line.hasPrefix("passdb:") { return .doveadm }
        if fields.count >= 6, fields[4].hasPrefix("["), fields[4].hasSuffix("]") { return .samba }
        if fields.count == 2, !line.contains(",") { return .htpasswd }
        if fields.count == 9, fields[2].allSatisfy(\.isNumber) { return .shadow }
        // master.passwd of the BSDs: class, change and expire between gid and gecos.
        if fields.count == 10, Int(fields[2]) != nil, Int(fields[5]) != nil { return .passwd }
        if fields.count == 7, fields[1] == "x" || fields[1] == "*" || fields[1] == "!" { return .passwd }
        if fields.count >= 7 { return .dovecot }
        return line.contains(",") || line.contains(";") ? .csv : nil
    }

    /// passwd(5), shadow(5), Dovecot's passwd-file, htpasswd: fields between colons.
    private static func colons(_ text: String, _ format: Format) throws(PostureError) -> [Account] {
        var accounts: [Account] = []
        for (number, line) in AccountText.lines(text) {
            if line.isEmpty || line.hasPrefix("#") { continue }
            guard line.utf8.count <= maximumLine else { throw PostureError(line: number, "longer than 1 MiB") }
            let fields = line.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            let isWhole =
                switch format {
                case .passwd: fields.count == 7 || fields.count == 10
                case .shadow: fields.count == 9
                case .htpasswd: fields.count == 2
                default: fields.count >= 1
                }
            guard isWhole, let name = fields.first, !name.isEmpty else {
                throw PostureError(line: number, "\(fields.count) fields: this is no line of \(format.rawValue)")
            }
            var account = Account(name: name, line: number)
            account.stored = fields.count > 1 ? fields[1] : ""
            if format == .passwd || format == .dovecot {
                account.uid = fields.count > 2 ? Int(fields[2]) : nil
                let gecos = format == .passwd && fields.count == 10 ? 7 : 4
                account.fullName = fields.count > gecos ? fields[gecos].replacing(",", with: " ") : ""
                if fields.count > 6, format == .passwd { account.shell = fields[gecos + 2] }
                if format == .passwd {
                    guard account.uid != nil else { throw PostureError(line: number, "the UID is no number") }
                    // The shadow file has the rest.
                    if account.stored == "x" { account.stored = nil }
                }
                if format == .dovecot, fields.count > 7, fields[7...].joined(separator: ":").contains("nologin") {
                    account.isEnabled = false
                }
            }
            accounts.append(account)
            guard accounts.count <= maximumAccounts else { throw PostureError(line: number, "too many accounts") }
        }
        return accounts
    }

    /// passwd and shadow in one: what shadow stores, under passwd's names.
    package static func merged(passwd: [Account], shadow: [Account]) -> [Account] {
        let stored = Dictionary(shadow.map { ($0.name, $0.stored) }) { first, _ in first }
        return passwd.map { account in
            var account = account
            if account.stored == nil, let found = stored[account.name] { account.stored = found }
            return account
        }
    }

    /// The last part of a SID in text: `S-1-5-21-…-501`.
    static func rid(_ sid: String) -> Int? {
        guard sid.hasPrefix("S-1-") else { return nil }
        return sid.split(separator: "-").last.flatMap { Int($0) }
    }
}
