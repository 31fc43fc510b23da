import ArgumentParser
import ControlStore
import Enforcement
import MailTypes
import Response

struct CaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "case", abstract: "Incidents: from the first notice to sending again.",
        discussion: """
            A case leads back to sending: `case show` tells what is asked and what is missing. Works on the state directory, beside
            a running gateway, which heeds what is changed within a minute. Every act is recorded (`sluice audit`).
            """,
        subcommands: [
            List.self, Show.self, Evidence.self, Verify.self, Attest.self, Waive.self, Report.self, Note.self,
            Merge.self,
            Split.self, Kind.self, Reinstate.self, Close.self, FalseAlarm.self, Reopen.self, Link.self, Delisting.self,
        ], defaultSubcommand: List.self)

    static func id(_ text: String) throws -> CaseID {
        guard let id = CaseID(text) ?? CaseID("case-" + text) else {
            throw CommandFailure.input("'\(SafeText.printable(text))' is no case: case-17 or 17")
        }
        return id
    }

    static func check(_ text: String) throws -> RequiredCheck.Name {
        guard let name = RequiredCheck.Name(rawValue: text) else {
            throw CommandFailure.input(
                "'\(SafeText.printable(text))' is no check: "
                    + RequiredCheck.Name.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return name
    }

    static func incident(_ id: CaseID, in control: ControlDatabase) throws -> IncidentCase {
        guard let incident = try control.incident(id) else { throw CommandFailure.cannot("there is no \(id)") }
        return incident
    }

    /// What the service refuses is the command's failure.
    static func attempt<T>(_ work: () throws -> T) throws -> T {
        do { return try work() } catch let refusal as CaseService.Refusal {
            throw CommandFailure.cannot(refusal.description)
        } catch let error as ControlError {
            throw CommandFailure.cannot(error.message)
        }
    }

    /// Tells how the case stands after an act.
    static func tell(_ incident: IncidentCase, json: Bool) throws {
        if json { return try JSONOutput.print(CaseView(incident, at: State.now)) }
        let missing = incident.missing(at: State.now).map(\.name.rawValue)
        let rest = missing.isEmpty || incident.state.isFinal ? "" : "; missing: " + missing.joined(separator: ", ")
        Terminal.line("\(incident.id) is \(incident.state.rawValue)\(rest)")
    }
}
