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

        package init(id: CustomerID, name: String, servers: [String], domains: [String], contacts: [String]) {
            self.id = id
            self.name = name
            self.servers = servers
            self.domains = domains
            self.contacts = contacts
        }
    }

    let control: ControlDatabase
    let spool: Spool
    let held: HeldDesk
    let cases: CaseActs
    /// Asked at each request, so that a reload shows.
    let customers: @Sendable () -> [Customer]

    /// - Parameter control: not the gateway's own object, which must see the console's acts as another's.
    package init(
        control: ControlDatabase, spool: Spool, customers: @escaping @Sendable () -> [Customer]
    ) {
        self.control = control
        self.spool = spool
        cases = CaseActs(control: control)
        self.customers = customers
        held = HeldDesk(spool: spool, control: control)
    }
}
