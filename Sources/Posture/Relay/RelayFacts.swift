import MailTypes

/// A server's answer, as far as it matters; `text` is from outside.
package struct ProbeReply: Sendable, Hashable, CustomStringConvertible {
    package var code: Int
    package var text: String

    package init(_ code: Int, _ text: String) {
        self.code = code
        self.text = text
    }

    package var isAccepted: Bool { (200...299).contains(code) }
    package var isPermanent: Bool { (500...599).contains(code) }
    package var description: String { "\(code) \(SafeText.printable(text, limit: 200))" }
}

/// How a try ended.
package enum RelayOutcome: Sendable, Hashable {
    case recipient(ProbeReply)
    /// MAIL or HELO was refused: RCPT was not asked.
    case senderRefused(ProbeReply)
    /// With the reason: the connections allowed were used up, the server hung up.
    case notTried(String)
}

package struct RelayTrial: Sendable, Hashable {
    package var attempt: RelayAttempt
    package var outcome: RelayOutcome

    package init(_ attempt: RelayAttempt, _ outcome: RelayOutcome) {
        self.attempt = attempt
        self.outcome = outcome
    }
}

/// What a probe saw of one server's port.
package struct RelayFacts: Sendable, Hashable {
    package enum TLS: Sendable, Hashable {
        case notOffered
        /// The connection begins with TLS (port 465).
        case implicit
        case works
        case failed(String)
    }

    /// What was seen of the certificate and of old versions, once TLS worked.
    package struct TLSQuality: Sendable, Hashable {
        /// The name that it was verified for.
        package var name: String
        /// Why it was not trusted for that name; `nil`: it was.
        package var distrust: String?
        /// Days until it ends; negative: it has ended. `nil`: not known.
        package var daysLeft: Int?
        /// A handshake with TLS 1.0 or 1.1 worked. `nil`: not tried.
        package var takesOldVersions: Bool?

        package init(name: String) { self.name = name }
    }

    /// What a login could do.
    package struct Login: Sendable, Hashable {
        package var account: String
        /// `nil`: it was not tried, with the reason in `problems`.
        package var isAccepted: Bool?
        package var ownSender: RelayOutcome?
        package var foreignSender: RelayOutcome?

        package init(account: String) { self.account = account }
    }

    /// What came of the one message that was sent in earnest.
    package enum Delivery: Sendable, Hashable {
        /// The message was taken, too, not only its recipient.
        case taken(RelayAttempt, ProbeReply)
        case refused(RelayAttempt, ProbeReply)
        case failed(RelayAttempt, String)

        package var attempt: RelayAttempt {
            switch self {
            case .taken(let attempt, _), .refused(let attempt, _), .failed(let attempt, _): attempt
            }
        }
    }

    /// As the operator named it, with the port.
    package var target: String
    package var port: Int
    package var greeting: ProbeReply?
    /// The first word of the answer to EHLO.
    package var heloName: String?
    /// Extensions in capital letters before TLS, with their arguments; `nil`: EHLO was not answered.
    package var extensions: [String]?
    /// The same after STARTTLS.
    package var secureExtensions: [String]?
    package var tls: TLS = .notOffered
    /// `nil`: not looked at.
    package var tlsQuality: TLSQuality?
    package var trials: [RelayTrial] = []
    /// Answers for postmaster and for a mailbox that cannot exist.
    package var vrfy: [ProbeReply] = []
    package var expn: [ProbeReply] = []
    package var logins: [Login] = []
    /// `nil`: no message was sent.
    package var delivery: Delivery?
    /// The own domain was given.
    package var hasOwnDomain = false
    /// What kept the probe from seeing more, for people.
    package var problems: [String] = []

    package init(target: String, port: Int) {
        self.target = target
        self.port = port
    }

    /// The mechanisms behind AUTH, in capital letters.
    static func mechanisms(_ extensions: [String]?) -> Set<String> {
        var found: Set<String> = []
        for line in extensions ?? [] where line.hasPrefix("AUTH ") || line.hasPrefix("AUTH=") {
            found.formUnion(line.dropFirst(5).split(separator: " ").map(String.init))
        }
        return found
    }
}
