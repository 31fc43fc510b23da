import MailTypes

/// Reads reports about messages: ARF (RFC 5965), Microsoft JMRP's bare form, DSN (RFC 3464).
///
/// Linear in the bytes, which the caller bounds; nothing is ever an error but "this is no report".
package enum FeedbackReader {
    private static let deepest = 3

    private struct Found {
        var feedback: FeedbackEntity?
        var delivery: [UInt8]?
        var original: [UInt8]?
        var isWhole = false
    }

    /// - Parameter referenceField: the header field, in lower case, whose values in the returned message are wanted.
    /// - Returns: `nil` if the message is no report.
    package static func read(_ message: [UInt8], referenceField: String) -> FeedbackReport? {
        let top = FeedbackEntity(message[...])
        var found = Found()
        walk(top, depth: 0, &found)
        let from = AddressListReader.mailboxes(top.first("from") ?? []).first?.address
        let original = found.original.map { FeedbackEntity($0[...]) }
        let kind: FeedbackReport.Kind
        if let feedback = found.feedback {
            kind = .complaint(complaint(feedback))
        } else if let delivery = found.delivery {
            let recipients = recipients(delivery)
            guard !recipients.isEmpty else { return nil }
            kind = .delivery(recipients)
        } else if let original, isJMRP(top, from, original) {
            kind = .complaint(.abuse)
        } else {
            return nil
        }
        var report = FeedbackReport(kind: kind, reporter: from?.domain.name)
        guard let original else { return report }
        let wanted = Array(referenceField.utf8)
        report.references = original.fields.filter { $0.name == wanted }.prefix(FeedbackReport.referenceLimit).map {
            String(decoding: $0.value.prefix(200), as: UTF8.self)
        }
        report.messageID = original.first("message-id").map(id) ?? []
        if found.isWhole, !original.body.isEmpty { report.original = found.original }
        return report
    }

    private static func walk(_ entity: FeedbackEntity, depth: Int, _ found: inout Found) {
        let type = entity.contentType.value
        if type.starts(with: "multipart/".utf8) {
            guard depth < deepest else { return }
            for part in entity.parts { walk(part, depth: depth + 1, &found) }
        } else if Bytes.equal(type, "message/feedback-report") {
            if found.feedback == nil { found.feedback = FeedbackEntity(entity.decoded(limit: 65_536)[...]) }
        } else if Bytes.equal(type, "message/delivery-status") || Bytes.equal(type, "message/global-delivery-status") {
            if found.delivery == nil { found.delivery = entity.decoded(limit: 262_144) }
        } else if found.original == nil, depth > 0 {
            let isWhole = Bytes.equal(type, "message/rfc822") || Bytes.equal(type, "message/global")
            let isHeader = Bytes.equal(type, "text/rfc822-headers") || Bytes.equal(type, "message/global-headers")
            guard isWhole || isHeader else { return }
            found.original = entity.decoded(limit: FeedbackReport.originalLimit)
            found.isWhole = isWhole
        }
    }

    private static func complaint(_ feedback: FeedbackEntity) -> FeedbackReport.Complaint {
        let type = (feedback.first("feedback-type") ?? []).prefix { $0 != 0x3b && $0 != 0x20 }
        let word = ASCII.lowercased(String(decoding: type, as: UTF8.self))
        // opt-out-list, and what else begins so, is the same wish.
        if word.hasPrefix("opt-out") { return .optOut }
        return FeedbackReport.Complaint(rawValue: word) ?? .other
    }

    /// Outlook's Junk Mail Reporting Program attaches the message, with the recipient in a field of its own, and no report
    /// part.
    private static func isJMRP(_ top: FeedbackEntity, _ from: EmailAddress?, _ original: FeedbackEntity) -> Bool {
        let marks = top.first("x-hmxmroriginalrecipient") ?? original.first("x-hmxmroriginalrecipient")
        return marks != nil || from?.canonical == "staff@hotmail.com"
    }

    /// Groups of fields, parted by empty lines; the first is about the message, the others about a recipient each.
    private static func recipients(_ bytes: [UInt8]) -> [FeedbackReport.Recipient] {
        var recipients: [FeedbackReport.Recipient] = []
        var rest = bytes[...]
        while !rest.isEmpty, recipients.count < FeedbackReport.recipientLimit {
            let group = FeedbackEntity(rest)
            rest = group.body
            guard let action = group.first("action") else { continue }
            let word = ASCII.lowercased(String(decoding: action.prefix { $0 != 0x20 && $0 != 0x28 }, as: UTF8.self))
            guard let known = FeedbackReport.Recipient.Action(rawValue: word) else { continue }
            recipients.append(.init(action: known, status: group.first("status").flatMap(status)))
        }
        return recipients
    }

    /// `5.1.1`, maybe with a comment behind it.
    private static func status(_ value: [UInt8]) -> EnhancedStatusCode? {
        EnhancedStatusCode(String(decoding: value.prefix { $0 == 0x2e || 0x30...0x39 ~= $0 }, as: UTF8.self))
    }

    private static func id(_ value: [UInt8]) -> [UInt8] {
        guard let open = value.firstIndex(of: 0x3c), let close = value[open...].firstIndex(of: 0x3e) else {
            return value
        }
        return Array(value[(open + 1)..<close])
    }
}
