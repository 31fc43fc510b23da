package import ControlStore
package import MailTypes
import Response
package import Spool

/// What the console's operations work on. Opened as a command opens it: its acts reach the gateway as those of the command
/// line do, through the databases, so that there is one way only.
package struct ConsoleStores: Sendable {
    /// A customer, as the configuration has it.
    package struct Customer: Sendable, Hashable {
        package var id: CustomerID
        package var name: String
        package var servers: [String]
        package var domains: [String]
        package var contacts: [String]
        /// The language in which the customer is told things; `nil`: as their browser asks.
        package var language: PageLanguage?

        package init(
            id: CustomerID, name: String, servers: [String], domains: [String], contacts: [String],
            language: PageLanguage? = nil
        ) {
            self.language = language
            self.id = id
            self.name = name
            self.servers = servers
            self.domains = domains
            self.contacts = contacts
        }
    }

    /// What only the running gateway knows.
    package struct Live: Sendable {
        /// Why no mail is accepted now, or `nil` when it is.
        package var unreadiness: String?
        package var metrics: [MetricFamily]
        /// Own addresses that are on a list now, a sentence each.
        package var listings: [String]
        /// Whether own addresses are looked up on lists at all.
        package var watchesLists: Bool

        package init(unreadiness: String?, metrics: [MetricFamily], listings: [String], watchesLists: Bool) {
            self.unreadiness = unreadiness
            self.metrics = metrics
            self.listings = listings
            self.watchesLists = watchesLists
        }
    }

    let control: ControlDatabase
    let spool: Spool
    let held: HeldDesk
    let cases: CaseActs
    let spoolStatus = SpoolStatusCache()
    /// Asked at each request, so that a reload shows.
    let customers: @Sendable () -> [Customer]
    /// Takes what a person decided about held messages: their ids, and whether they are spam. Called before they are gone.
    let learn: @Sendable ([SubmissionID], Bool) -> Void
    let live: @Sendable () -> Live?
    /// Takes what customers' servers report; false where no gateway runs.
    let report: @Sendable ([ReportedEvent]) -> Bool

    /// - Parameters:
    ///   - control: not the gateway's own object, which must see the console's acts as another's.
    ///   - live: `nil` where no gateway runs.
    package init(
        control: ControlDatabase, spool: Spool, customers: @escaping @Sendable () -> [Customer],
        learn: @escaping @Sendable ([SubmissionID], Bool) -> Void = { _, _ in },
        live: @escaping @Sendable () -> Live? = { nil },
        report: @escaping @Sendable ([ReportedEvent]) -> Bool = { _ in false }
    ) {
        self.report = report
        self.control = control
        self.spool = spool
        cases = CaseActs(control: control)
        self.customers = customers
        self.learn = learn
        self.live = live
        held = HeldDesk(spool: spool, control: control)
    }

    /// Begins to count what takes a while to count.
    package func warm(at time: Timestamp) { spoolStatus.warm(spool, at: time) }
}
