import ArgumentParser
import Console
import MailTypes

struct CaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "case", abstract: "Incidents: from the first notice to sending again.",
        discussion: """
            A case leads back to sending: `case show` tells what is asked and what is missing. Asks the gateway that runs here, or
            one elsewhere (--api); where none runs, works on its databases and says so. Every act is recorded with who, when and
            why (`sluice audit`).
            """,
        subcommands: [
            List.self, Show.self, Evidence.self, Verify.self, Attest.self, Waive.self, Report.self, Note.self,
            Merge.self,
            Split.self, Kind.self, Reinstate.self, Close.self, FalseAlarm.self, Reopen.self, Link.self, Delisting.self,
        ], defaultSubcommand: List.self)

    static func id(_ text: String) throws -> String {
        guard let id = CaseID(text) ?? CaseID("case-" + text) else {
            throw CommandFailure.input("'\(SafeText.printable(text))' is no case: case-17 or 17")
        }
        return id.description
    }
}

/// What is common to acts on one case: `POST cases/ID/ACT` with some members.
protocol CaseAct: ParsableCommand {
    /// The operation, and the option that each of its members stands for.
    associatedtype Body: Encodable
    var gateway: GatewayOptions { get }
    var id: String { get }
    var json: Bool { get }
    var act: String { get }
    func body() throws -> Body
}

extension CaseAct {
    func run() throws {
        let id = try CaseCommand.id(id)
        let body = try body()
        let api = try gateway.connect()
        let outcome: OutcomeView = try api.post("cases", id, act, body: body)
        guard json else { return Terminal.line(SafeText.printable(outcome.outcome, limit: 2000)) }
        try JSONOutput.print(try api.get(CaseView.self, "cases", id))
    }
}

/// A request without members.
struct NoBody: Encodable {}
