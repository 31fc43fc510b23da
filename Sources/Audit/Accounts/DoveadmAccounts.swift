import MailTypes
import Posture

/// What `doveadm` prints: names of `doveadm user '*'`, blocks of `doveadm auth lookup`, hashes of `doveadm pw`.
enum DoveadmAccounts {
    static func read(_ text: String) throws(PostureError) -> [Account] {
        var accounts: [Account] = []
        var isInBlock = false
        for (number, line) in AccountText.lines(text) where !line.isEmpty {
            guard line.utf8.count <= 4096 else { throw PostureError(line: number, "longer than 4096 bytes") }
            guard accounts.count < AccountReader.maximumAccounts else {
                throw PostureError(line: number, "too many accounts")
            }
            if line.hasPrefix("passdb:") {
                let name = line.dropFirst("passdb:".count).trimmed
                guard !name.isEmpty else { throw PostureError(line: number, "a passdb without a name") }
                accounts.append(Account(name: String(name), line: number))
                isInBlock = true
            } else if line.first == " " || line.first == "\t" {
                guard isInBlock, let colon = line.firstIndex(of: ":") else {
                    throw PostureError(line: number, "a field of no user: name and colon are expected")
                }
                let value = line[line.index(after: colon)...].trimmed
                switch line[..<colon].trimmed {
                case "user": accounts[accounts.count - 1].name = String(value)
                case "password": accounts[accounts.count - 1].stored = String(value)
                case "nologin": accounts[accounts.count - 1].isEnabled = !["", "y", "yes", "1"].contains(String(value))
                default: break
                }
            } else if line.hasPrefix("{") {
                var account = Account(name: "hash \(number)", line: number)
                account.stored = String(line)
                accounts.append(account)
                isInBlock = false
            } else if line.contains(where: { $0 == " " || $0 == "\t" || $0 == ":" }) {
                throw PostureError(
                    line: number,
                    "no name, no hash and no passdb block: doveadm user '*', auth lookup or pw is expected")
            } else {
                accounts.append(Account(name: String(line), line: number))
                isInBlock = false
            }
        }
        return accounts
    }
}

extension Substring {
    var trimmed: Substring {
        var text = self
        while let first = text.first, first == " " || first == "\t" || first == "\r" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" || last == "\r" { text.removeLast() }
        return text
    }
}
