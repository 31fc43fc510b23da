/// A named contribution to a judgement, in log-odds, with the numbers behind it.
///
/// Positive speaks for spam, negative against. The sentence is for people: it stands in notices, in `sluice held show`
/// and in the log, so it tells the figures and never quotes more than `SafeText` lets through.
package struct Evidence: Hashable, Sendable {
    package var kind: Kind
    /// Natural logarithm of the odds; clipped by whoever makes it, within ±20.
    package var logOdds: Double
    /// One sentence with the numbers, e.g. `38 messages of one campaign in 2 minutes to 37 new recipients`.
    package var summary: String

    package init(_ kind: Kind, logOdds: Double, _ summary: String) {
        self.kind = kind
        self.logOdds = logOdds
        self.summary = summary
    }

    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// The content model's score.
        case content
        /// Near-copies of one text to many.
        case campaign
        /// Recipients that this source never wrote to before.
        case firstTimeRecipients = "first-time-recipients"
        /// Messages or recipients per time against the source's own past.
        case rate
        /// Recipients that do not exist.
        case unknownRecipients = "unknown-recipients"
        /// Receivers that refused by policy.
        case policyRefusals = "policy-refusals"
        /// A sender address outside the customer's domains.
        case senderBinding = "sender-binding"
        /// Several envelope senders, or HELO names, behind one source; no account where there should be one.
        case identity
        /// How little is known of the source.
        case trust
        /// Where the account logged in and submits from.
        case login
        /// The mail program and how it is set up.
        case client
        /// Domains that the text links to.
        case links
        /// An answer, and to what.
        case thread
        /// Lawful bulk mail.
        case bulk
        /// Other accounts of the customer.
        case neighbours
        case complaints
        /// Addresses that nobody uses.
        case traps
        /// A local list of texts, links or domains.
        case localList = "local-list"
        /// What the source has shown so far.
        case history
        /// A stop that covers the source.
        case stop
        /// A limit of plain policy.
        case limit
    }
}
