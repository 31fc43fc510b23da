package import Enforcement
package import MailTypes

/// What to send to a list that has one of our addresses, once the cause is gone: facts only, in English, which all lists read.
///
/// Asking too early is what makes the next listing last: until everything that the case asks holds, and nothing of it is stopped
/// any more, `missing` says what there is still to do. The customer is not named.
package struct DelistingNote: Hashable, Sendable {
    package var listing: OwnListing
    /// What keeps it from being sent, a sentence each; empty: it is ready.
    package var missing: [String]
    package var text: String

    package var isReady: Bool { missing.isEmpty }

    /// - Parameters:
    ///   - incident: what brought the address there; `nil`: not known, and then nothing is ready.
    ///   - hostname: this gateway's own name.
    package init(
        _ listing: OwnListing, incident: IncidentCase?, damage: CaseDamage?, hostname: DomainName, at time: Timestamp
    ) {
        self.listing = listing
        missing = Self.missing(listing, incident, at: time)
        text = Self.text(listing, incident, damage, hostname, at: time)
    }

    private static func missing(_ listing: OwnListing, _ incident: IncidentCase?, at time: Timestamp) -> [String] {
        if let until = listing.until { return ["It ended by itself on \(until.iso8601): there is nothing to ask for."] }
        guard let incident else {
            return ["No incident is known that brought it: find the cause first, and write what it was."]
        }
        var missing: [String] = []
        if !incident.stopped.isEmpty { missing.append("\(incident.id) is not over: a source is stopped still.") }
        missing += incident.unsettled(at: time)
            // The listing itself, and what only it can bring, is what is asked for.
            .filter { $0.name != .noListing }
            .map { "\($0.name.rawValue): \($0.missing(at: time) ?? "it did not hold when it was looked at")." }
        if incident.recovery.checks.isEmpty, incident.state != .closed {
            missing.append("\(incident.id) was never confirmed: nobody has said what the cause was.")
        }
        return missing
    }

    private static func text(
        _ listing: OwnListing, _ incident: IncidentCase?, _ damage: CaseDamage?, _ hostname: DomainName,
        at time: Timestamp
    ) -> String {
        var lines = [
            "Subject: removal of \(listing.address) from \(SafeText.printable(listing.list, limit: 100))", "",
            "\(listing.address) is an outgoing mail relay of \(hostname).",
            "It was seen on your list on \(listing.since.iso8601).",
        ]
        if !listing.said.isEmpty { lines.append("Your list says: \(SafeText.printable(listing.said, limit: 400))") }
        guard let incident else {
            lines += ["", "What happened: (to be written)", "What was done: (to be written)"]
            return lines.joined(separator: "\n") + "\n"
        }
        lines += [
            "", "What happened", "- " + cause(incident), "- Found on \(incident.first.iso8601), and stopped by us.",
        ]
        if let damage {
            lines.append(
                "- \(damage.suspect) suspect messages got out before that; \(damage.complaints) complaints and "
                    + "\(damage.refused) refusals came back to us.")
        }
        lines.append("- \(incident.counts.held) messages were held and \(incident.counts.refused) refused since.")
        lines += ["", "What was done, and how it was verified"]
        for check in incident.recovery.checks where check.name != .noListing {
            lines.append("- \(CaseWording.title(check.name)) \(said(check, at: time))")
        }
        if let date = incident.recovery.reinstated {
            lines.append("- The sender was let in again on \(date.iso8601), under limits and closer watch.")
        }
        if let last = incident.recovery.lastMatch { lines.append("- No such message was seen since \(last.iso8601).") }
        lines += ["", "Please remove \(listing.address). If you have later samples than these, send them to us."]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func cause(_ incident: IncidentCase) -> String {
        let causes = incident.recovery.kinds.sorted().map { kind in
            switch kind {
            case .stolenPassword: "a stranger used the password of one customer's mail account"
            case .openRelay: "one customer's server passed on mail of strangers"
            case .openPort: "one customer's server took mail from everybody although only its filter should reach it"
            case .script: "a script on one customer's server sent mail"
            case .unknown: "one customer's server sent mail that its owner did not write"
            }
        }
        let text = causes.isEmpty ? "one customer's mail looked like spam" : causes.joined(separator: "; ")
        return text.prefix(1).uppercased() + text.dropFirst() + "."
    }

    /// Who says so, and when: `verified by us`, `reported by the server`, `stated by the customer`.
    private static func said(_ check: RequiredCheck, at time: Timestamp) -> String {
        if let waiver = check.waiver { return "(taken over by our operator on \(waiver.time.iso8601))" }
        for assurance in Assurance.allCases.reversed() {
            guard let statement = check.state[assurance], statement.result == .pass, assurance >= check.needs else {
                continue
            }
            let who =
                switch assurance {
                case .verified: "verified by us"
                case .reported: "reported by the server, signed"
                case .attested: "stated by the customer"
                }
            return "(\(who), \(statement.time.iso8601))"
        }
        return "(open)"
    }
}
