package import MailTypes

/// Something that must be so before a source may send again, and what is known about it.
package struct RequiredCheck: Hashable, Sendable {
    /// What can be required. The raw value is its name in configuration, commands and the API.
    package enum Name: String, Hashable, Sendable, CaseIterable, Comparable {
        /// The account's password was changed after the incident.
        case passwordChanged = "password-changed"
        /// Nobody logged in from where the account's owner never was.
        case noAlienLogin = "no-alien-login"
        /// No rule forwards or hides the account's mail.
        case noForwarding = "no-forwarding-rule"
        /// Strangers cannot relay: probed from outside.
        case relayClosed = "relay-closed"
        /// The firewall's rules let only the provider's networks reach port 25.
        case portRules = "port-25-rules"
        /// A connection to port 25 from outside fails.
        case portOutside = "port-25-outside"
        /// The script was found and removed.
        case scriptRemoved = "script-removed"
        /// No submission without an account since.
        case noNullAccount = "no-null-account"
        /// Somebody says what the cause was and what was done.
        case causeRemoved = "cause-removed"
        /// The server's queue holds nothing of the campaign.
        case queueClean = "queue-clean"
        /// No submission like the incident's for so long.
        case campaignQuiet = "campaign-quiet"
        /// No blocklist has an entry that is younger than the clean-up.
        case noListing = "no-new-listing"
        /// The server's names lead to its address and back: PTR, and the name that it greets with.
        case namesMatch = "names-match"
        /// No blocklist has an entry for the customer's server.
        case serverUnlisted = "server-unlisted"

        package static func < (a: Name, b: Name) -> Bool { a.rawValue < b.rawValue }

        /// Those that the gateway looks after by itself: nobody need ask the customer.
        package var isWatched: Bool { self == .campaignQuiet || self == .noListing }
        /// Those for which the gateway looks at the customer's server from outside.
        package var isProbed: Bool {
            switch self {
            case .relayClosed, .portOutside, .namesMatch, .serverUnlisted: true
            default: false
            }
        }
    }

    /// An operator takes the answer upon themselves.
    package struct Waiver: Hashable, Sendable {
        package let author: String
        package let reason: String
        package let time: Timestamp

        package init(author: String, reason: String, time: Timestamp) {
            self.author = IncidentCase.cut(author, to: CheckState.Statement.authorLimit)
            self.reason = IncidentCase.cut(reason, to: CheckState.Statement.detailLimit)
            self.time = time
        }
    }

    package let name: Name
    /// The weakest assurance that will do.
    package internal(set) var needs: Assurance
    /// How old a pass may be when the source is let in again; `nil`: however old.
    package internal(set) var maximumAge: Duration?
    package internal(set) var state: CheckState
    package internal(set) var waiver: Waiver?

    package init(
        _ name: Name, needs: Assurance, maximumAge: Duration? = nil, state: CheckState = CheckState(),
        waiver: Waiver? = nil
    ) {
        self.name = name
        self.needs = needs
        self.maximumAge = maximumAge
        self.state = state
        self.waiver = waiver
    }

    /// Whether it holds now, or an operator waived it: what reinstatement asks.
    package func isSatisfied(at time: Timestamp) -> Bool {
        waiver != nil || state.passes(needs, at: time, within: maximumAge)
    }

    /// Whether it held when it was looked at, and nothing was seen against it since: what closing asks.
    package func isSettled(at time: Timestamp) -> Bool { waiver != nil || state.passes(needs, at: time, within: nil) }

    /// `pass`, `fail` or `unknown`, for people.
    package func result(at time: Timestamp) -> CheckState.Result {
        waiver != nil ? .pass : state.summary(needs, at: time, within: maximumAge)
    }

    /// What is missing, in words without names from outside; `nil` when it is satisfied.
    package func missing(at time: Timestamp) -> String? {
        guard !isSatisfied(at: time) else { return nil }
        let latest = state.statements.filter { $0.key >= needs }.max { $0.value.time < $1.value.time }?.value
        if state.statements.values.contains(where: { $0.result == .fail }) { return "it failed when it was looked at" }
        guard let latest else {
            return state.statements.isEmpty
                ? "nobody has looked yet" : "what was said does not suffice: \(needs.rawValue) is needed"
        }
        return latest.result == .unknown ? "it could not be seen" : "the proof is too old"
    }
}
