import ArgumentParser
import MailTypes
import SluiceConfiguration

struct CustomerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "customer", abstract: "Who may send, as the configuration says.",
        subcommands: [List.self, Show.self], defaultSubcommand: List.self)

    struct View: Encodable {
        var id: String
        var name: String
        var contacts: [String]
        var servers: [String]
        var domains: [String]
        var senderBinding: String
        var identityHeaders: [String]
        var accounts: [String]

        init(_ customer: Configuration.Customer) {
            id = customer.id.description
            name = customer.name
            contacts = customer.contacts.map(\.description)
            servers = customer.servers.map(\.description)
            domains = customer.domains.map(\.description)
            senderBinding = customer.senderBinding.rawValue
            identityHeaders = customer.identityHeaders.map(\.description)
            accounts = customer.accounts.map(\.name.description)
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "All customers.")
        @OptionGroup var config: ConfigurationOption
        @Flag(help: "As JSON.") var json = false

        func run() throws {
            let customers = try config.load().customers
            if json { return try JSONOutput.print(customers.map(View.init)) }
            guard !customers.isEmpty else { return Terminal.line("no customers: nobody can send") }
            var table = Table("ID", "NAME", "SERVERS", "ACCOUNTS", "DOMAINS", "BINDING")
            for customer in customers {
                table.add(
                    customer.id.description, customer.name, "\(customer.servers.count)", "\(customer.accounts.count)",
                    "\(customer.domains.count)", customer.senderBinding.rawValue)
            }
            table.print()
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "One customer.")
        @OptionGroup var config: ConfigurationOption
        @Flag(help: "As JSON.") var json = false
        @Argument(help: "The customer's id.") var id: String

        func run() throws {
            let customers = try config.load().customers
            guard let customer = customers.first(where: { $0.id.description == id }) else {
                let near = customers.map(\.id.description).prefix(10).joined(separator: ", ")
                throw CommandFailure.cannot(
                    "there is no customer '\(SafeText.printable(id))'" + (near.isEmpty ? "" : "; there are \(near)"))
            }
            let view = View(customer)
            if json { return try JSONOutput.print(view) }
            func row(_ name: String, _ values: [String]) {
                guard !values.isEmpty else { return }
                Terminal.line("\(name.padded(16)) \(SafeText.printable(values.joined(separator: ", "), limit: 4000))")
            }
            row("id", [view.id])
            row("name", [view.name])
            row("contacts", view.contacts)
            row("servers", view.servers)
            row("domains", view.domains)
            row("sender-binding", [view.senderBinding])
            row("identity-headers", view.identityHeaders)
            row("accounts", view.accounts)
        }
    }
}
