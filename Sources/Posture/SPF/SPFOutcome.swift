package import MailTypes

/// What SPF says about an address and a sender (RFC 7208 §2.6).
package enum SPFResult: String, Sendable, Hashable, CaseIterable {
    case none, neutral, pass, fail, softfail, temperror, permerror
}

/// Who asks to send what: the arguments of `check_host()` (RFC 7208 §4.1).
package struct SPFRequest: Sendable, Hashable {
    package var address: IPAddress
    /// The text between the brackets of MAIL FROM, whatever it is; empty for the null path.
    package var sender: String
    /// The argument of HELO or EHLO.
    package var helo: String
    /// The host that asks, for the macro `r` in explanations.
    package var receiver: String
    /// Seconds since 1970, for the macro `t` in explanations.
    package var seconds: Int64

    package init(
        address: IPAddress, sender: String, helo: String, receiver: String = "unknown", seconds: Int64 = 0
    ) {
        self.address = address
        self.sender = sender
        self.helo = helo
        self.receiver = receiver
        self.seconds = seconds
    }
}

/// The result with all that led to it.
package struct SPFOutcome: Sendable, Hashable {
    package var result: SPFResult
    /// What the domain wants to be told to the sender of a `fail`: printable ASCII, from outside (§6.2). `nil`: the default.
    package var explanation: String?
    /// For people: the term that matched, or what is wrong.
    package var reason: String
    /// The records that were read and the terms that matched, in order; safe to show.
    package var steps: [String]
    /// Terms that asked DNS, of ten at most (§4.6.4).
    package var lookups: Int
    /// Of them, those whose answer was empty, of two at most.
    package var voidLookups: Int
}
