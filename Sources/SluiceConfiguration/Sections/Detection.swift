package import MailTypes

extension Configuration {
    /// When mail is held and sources are stopped; thresholds are log-odds.
    package struct Detection: Hashable, Sendable {
        package var mode: Mode
        /// A message from here on is held: its own log-odds and what its sources showed before.
        package var hold: Double
        /// A message from here on counts as suspect.
        package var suspect: Double
        /// A source whose cumulative sum reaches this is stopped.
        package var stop: Double
        package var fewestSuspects: Int
        package var drift: Double
        package var credit: Double
        package var largestStep: Double
        package var accountsToWiden: Int
        package var wideningWindow: Duration
        package var shareToWiden: Double
        /// Of the journal's files together.
        package var journalSize: ByteCount
        /// The content model's file; `nil`: the one that comes with Sluice.
        package var model: String?
        /// The operator's own lists; `nil`: none.
        package var lists: String?
        /// DNS lists that are asked for the domains of links.
        package var linkLists: [LinkList]
        package var linkListDeadline: Duration
        package var declared: [DeclaredSender]
        /// MaxMind databases of networks and countries.
        package var places: [String]

        init(_ section: Section) {
            let odds = 0.0...1000.0
            mode = section.value(
                "mode", .choice(), default: .enforce,
                "enforce; observe: everything is counted and told, nothing is held or stopped.")
            hold = section.value("hold-threshold", .number(odds), default: 3, "A message from here on is held.")
            suspect = section.value(
                "suspect-threshold", .number(odds), default: 1, "A message from here on counts as suspect.")
            stop = section.value(
                "stop-threshold", .number(odds), default: 10,
                "A source whose sum over its messages reaches this is stopped.")
            fewestSuspects = section.value(
                "fewest-suspects", .integer(1...10_000), default: 3,
                "Suspect messages without which no source is stopped, whatever the sum.")
            drift = section.value(
                "drift", .number(0...100), default: 0.5, "Taken from each message's log-odds before it is added.")
            credit = section.value(
                "credit", .number(0...100), default: 0.35, "What one clean message takes back at most.")
            largestStep = section.value(
                "largest-step", .number(0.1...1000), default: 5, "What one message adds at most.")
            accountsToWiden = section.value(
                "accounts-to-widen", .integer(2...10_000), default: 3,
                "Accounts of one server stopped within the window below before the server is; likewise a customer's servers."
            )
            wideningWindow = section.value(
                "widening-window", .duration(.seconds(60)...(.seconds(30 * 86_400))), default: .seconds(86_400), "")
            shareToWiden = section.value(
                "share-to-widen", .number(0...1), default: 0.5,
                "Suspect share of a server's or customer's last hour without which it is not stopped for its accounts.")
            journalSize = section.value(
                "journal-size", .size(.mib(16)...(.mib(16_777_216))), default: .mib(4096),
                "What detection saw is kept for `sluice replay`, without texts and addresses; the oldest goes."
            )
            model = section.file(
                "model", example: "/var/lib/sluice/content.model", isRequired: false,
                "The content model, as `sluice train` writes it. Left out: the one that comes with Sluice.")
            lists = section.file(
                "lists", example: "/etc/sluice/lists", isRequired: false,
                "Your own lists, read again at SIGHUP: lines such as `bad-domain pills.example`, good-domain, bad-link, bad-text, trap."
            )
            linkLists =
                section.sections(
                    "link-lists", "DNS lists that are asked for the domains of links. Mind their terms of use.",
                    LinkList.init) ?? []
            linkListDeadline = section.value(
                "link-list-deadline", .duration(.zero...(.seconds(5))), default: .milliseconds(150),
                "How long a message waits for them at most; what comes later counts for the next ones.")
            declared =
                section.sections(
                    "declared-senders", "Senders of lawful bulk mail, and who answers for them.", DeclaredSender.init)
                ?? []
            places = section.list(
                "places", .path, example: ["/var/lib/GeoIP/GeoLite2-ASN.mmdb"],
                "MaxMind databases: with one of networks, logins from anywhere in one operator's network count as one place."
            ).map(section.decoding.resolved)
            if suspect > hold {
                section.warning(
                    "suspect-threshold", "is above hold-threshold, so that held mail does not count as suspect")
            }
            if stop < hold {
                section.warning("stop-threshold", "is below hold-threshold: stops before it holds")
            }
        }
    }
}
