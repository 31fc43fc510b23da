package import MailTypes

/// A source that may not send: scope, since, until, reason, case.
package struct Stop: Hashable, Sendable {
    package var source: SourceID
    /// One sentence for the sender, in plain words and without addresses.
    package var reason: String
    package var since: Timestamp
    /// When it ends by itself; `nil`: when somebody lifts it.
    package var until: Timestamp?
    package var author: Author
    package var caseID: CaseID
    package var certainty: Certainty

    package enum Author: Hashable, Sendable, CustomStringConvertible {
        case detector
        /// A person, by name.
        case person(String)

        /// For records: `detector`, `person:ann`.
        package var description: String {
            switch self {
            case .detector: "detector"
            case .person(let name): "person:" + name
            }
        }

        /// Reads what `description` wrote.
        package init?(_ text: String) {
            if text == "detector" {
                self = .detector
            } else {
                guard text.hasPrefix("person:"), text.utf8.count > 7 else { return nil }
                self = .person(String(text.dropFirst(7)))
            }
        }
    }

    package enum Certainty: String, Hashable, Sendable {
        /// The client keeps the mail and tries again: 451 4.7.1.
        case doubt
        /// The mail goes back to its sender: 550 5.7.1.
        case confirmed
    }

    package init(
        source: SourceID, reason: String, since: Timestamp, until: Timestamp? = nil, author: Author, caseID: CaseID,
        certainty: Certainty
    ) {
        self.source = source
        self.reason = reason
        self.since = since
        self.until = until
        self.author = author
        self.caseID = caseID
        self.certainty = certainty
    }

    /// Whether it holds at that time.
    package func isActive(at time: Timestamp) -> Bool { since <= time && (until.map { time < $0 } ?? true) }

    /// What the client is told: the reason in a sentence, the case, and where to read more. Only printable ASCII gets into
    /// it, so that no text from outside can end the line and begin another reply.
    ///
    /// - Parameter baseURL: where the console is, such as `https://sluice.example.net`; `nil`: no link.
    package func reply(baseURL: String?) -> Reply {
        let link = baseURL.map { base in
            SafeText.ascii(base.hasSuffix("/") ? String(base.dropLast()) : base, limit: 200) + "/cases/\(caseID)"
        }
        let lines = [SafeText.ascii(reason, limit: 300), link.map { "\(caseID), see \($0)" } ?? "\(caseID)"]
        switch certainty {
        case .doubt: return Reply(.localError, EnhancedStatusCode(4, 7, 1), lines: lines)
        case .confirmed: return Reply(.mailboxUnavailable, EnhancedStatusCode(5, 7, 1), lines: lines)
        }
    }
}
