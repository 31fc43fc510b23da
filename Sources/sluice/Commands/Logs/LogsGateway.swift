import ArgumentParser
import Console
import Forensics
import Foundation
import MailTypes

/// Where `--follow` sends what it sees.
struct LogsGateway: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "With --follow: send logins and outcomes to the gateway as this customer's. Needs a token that may act.",
            valueName: "id"))
    var customer: String?

    @Option(help: ArgumentHelp("This server's address, as the gateway knows it.", valueName: "address"))
    var server: String?

    @OptionGroup var api: GatewayOptions

    func validate() throws {
        guard customer == nil || customer.flatMap({ CustomerID($0) }) != nil else {
            throw ValidationError("--customer is no customer's id.")
        }
        guard server == nil || server.flatMap({ IPAddress($0) }) != nil else {
            throw ValidationError("--server is no IP address.")
        }
    }

    /// `nil` where events are printed. Asks the gateway once whether it takes anything at all.
    func reporter() throws -> LogsReporter? {
        guard let customer else { return nil }
        return LogsReporter(api: try api.connect(), customer: customer, server: server)
    }
}
