import Foundation
import MailTypes
import Posture

/// LDIF (RFC 2849) as `ldapsearch`, `slapcat`, `ldifde` and Samba's `pdbedit` over LDAP write it.
enum LDIFReader {
    static func read(_ text: String) throws(PostureError) -> [Account] {
        var accounts: [Account] = []
        var entry: [String: String] = [:]
        var start = 0
        var pending: (number: Int, text: String)?
        var inComment = false
        var tellsLogons = false

        func finish() {
            if let account = account(entry, line: start) { accounts.append(account) }
            entry = [:]
        }
        func take(_ line: (number: Int, text: String)) throws(PostureError) {
            guard let colon = line.text.utf8.firstIndex(of: UInt8(ascii: ":")), colon != line.text.startIndex else {
                throw PostureError(line: line.number, "no LDIF: an attribute, a colon and a value are expected")
            }
            let name = line.text[..<colon].lowercased()
            var value = line.text[line.text.index(after: colon)...]
            if entry.isEmpty { start = line.number }
            if name == "lastlogon" || name == "lastlogontimestamp" { tellsLogons = true }
            if value.hasPrefix(":") {
                let encoded = value.dropFirst().trimmingCharacters(in: .whitespaces)
                guard let data = Data(base64Encoded: encoded) else {
                    throw PostureError(line: line.number, "base64 that is none, or cut in half")
                }
                if name == "objectsid", data.count >= 8 {
                    entry["rid"] = String(data.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) })
                } else if let decoded = String(data: data, encoding: .utf8), entry[name] == nil {
                    entry[name] = decoded
                }
            } else {
                value = value.drop { $0 == " " }
                if entry[name] == nil { entry[name] = String(value) }
            }
        }
        for (number, line) in AccountText.lines(text) {
            guard line.utf8.count <= AccountReader.maximumLine,
                pending?.text.utf8.count ?? 0 <= AccountReader.maximumLine
            else { throw PostureError(line: number, "longer than 1 MiB") }
            if line.hasPrefix(" ") {
                // Comments are folded like values (RFC 2849).
                if inComment { continue }
                guard pending != nil else { throw PostureError(line: number, "a continuation of nothing") }
                pending?.text += line.dropFirst()
                continue
            }
            if let whole = pending { try take(whole) }
            pending = nil
            inComment = line.hasPrefix("#")
            if line.isEmpty || line == "-" {
                finish()
            } else if !line.hasPrefix("#") {
                pending = (number, String(line))
            }
            guard accounts.count <= AccountReader.maximumAccounts else {
                throw PostureError(line: number, "too many accounts")
            }
        }
        if let whole = pending { try take(whole) }
        finish()
        // Asked for other attributes only, a directory says nothing of logons.
        if !tellsLogons { for index in accounts.indices { accounts[index].lastUse = nil } }
        return accounts
    }

    private static func account(_ entry: [String: String], line: Int) -> Account? {
        guard let name = entry["samaccountname"] ?? entry["uid"] ?? entry["userprincipalname"] ?? entry["mail"] else {
            return nil
        }
        var account = Account(name: name, line: line)
        account.fullName = entry["displayname"] ?? entry["cn"] ?? ""
        account.rid = entry["rid"].flatMap { Int($0) } ?? entry["objectsid"].flatMap(AccountReader.rid)
        account.uid = entry["uidnumber"].flatMap { Int($0) }
        account.shell = entry["loginshell"]
        if let flags = entry["useraccountcontrol"].flatMap({ Int($0) }) {
            // Accounts of computers and of trusted domains: nobody logs in to mail with them.
            if flags & 0x3800 != 0 { return nil }
            account.isEnabled = flags & 0x2 == 0
            account.needsNoPassword = flags & 0x20 != 0
            account.neverExpires = flags & 0x10000 != 0
            let last = entry["lastlogontimestamp"] ?? entry["lastlogon"] ?? "0"
            account.lastUse = last == "0" ? .never : .used
        }
        account.stored = entry["userpassword"]
        if let hash = entry["sambantpassword"], account.stored == nil { account.stored = "{NTLM}" + hash }
        if entry["sambaacctflags"]?.contains("D") == true || entry["nsaccountlock"]?.lowercased() == "true"
            || entry["pwdaccountlockedtime"]?.hasPrefix("000001010000") == true
        {
            account.isEnabled = false
        }
        if let sid = entry["sambasid"], account.rid == nil { account.rid = AccountReader.rid(sid) }
        return account
    }
}
