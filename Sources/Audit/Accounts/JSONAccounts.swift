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
        var entries: [Any] = parsed as? [Any] ?? [parsed]
        // Windows PowerShell 5.1 wraps lists: { "value": […], "Count": 2 }; others have "users".
        if let object = parsed as? [String: Any] {
            for key in ["value", "users", "data", "results", "items"] {
                if let list = object[key] as? [Any] { entries = list }
            }
        }
        var accounts: [Account] = []
        for (index, entry) in entries.enumerated() {
            guard let object = entry as? [String: Any] else {
                throw PostureError("entry \(index + 1) of the list is no object")
            }
            let record = AccountRecord(
                object.map { key, value in
                    (key, AccountRecord.key(key) == "name" && !(value is String) ? nil : JSONAccounts.text(value))
                }, line: index + 1)
            do throws(PostureError) {
                accounts.append(try record.account())
            } catch {
                throw PostureError("entry \(index + 1) of the list has no Name: \(error)")
            }
            guard accounts.count <= AccountReader.maximumAccounts else { throw PostureError("too many accounts") }
        }
        return accounts
    }

    /// A value as text; objects of .NET by their value.
    private static func text(_ value: Any) -> String? {
        switch value {
        case is NSNull: nil
        case let text as String: text
        case let truth as Bool: truth ? "true" : "false"
        case let number as NSNumber: number.stringValue
        case let object as [String: Any]:
            (object["Value"] ?? object["value"] ?? object["DateTime"]).flatMap { text($0) } ?? ""
        default: ""
        }
    }
}
