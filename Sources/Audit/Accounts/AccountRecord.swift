import MailTypes
import Posture

/// One account as named values, whatever wrote them: columns of a table, properties of PowerShell, members of JSON. Names are
/// compared by their letters and digits alone, in lower case.
struct AccountRecord {
    /// `nil` where the export says null.
    private let values: [String: String?]
    private let line: Int

    init(_ pairs: some Sequence<(String, String?)>, line: Int) {
        values = Dictionary(pairs.map { (AccountRecord.key($0.0), $0.1) }) { first, _ in first }
        self.line = line
    }

    static func key(_ name: String) -> String { ASCII.lowercased(name.filter { $0.isLetter || $0.isNumber }) }

    private func value(_ keys: String...) -> String? {
        for key in keys { if let found = values[key], let text = found { return text } }
        return nil
    }

    private func has(_ keys: String...) -> Bool { keys.contains { values[$0] != nil } }

    func account() throws(PostureError) -> Account {
        guard
            let name = value(
                "samaccountname", "username", "userid", "user", "login", "loginname", "account", "name", "email",
                "mail", "address",
                "userprincipalname"),
            !name.isEmpty
        else { throw PostureError(line: line, "no column with the account's name, as SamAccountName or username") }
        var account = Account(name: name, line: line)
        account.fullName = value("displayname", "fullname", "gecos") ?? ""
        account.isEnabled = try bool("enabled", "active", "isactive", "accountenabled")
        for key in ["disabled", "locked", "suspended", "blocked", "accountdisabled", "isdisabled"] {
            if let isOff = try bool(key), isOff {
                account.isEnabled = false
            } else if has(key), account.isEnabled == nil {
                account.isEnabled = true
            }
        }
        account.needsNoPassword = try bool("passwordnotrequired") ?? false
        if let required = try bool("passwordrequired") { account.needsNoPassword = !required }
        account.neverExpires = try bool("passwordneverexpires")
        // Get-LocalUser: the day, or nothing.
        if has("passwordexpires"), account.neverExpires == nil {
            account.neverExpires = value("passwordexpires") ?? "" == ""
        }
        account.rid = value("sid", "objectsid").flatMap(AccountReader.rid)
        account.uid = value("uid", "uidnumber").flatMap { Int($0) }
        account.shell = value("loginshell", "shell")
        if let flags = value("useraccountcontrol").flatMap({ Int($0) }) {
            account.isEnabled = account.isEnabled ?? (flags & 0x2 == 0)
            account.needsNoPassword = account.needsNoPassword || flags & 0x20 != 0
            account.neverExpires = account.neverExpires ?? (flags & 0x10000 != 0)
        }
        account.stored = value(
            "password", "passwd", "hash", "passwordhash", "passwordcrypt", "userpassword", "cryptedpassword",
            "encryptedpassword", "crypt",
            "pwhash", "pw")
        let uses = ["lastlogondate", "lastlogon", "lastlogin", "lastlogontimestamp", "lastlogintime", "lastaccess"]
        let told = uses.filter { has($0) }
        if !told.isEmpty {
            account.lastUse = told.contains { !AccountRecord.isNever(value($0)) } ? .used : .never
        }
        return account
    }

    /// How exports say that somebody never came.
    static func isNever(_ text: String?) -> Bool {
        guard let text = text?.lowercased() else { return true }
        return ["", "0", "false", "null", "\\n", "never", "none", "n/a", "-", "nie", "jamais", "nunca", "mai"].contains(
            text)
            || text.hasPrefix("0000-00-00") || text.hasPrefix("1601-") || text.hasPrefix("1970-01-01")
            || text.hasPrefix("01/01/1601") || text.hasPrefix("01.01.1601")
    }

    private func bool(_ keys: String...) throws(PostureError) -> Bool? {
        for key in keys {
            guard let found = values[key], let text = found else { continue }
            if text.isEmpty { return false }
            guard let truth = AccountRecord.truths[text.lowercased()] else {
                throw PostureError(line: line, "“\(SafeText.printable(text, limit: 40))” is neither true nor false")
            }
            return truth
        }
        return nil
    }

