import MailTypes
import Posture

/// `pdbedit -Lw`, the smbpasswd form: `name:uid:LM hash:NT hash:[flags]:LCT-time:`.
enum SambaAccounts {
    static func read(_ text: String) throws(PostureError) -> [Account] {
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
