package import MailTypes

/// Who says that something is so, weakest first. Shown apart everywhere, since they are worth differently.
package enum Assurance: String, Hashable, Sendable, CaseIterable, Comparable {
    /// A person says so.
    case attested
    /// A report of the server itself, signed with the case's token.
    case reported
    /// The gateway looked for itself: an outside probe, its own traffic, a blocklist.
    case verified

    private var strength: Int {
        switch self {
        case .attested: 0
        case .reported: 1
        case .verified: 2
        }
    }

    package static func < (a: Assurance, b: Assurance) -> Bool { a.strength < b.strength }
}

/// What is known about one required check: the latest statement of each assurance.
package struct CheckState: Hashable, Sendable {
    package enum Result: String, Hashable, Sendable, CaseIterable {
        case pass, fail
        /// Could not be seen. Never a pass.
        case unknown
    }

    package struct Statement: Hashable, Sendable {
        /// Bytes of the detail.
        package static let detailLimit = 1000
        package static let authorLimit = 200

        package let result: Result
        /// By our clock.
        package let time: Timestamp
        /// `person:ann`, `report:mail.acme.example`, `gateway`.
        package let author: String
        /// What was seen or said. From outside: whoever shows it makes it safe.
        package let detail: String

        package init(_ result: Result, at time: Timestamp, author: String, detail: String = "") {
            self.result = result
            self.time = time
            self.author = IncidentCase.cut(author, to: Self.authorLimit)
            self.detail = IncidentCase.cut(detail, to: Self.detailLimit)
        }
    }

    /// A statement from further ahead than this was made by a clock that ran wrong, and counts for nothing.
    package static let clockTolerance = Duration.seconds(3600)

    package private(set) var statements: [Assurance: Statement]

    package init(statements: [Assurance: Statement] = [:]) { self.statements = statements }

    package subscript(assurance: Assurance) -> Statement? { statements[assurance] }

    /// A later statement of the same assurance takes the place of the earlier one, also an `unknown` that of a pass.
    mutating func add(_ statement: Statement, as assurance: Assurance) { statements[assurance] = statement }

    /// Whether a pass of at least `needed` holds: not older than `age` (`nil`: however old), and contradicted neither by a
    /// failure that came later nor by one of the same or a stronger assurance.
    func passes(_ needed: Assurance, at time: Timestamp, within age: Duration?) -> Bool {
        statements.contains { assurance, pass in
            guard pass.result == .pass, assurance >= needed, pass.time <= time + Self.clockTolerance,
                age.map({ time - pass.time <= $0 }) ?? true
            else { return false }
            return !statements.contains { other, statement in
                statement.result == .fail && (other >= assurance || statement.time > pass.time)
            }
        }
    }

    /// What to show as the whole: `fail` if anything that counts failed last, `pass` if `passes`, else `unknown`.
    func summary(_ needed: Assurance, at time: Timestamp, within age: Duration?) -> Result {
        if passes(needed, at: time, within: age) { return .pass }
        return statements.values.contains { $0.result == .fail } ? .fail : .unknown
    }
}