    /// Also as spreadsheets write them in the languages of their users.
    private static let truths: [String: Bool] = [
        "true": true, "false": false, "1": true, "0": false, "yes": true, "no": false, "y": true, "n": false, "t": true,
        "f": false, "enabled": true, "disabled": false, "on": true, "off": false, "active": true, "inactive": false,
        "wahr": true, "falsch": false, "ja": true, "nein": false, "vrai": true, "faux": false, "oui": true,
        "non": false,
        "verdadero": true, "falso": false, "sí": true, "si": true, "vero": true, "verdadeiro": true, "sim": true,
        "não": false,
        "waar": true, "onwaar": false, "nee": false, "sant": true, "falskt": false, "nej": false, "prawda": true,
        "fałsz": false,
        "tak": true, "nie": false, "истина": true, "ложь": false, "да": true, "нет": false, "igaz": true,
        "hamis": false,
        "pravda": true, "nepravda": false, "doğru": true, "yanlış": false, "tosi": true, "epätosi": false,
        "null": false, "\\n": false,
    ]
}

/// `Get-ADUser | Format-List`, `Get-LocalUser | fl *`: names and values, objects divided by empty lines.
enum ListAccounts {
    static func read(_ text: String) throws(PostureError) -> [Account] {
        var accounts: [Account] = []
        var pairs: [(String, String?)] = []
        var start = 1
        func finish() throws(PostureError) {
            defer { pairs = [] }
            guard !pairs.isEmpty else { return }
            accounts.append(try AccountRecord(pairs, line: start).account())
            guard accounts.count <= AccountReader.maximumAccounts else {
                throw PostureError(line: start, "too many accounts")
            }
        }
        for (number, line) in AccountText.lines(text) {
            guard line.utf8.count <= AccountReader.maximumLine else {
                throw PostureError(line: number, "longer than 1 MiB")
            }
            if line.trimmed.isEmpty {
                try finish()
                continue
            }
            // A long value goes on in lines that begin with spaces.
            if line.hasPrefix(" "), !pairs.isEmpty {
                let last = pairs.count - 1
                pairs[last].1 = (pairs[last].1 ?? "") + line.trimmed
                continue
            }
            guard let colon = line.firstIndex(of: ":") else {
                throw PostureError(line: number, "no property: a name, a colon and a value are expected")
            }
            if pairs.isEmpty { start = number }
            pairs.append((String(line[..<colon].trimmed), String(line[line.index(after: colon)...].trimmed)))
        }
        try finish()
        return accounts
    }

    /// Whether the text begins like such a list.
    static func isList(_ line: Substring) -> Bool {
        guard let colon = line.firstIndex(of: ":"), line[..<colon].hasSuffix(" ") else { return false }
        let name = line[..<colon].trimmed
        return name.first?.isUppercase == true && name.allSatisfy { $0.isLetter || $0.isNumber }
    }
}

/// When Unix accounts were last used: `lastlog`, `lastlog2`, `lslogins`.
enum LastLogins {
    /// The names that are told of, and whether each was ever seen.
    static func read(_ text: String) -> [String: Account.LastUse] {
        var result: [String: Account.LastUse] = [:]
        var header: [Substring] = []
        for (_, line) in AccountText.lines(text) where !line.isEmpty && line.utf8.count <= 4096 {
            let words = line.split(separator: " ")
            guard let name = words.first else { continue }
            guard !header.isEmpty else {
                header = words
                continue
            }
            if header.contains("LAST-LOGIN"), let column = header.firstIndex(of: "USER") {
                // UID USER PROC PWD-LOCK PWD-DENY LAST-LOGIN GECOS: a day or a time stands behind two columns of digits.
                guard words.indices.contains(column) else { continue }
                let rest = words.dropFirst((header.firstIndex(of: "LAST-LOGIN") ?? 0)).first ?? ""
                let isDay =
                    rest.contains(":") || rest.contains("-") && rest.contains { $0.isNumber } || rest.hasPrefix("2")
                result[String(words[column])] = isDay ? .used : .never
            } else {
                // `**Never logged in**`, in any language.
                result[String(name)] = line.contains("**") ? .never : .used
            }
        }
        return result
    }

    /// Puts them into accounts. Only who has a shell can be seen there: others use their mail without it.
    static func merge(_ text: String, into accounts: inout [Account]) {
        let uses = read(text)
        for index in accounts.indices where accounts[index].lastUse == nil {
            guard let use = uses[accounts[index].name] else { continue }
            if use == .used || accounts[index].hasLoginShell { accounts[index].lastUse = use }
        }
    }
}
