/// A message's envelope: the way it came in and the way it goes out (RFC 5321 §2.3.1, RFC 3461, RFC 6152, RFC 6531).
package struct Envelope: Hashable, Sendable {
    package var sender: ReversePath
    package var recipients: [Recipient]
    package var body: BodyType
    /// The client announced SMTPUTF8 (RFC 6531 §3.4): addresses or headers may be UTF-8.
    package var needsSMTPUTF8: Bool
    /// `ENVID=` (RFC 3461 §4.4), as sent: xtext, at most 100 bytes.
    package var envelopeID: String?
    /// `RET=` (RFC 3461 §4.3).
    package var returnContent: ReturnContent?

    package init(
        sender: ReversePath, recipients: [Recipient] = [], body: BodyType = .sevenBit, needsSMTPUTF8: Bool = false,
        envelopeID: String? = nil, returnContent: ReturnContent? = nil
    ) {
        self.sender = sender
        self.recipients = recipients
        self.body = body
        self.needsSMTPUTF8 = needsSMTPUTF8
        self.envelopeID = envelopeID
        self.returnContent = returnContent
    }

    /// `BODY=` of MAIL FROM (RFC 6152, RFC 3030).
    package enum BodyType: String, Hashable, Sendable {
        case sevenBit = "7BIT"
        case eightBitMIME = "8BITMIME"
        case binaryMIME = "BINARYMIME"
    }

    package enum ReturnContent: String, Hashable, Sendable {
        case full = "FULL"
        case headers = "HDRS"
    }

    /// One RCPT TO, with its delivery status wishes.
    package struct Recipient: Hashable, Sendable {
        package var address: EmailAddress
        package var notify: Notify
        /// `ORCPT=` (RFC 3461 §4.2), as sent: `type;xtext`, at most 500 bytes.
        package var originalRecipient: String?

        package init(address: EmailAddress, notify: Notify = .unspecified, originalRecipient: String? = nil) {
            self.address = address
            self.notify = notify
            self.originalRecipient = originalRecipient
        }
    }

    /// `NOTIFY=` (RFC 3461 §4.1).
    package struct Notify: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        /// No NOTIFY parameter: the server's default, which is failure and delay.
        package static let unspecified: Notify = []
        package static let never = Notify(rawValue: 1)
        package static let success = Notify(rawValue: 2)
        package static let failure = Notify(rawValue: 4)
        package static let delay = Notify(rawValue: 8)

        /// Whether a failure is to be told to the sender.
        package var wantsFailure: Bool { self == .unspecified || contains(.failure) }
        /// Whether a delay is to be told to the sender.
        package var wantsDelay: Bool { self == .unspecified || contains(.delay) }
    }
}
