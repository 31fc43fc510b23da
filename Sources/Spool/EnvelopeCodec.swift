import MailTypes

/// Envelope and recipients' states as one small blob: a version byte, then length-prefixed fields. Much cheaper on the way
/// of every message than a row a recipient or JSON; read back with every bound checked.
enum EnvelopeCodec {
    private static let version: UInt8 = 1
    private static let replyLimit = 512

    static func encode(_ envelope: Envelope, _ states: [RecipientState]) -> [UInt8] {
        var writer = BlobWriter()
        writer.byte(version)
        writer.text(envelope.sender.description)
        writer.text(envelope.body.rawValue)
        writer.byte(envelope.needsSMTPUTF8 ? 1 : 0)
        writer.text(envelope.envelopeID ?? "")
        writer.text(envelope.returnContent?.rawValue ?? "")
        writer.number(UInt64(envelope.recipients.count))
        for (index, recipient) in envelope.recipients.enumerated() {
            writer.text(recipient.address.description)
            writer.byte(recipient.notify.rawValue)
            writer.text(recipient.originalRecipient ?? "")
            let state = index < states.count ? states[index] : RecipientState()
            writer.byte(state.status.rawValue)
            writer.number(UInt64(state.attempts))
            writer.number(UInt64(bitPattern: state.nextAttempt.microseconds))
            writer.byte(state.delayNoticed ? 1 : 0)
            writer.text(String(decoding: state.lastReply.utf8.prefix(replyLimit), as: UTF8.self))
        }
        return writer.bytes
    }

    /// `nil` for anything that `encode` did not write.
    static func decode(_ bytes: [UInt8]) -> (Envelope, [RecipientState])? {
        var reader = BlobReader(bytes: bytes[...])
        guard reader.byte() == version, let sender = reader.text().flatMap(ReversePath.init),
            let body = reader.text().flatMap(Envelope.BodyType.init(rawValue:)), let utf8 = reader.byte(),
            let envelopeID = reader.text(), let returned = reader.text(), let count = reader.number(),
            count <= bytes.count
        else { return nil }
        var envelope = Envelope(
            sender: sender, body: body, needsSMTPUTF8: utf8 == 1, envelopeID: envelopeID.isEmpty ? nil : envelopeID,
            returnContent: Envelope.ReturnContent(rawValue: returned))
        var states: [RecipientState] = []
        for _ in 0..<count {
            guard let address = reader.text().flatMap(EmailAddress.init), let notify = reader.byte(),
                let original = reader.text(), let status = reader.byte().flatMap(RecipientState.Status.init(rawValue:)),
                let attempts = reader.number(), let next = reader.number(), let noticed = reader.byte(),
                let reply = reader.text()
            else { return nil }
            envelope.recipients.append(
                .init(
                    address: address, notify: .init(rawValue: notify & 15),
                    originalRecipient: original.isEmpty ? nil : original))
            var state = RecipientState()
            state.status = status
            state.attempts = UInt32(clamping: attempts)
            state.nextAttempt = Timestamp(microseconds: Int64(bitPattern: next))
            state.delayNoticed = noticed == 1
            state.lastReply = reply
            states.append(state)
        }
        return reader.bytes.isEmpty ? (envelope, states) : nil
    }
}

struct BlobWriter {
    var bytes: [UInt8] = []

    mutating func byte(_ value: UInt8) { bytes.append(value) }

    /// LEB128.
    mutating func number(_ value: UInt64) {
        var value = value
        while value >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        bytes.append(UInt8(value))
    }

    mutating func text(_ value: String) {
        number(UInt64(value.utf8.count))
        bytes.append(contentsOf: value.utf8)
    }
}

struct BlobReader {
    var bytes: ArraySlice<UInt8>

    mutating func byte() -> UInt8? { bytes.popFirst() }

    mutating func number() -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while shift < 64 {
            guard let byte = bytes.popFirst() else { return nil }
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        return nil
    }

    mutating func text() -> String? {
        guard let count = number(), count <= bytes.count else { return nil }
        let text = String(validating: bytes.prefix(Int(count)), as: UTF8.self)
        bytes = bytes.dropFirst(Int(count))
        return text
    }
}
