/// A three-digit SMTP reply code (RFC 5321 §4.2).
package struct ReplyCode: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// 200…599.
    package let value: UInt16

    /// `nil` outside 200…599, or with a second digit above 5.
    package init?(_ value: Int) {
        guard (200...599).contains(value), value / 10 % 10 <= 5 else { return nil }
        self.value = UInt16(value)
    }

    /// For the well-known codes below.
    private init(known value: UInt16) { self.value = value }

    package var isPositive: Bool { value < 400 }
    package var isTransient: Bool { (400..<500).contains(value) }
    package var isPermanent: Bool { value >= 500 }
    package var description: String { String(value) }

    package static func < (a: ReplyCode, b: ReplyCode) -> Bool { a.value < b.value }

    package static let serviceReady = ReplyCode(known: 220)
    package static let closing = ReplyCode(known: 221)
    package static let authenticationSucceeded = ReplyCode(known: 235)
    package static let ok = ReplyCode(known: 250)
    package static let cannotVerify = ReplyCode(known: 252)
    package static let authenticationContinue = ReplyCode(known: 334)
    package static let startMailInput = ReplyCode(known: 354)
    package static let serviceNotAvailable = ReplyCode(known: 421)
    package static let mailboxUnavailableNow = ReplyCode(known: 450)
    package static let localError = ReplyCode(known: 451)
    package static let insufficientStorage = ReplyCode(known: 452)
    package static let temporaryAuthenticationFailure = ReplyCode(known: 454)
    package static let syntaxError = ReplyCode(known: 500)
    package static let parameterSyntaxError = ReplyCode(known: 501)
    package static let notImplemented = ReplyCode(known: 502)
    package static let badSequence = ReplyCode(known: 503)
    package static let parameterNotImplemented = ReplyCode(known: 504)
    package static let authenticationRequired = ReplyCode(known: 530)
    package static let authenticationInvalid = ReplyCode(known: 535)
    package static let mailboxUnavailable = ReplyCode(known: 550)
    package static let exceededStorage = ReplyCode(known: 552)
    package static let mailboxNameNotAllowed = ReplyCode(known: 553)
    package static let transactionFailed = ReplyCode(known: 554)
    package static let parametersNotRecognised = ReplyCode(known: 555)
}
