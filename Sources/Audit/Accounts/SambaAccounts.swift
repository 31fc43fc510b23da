import MailTypes
import Posture

/// `pdbedit -Lw`, the smbpasswd form: `name:uid:LM hash:NT hash:[flags]:LCT-time:`; and `pdbedit -Lv`.
enum SambaAccounts {
    /// Blocks of `Unix username:`, `Account Flags:`, `User SID:`, `Logon time:`.
    private static func verbose(_ text: String) throws(PostureError) -> [Account] {
        var accounts: [Account] = []
        for (number, line) in AccountText.lines(text) {
            guard let colon = line.firstIndex(of: ":"), line.utf8.count <= 4096 else { continue }
            let value = line[line.index(after: colon)...].trimmed
            let key = line[..<colon].trimmed
            if key == "Unix username" {
                guard !value.isEmpty else { throw PostureError(line: number, "an account without a name") }
                accounts.append(Account(name: String(value), line: number))
                guard accounts.count <= AccountReader.maximumAccounts else {
                    throw PostureError(line: number, "too many accounts")
                }
            }
            guard !accounts.isEmpty else { continue }
            let last = accounts.count - 1
            switch key {
            case "Full Name": accounts[last].fullName = String(value)
            case "User SID": accounts[last].rid = AccountReader.rid(String(value))
            case "Account Flags":
                guard value.hasPrefix("["), value.hasSuffix("]") else { throw PostureError(line: number, "no flags") }
                let isMachine = value.contains("W") || value.contains("I") || value.contains("S")
                accounts[last].isEnabled = !value.contains("D") && !isMachine
                accounts[last].needsNoPassword = value.contains("N")
                accounts[last].neverExpires = value.contains("X")
            // Samba's own log of logons is kept on domain controllers; elsewhere it stays 0.
            case "Logon time" where value != "0": accounts[last].lastUse = .used
            default: break
            }
        }
        if let open = accounts.first(where: { $0.isEnabled == nil }) {
            throw PostureError(line: open.line, "an account without its flags: the export is cut")
        }
        return accounts
    }

    static func read(_ text: String) throws(PostureError) -> [Account] {
        if text.contains("Unix username:") { return try verbose(text) }
        var accounts: [Account] = []
        for (number, line) in AccountText.lines(text) where !line.isEmpty && !line.hasPrefix("#") {
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            guard fields.count >= 6, !fields[0].isEmpty, let uid = Int(fields[1]), fields[4].hasPrefix("["),
                fields[4].hasSuffix("]")
            else { throw PostureError(line: number, "no line of pdbedit -Lw: name:uid:LM:NT:[flags]:LCT-…:") }
            var account = Account(name: String(fields[0]), line: number)
            account.uid = uid
            let flags = fields[4]
            // W, I, S: accounts of computers and domains, which nobody logs in with.
            let isMachine = flags.contains("W") || flags.contains("I") || flags.contains("S")
            account.isEnabled = !flags.contains("D") && !isMachine
            account.needsNoPassword = flags.contains("N")
            let hash = fields[3]
            if hash.utf8.count == 32, hash.utf8.allSatisfy({ Hexadecimal.value(of: $0) != nil }) {
                account.stored = "{NTLM}" + hash
            } else if hash.hasPrefix("NO PASSWORD") {
                account.stored = ""
            } else if hash.allSatisfy({ $0 == "X" || $0 == "*" }) {
                account.stored = "*"
            } else {
                throw PostureError(line: number, "the NT hash is no hash: 32 hexadecimal digits are expected")
            }
            accounts.append(account)
            guard accounts.count <= AccountReader.maximumAccounts else {
                throw PostureError(line: number, "too many accounts")
            }
        }
        return accounts
    }
}
