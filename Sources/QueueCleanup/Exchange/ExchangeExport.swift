import Foundation
import MailTypes

/// A queue of Exchange, as its administrator exported it: envelope and subject of each message, not its text.
package struct ExchangeExport: Sendable {
    package struct Message: Codable, Hashable, Sendable {
        /// `SERVER\queue\number`.
        package var Identity: String
        package var InternetMessageId: String?
        package var FromAddress: String?
        package var Subject: String?
        package var SourceIP: String?
        package var DateReceived: String?
        package var Size: String?
        package var Status: String?
        package var Recipients: [String]?
    }

    package private(set) var messages: [Message]

    /// Larger exports are refused.
    package static let maximumBytes = 512 * 1024 * 1024

    /// What the administrator runs in the Exchange Management Shell.
    package static let command = """
        Get-TransportService | Get-Queue | Get-Message -ResultSize Unlimited -IncludeRecipientInfo | ForEach-Object {
          [pscustomobject]@{ Identity="$($_.Identity)"; InternetMessageId="$($_.InternetMessageId)"
            FromAddress="$($_.FromAddress)"; Subject="$($_.Subject)"; SourceIP="$($_.SourceIP)"; Status="$($_.Status)"
            DateReceived=$_.DateReceived.ToUniversalTime().ToString('o'); Size="$($_.Size)"
            Recipients=@($_.Recipients | ForEach-Object { "$($_.Address)" }) }
        } | ConvertTo-Json -Depth 3 | Out-File -Encoding utf8 queue.json
        """

    /// - Parameter bytes: JSON, an array or one object; UTF-8 or, as older shells write it, UTF-16 with its mark.
    package init(_ bytes: [UInt8]) throws(CleanupError) {
        guard bytes.count <= Self.maximumBytes else { throw CleanupError(.usage, "the export is too large") }
        var text = Data(bytes)
        if bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff]) {
            guard let decoded = String(data: text, encoding: .utf16) else { throw CleanupError(.damaged, "no UTF-16") }
            text = Data(decoded.utf8)
        } else if bytes.starts(with: [0xef, 0xbb, 0xbf]) {
            text = Data(bytes.dropFirst(3))
        }
        do {
            let isArray = text.first { $0 > 0x20 } == UInt8(ascii: "[")
            let decoder = JSONDecoder()
            messages =
                isArray
                ? try decoder.decode([Message].self, from: text) : [try decoder.decode(Message.self, from: text)]
        } catch {
            throw CleanupError(.damaged, "not the export that `--print-export` tells how to make")
        }
    }

    /// Messages of one sender from one address whose subjects differ in names and numbers only; largest first.
    package struct Group: Sendable {
        package var name: String
        package var sender: String
        package var source: String
        package var subject: String
        package var messages: [Message]
        package var recipients: Int { messages.reduce(0) { $0 + ($1.Recipients?.count ?? 0) } }
    }

    package var groups: [Group] {
        var found: [String: [Message]] = [:]
        for message in messages { found[Self.key(message), default: []].append(message) }
        return found.sorted { ($0.value.count, $1.key) > ($1.value.count, $0.key) }.enumerated().map { index, group in
            let first = group.value.first
            return Group(
                name: "x\(index + 1)", sender: SafeText.printable(first?.FromAddress ?? "", limit: 320),
                source: SafeText.printable(first?.SourceIP ?? "", limit: 64),
                subject: SafeText.printable(first?.Subject ?? "", limit: 120), messages: group.value)
        }
    }

    private static func key(_ message: Message) -> String {
        let words = (message.Subject ?? "").split { !$0.isLetter }.filter { $0.count > 3 }.prefix(4)
        let subject = words.map { String($0).lowercased() }.joined(separator: " ")
        return "\(ASCII.lowercased(message.FromAddress ?? ""))\n\(message.SourceIP ?? "")\n\(subject)"
    }
}
