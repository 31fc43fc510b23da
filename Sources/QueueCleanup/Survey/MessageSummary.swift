package import ContentAnalysis
package import MTAControl
package import MailTypes

/// What is remembered of one queued message: enough to group and choose it, without its text.
package struct MessageSummary: Sendable {
    package var id: QueueID
    package var place: String
    package var isHeld: Bool
    package var identity: MessageIdentity
    package var size: ByteCount
    /// Of the text that a reader sees.
    package var textSize: ByteCount
    /// Recipients that are still tried, and those that are done.
    package var left: Int
    package var done: Int
    /// Domains of the recipients left, in lower case, without repetition.
    package var domains: [String]
    /// Printable, at most 120 characters.
    package var subject: String
    package var origin: Origin
    /// Hosts that its links lead to, without repetition; at most `Bounds.hosts`.
    package var hosts: [String]
    /// Positive speaks for spam; within ±12.
    package var logOdds: Double
    package var fingerprint: CampaignFingerprint?
    /// Of a message with too little text for a fingerprint.
    var short: ShortText?
    /// Signs that the text is somebody else's.
    var carries: CarriedText

    package var sender: String { identity.sender }

    /// Who brought it in.
    package struct Origin: Hashable, Sendable {
        package var account: String?
        /// `uid:script`, as the server's PHP added it.
        package var script: String?
        package var client: String?
        /// A local user that is not root.
        package var user: String?
    }

    enum Bounds {
        static let hosts = 8
        static let subject = 120
        static let name = 200
    }

    /// What tells one origin from another; a proxy or web mail on this host tells nothing, so then it is the sender.
    package var source: String {
        if let account = origin.account { return "account " + account }
        if let script = origin.script { return "script " + script }
        if let client = origin.client, !client.hasPrefix("127."), client != "::1" { return "client " + client }
        if let user = origin.user { return "user " + user }
        return "sender " + sender
    }
}
