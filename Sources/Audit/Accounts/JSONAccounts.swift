import Foundation
import MailTypes
import Posture

/// `Get-LocalUser | ConvertTo-Json`, and the same of Get-ADUser: one object, or a list of them.
enum JSONAccounts {
    static func read(_ text: String) throws(PostureError) -> [Account] {
        let parsed: Any
        do {
            parsed = try JSONSerialization.jsonObject(with: Data(text.utf8))
        } catch {
            throw PostureError("no valid JSON, or cut in half: \(SafeText.printable("\(error)", limit: 200))")
        }
        let entries: [Any] = parsed as? [Any] ?? [parsed]
        var accounts: [Account] = []
        for (index, entry) in entries.enumerated() {
            guard let object = entry as? [String: Any],
                let name = object["SamAccountName"] as? String ?? object["Name"] as? String
            else { throw PostureError("entry \(index + 1) of the list has no Name") }
            var account = Account(name: name, line: index + 1)
            account.fullName = object["FullName"] as? String ?? object["DisplayName"] as? String ?? ""
            account.isEnabled = object["Enabled"] as? Bool
            let sid = object["SID"] as? String ?? (object["SID"] as? [String: Any])?["Value"] as? String
            account.rid = sid.flatMap(AccountReader.rid)
            if let required = object["PasswordRequired"] as? Bool { account.needsNoPassword = !required }
            if let notRequired = object["PasswordNotRequired"] as? Bool { account.needsNoPassword = notRequired }
            if let never = object["PasswordNeverExpires"] as? Bool { account.neverExpires = never }
            // Get-LocalUser: the day, or null.
            if object.keys.contains("PasswordExpires") { account.neverExpires = object["PasswordExpires"] is NSNull }
            for key in ["LastLogon", "LastLogonDate"] where object.keys.contains(key) {
                account.lastUse = object[key] is NSNull || object[key] as? String == "" ? .never : .used
            }
            accounts.append(account)
        }
        return accounts
    }
}
