import MailTypes
import Posture

/// Tables with a header: `Export-Csv` of Get-ADUser or Get-Mailbox, SQL exports, Samba's.
enum CSVAccounts {
    static func read(_ text: String) throws(PostureError) -> [Account] {
        var rows = CSVRows(text)
        var header: [String]?
        var accounts: [Account] = []
        while let row = try rows.next() {
            if row.fields == [""] || (header == nil && row.fields[0].hasPrefix("#TYPE")) { continue }
            guard let names = header else {
                header = row.fields.map { field in ASCII.lowercased(field.filter { $0.isLetter || $0.isNumber }) }
                continue
            }
            guard row.fields.count == names.count else {
                throw PostureError(line: row.line, "\(row.fields.count) fields where the header has \(names.count)")
            }
            let values = Dictionary(zip(names, row.fields)) { first, _ in first }
            func value(_ keys: String...) -> String? { keys.lazy.compactMap { values[$0] }.first }
            guard let name = value("samaccountname", "username", "user", "login", "account", "name", "email", "mail"),
                !name.isEmpty
            else {
                throw PostureError(line: row.line, "no column with the account's name, as SamAccountName or username")
            }
            var account = Account(name: name, line: row.line)
            account.fullName = value("displayname", "fullname") ?? ""
            account.isEnabled = try value("enabled", "active").map { text throws(PostureError) in
                try bool(text, row.line)
            }
            account.needsNoPassword =
                try value("passwordnotrequired").map { text throws(PostureError) in try bool(text, row.line) } ?? false
            account.neverExpires = try value("passwordneverexpires").map { text throws(PostureError) in
                try bool(text, row.line)
            }
            account.rid = value("sid", "objectsid").flatMap(AccountReader.rid)
            account.stored = value("password", "hash", "passwordhash", "userpassword", "cryptedpassword")
            account.lastUse = value("lastlogondate", "lastlogon", "lastlogin", "lastlogontimestamp").map {
                $0.isEmpty || $0 == "0" ? .never : .used
            }
            accounts.append(account)
            guard accounts.count <= AccountReader.maximumAccounts else {
                throw PostureError(line: row.line, "too many accounts")
            }
        }
        return accounts
    }

    private static func bool(_ text: String, _ line: Int) throws(PostureError) -> Bool {
        switch ASCII.lowercased(text) {
        case "true", "1", "yes", "y", "t", "enabled", "wahr", "vrai": return true
        case "false", "0", "no", "n", "f", "disabled", "falsch", "faux", "": return false
        default: throw PostureError(line: line, "“\(SafeText.printable(text, limit: 40))” is neither true nor false")
        }
    }
}

/// Rows of RFC 4180, with the separator of the header: comma, semicolon or tab.
struct CSVRows {
    private var rest: Substring.UTF8View
    private let separator: UInt8
    private var line = 1

    init(_ text: String) {
        rest = text[...].utf8
        // PowerShell's first line may be "#TYPE …".
        let lines = rest.split(separator: 0x0a, maxSplits: 2)
        let header = lines.first { $0.first != UInt8(ascii: "#") } ?? rest.prefix(0)
        let counts = [UInt8(ascii: ","), UInt8(ascii: ";"), 0x09].map { sign in (sign, header.count { $0 == sign }) }
        separator = counts.max { $0.1 < $1.1 }?.0 ?? UInt8(ascii: ",")
    }

    mutating func next() throws(PostureError) -> (line: Int, fields: [String])? {
        guard !rest.isEmpty else { return nil }
        let start = line
        var fields: [String] = []
        var field: [UInt8] = []
        var isQuoted = false
        var size = 0
        while let byte = rest.popFirst() {
            size += 1
            guard size <= AccountReader.maximumLine else { throw PostureError(line: start, "longer than 1 MiB") }
            if byte == 0x0a { line += 1 }
            if isQuoted {
                if byte != UInt8(ascii: "\"") {
                    field.append(byte)
                } else if rest.first == UInt8(ascii: "\"") {
                    field.append(byte)
                    rest = rest.dropFirst()
                } else {
                    isQuoted = false
                }
            } else if byte == UInt8(ascii: "\""), field.isEmpty {
                isQuoted = true
            } else if byte == separator {
                fields.append(String(decoding: field, as: UTF8.self))
                field = []
            } else if byte == 0x0a {
                break
            } else if byte != 0x0d {
                field.append(byte)
            }
        }
        guard !isQuoted else { throw PostureError(line: start, "a quote is never closed: the export is cut in half") }
        fields.append(String(decoding: field, as: UTF8.self))
        return (start, fields)
    }
}
