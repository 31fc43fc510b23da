import ArgumentParser
import ControlStore
import Enforcement
import Foundation
import MailTypes
import Response
import SluiceConfiguration

/// Letting in again, ending, links and reports.
extension CaseCommand {
    struct Reinstate: CaseAct {
        static let configuration = CommandConfiguration(
            abstract: "Lets the case's sources send again, on probation. All checks must hold, or --force.",
            discussion: "With --force the checks are asked on: the case does not close while one is open.")
        @OptionGroup var config: ConfigurationOption
        @Argument(help: "The case.") var id: String
        @Option(help: "One sentence, for the record.") var reason = ""
        @Flag(help: "Although checks are missing.") var force = false
        @Flag(help: "As JSON.") var json = false

        func act(
            _ service: CaseService, _ id: CaseID, _ control: ControlDatabase, author: String, at now: Timestamp
        ) throws -> IncidentCase {
            guard !force || !reason.isEmpty else { throw CommandFailure.input("--force needs a --reason") }
            return try service.reinstate(
                id, reason: SafeText.printable(reason, limit: 900), force: force, author: author, at: now)
        }
    }

    struct Close: CaseAct {
        static let configuration = CommandConfiguration(
            abstract: "Ends a case that is cleaned up. All checks must hold or be waived; stops are lifted with it.")
        @OptionGroup var config: ConfigurationOption
        @Argument(help: "The case.") var id: String
        @Flag(help: "As JSON.") var json = false

        func act(
            _ service: CaseService, _ id: CaseID, _ control: ControlDatabase, author: String, at now: Timestamp
        ) throws -> IncidentCase { try service.close(id, author: author, at: now) }
    }

    struct FalseAlarm: CaseAct {
        static let configuration = CommandConfiguration(
            commandName: "false-alarm", abstract: "It was no spam: stops are lifted and held mail is released.")
        @OptionGroup var config: ConfigurationOption
        @Argument(help: "The case.") var id: String
        @Flag(help: "As JSON.") var json = false

        func act(
            _ service: CaseService, _ id: CaseID, _ control: ControlDatabase, author: String, at now: Timestamp
        ) throws -> IncidentCase {
            let before = try CaseCommand.incident(id, in: control)
            guard !before.state.isFinal else {
                throw CommandFailure.cannot("\(id) is \(before.state.rawValue) already")
            }
            return try control.apply([.falseAlarm], to: id, author: author, at: now).incident
        }
    }

    struct Reopen: CaseAct {
        static let configuration = CommandConfiguration(
            abstract: "Opens a case again; everything is asked again. Nothing is stopped by it: `sluice stop add`.")
        @OptionGroup var config: ConfigurationOption
        @Argument(help: "The case.") var id: String
        @Option(help: "Why.") var reason: String
        @Flag(help: "As JSON.") var json = false

        func act(
            _ service: CaseService, _ id: CaseID, _ control: ControlDatabase, author: String, at now: Timestamp
        ) throws -> IncidentCase {
            let (incident, actions) = try control.apply(
                [.reopened(reason: SafeText.printable(reason, limit: 390))], to: id, author: author, at: now)
            guard actions.first != IncidentCase.Action.none else {
                throw CommandFailure.cannot(
                    "\(id) is \(incident.state.rawValue): it need not, or cannot, be opened again")
            }
            return incident
        }
    }

    struct Report: CaseAct {
        static let configuration = CommandConfiguration(
            abstract: "Takes a signed report of `sluice check`, `logs` or `queue prove` from a file.",
            discussion: "The report must be signed with the token of one of the case's links.")
        @OptionGroup var config: ConfigurationOption
        @Argument(help: "The case.") var id: String
        @Argument(help: "The report's file.") var report: String
        @Option(help: "The file with the token.") var tokenFile: String
        @Flag(help: "As JSON.") var json = false

        func act(
            _ service: CaseService, _ id: CaseID, _ control: ControlDatabase, author: String, at now: Timestamp
        ) throws -> IncidentCase {
            func bytes(_ path: String) throws -> [UInt8] {
                guard let handle = FileHandle(forReadingAtPath: path),
                    let data = try handle.read(upToCount: ControlDatabase.reportSize.bytes + 1)
                else { throw CommandFailure.cannot("\(SafeText.printable(path)) cannot be read") }
                return [UInt8](data)
            }
            let text = String(decoding: try bytes(tokenFile), as: UTF8.self).trimmingCharacters(
                in: .whitespacesAndNewlines)
            guard let token = CapabilityToken(text), let link = try control.caseToken(token), link.caseID == id,
                link.isGood(at: now)
            else { throw CommandFailure.cannot("the token is none of \(id)'s, or its time is over") }
            return try service.take(report: try bytes(report), token: Array(token.text.utf8), of: id, at: now).incident
        }
    }

    struct Link: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "token", abstract: "Makes a link for the customer; shown once. Or revokes all of a case.",
            discussion:
                "Who has the link sees this case and no other, and can upload reports and ask for reinstatement.")
        @OptionGroup var config: ConfigurationOption
        @Argument(help: "The case.") var id: String
        @Option(name: .customLong("for"), help: "How long it is good: 24h, 7d.") var duration = "30d"
        @Flag(help: "Ends all links of the case instead.") var revoke = false
        @Flag(help: "As JSON.") var json = false

        private struct View: Encodable {
            var caseID: String
            var token: String?
            var link: String?
            var expires: String?
            var revoked: Int?
        }

        func run() throws {
            let configuration = try config.load()
            let control = try State.control(configuration)
            let id = try CaseCommand.id(id)
            let author = "person:" + Terminal.author
            if revoke {
                let count = try CaseCommand.attempt {
                    try control.revokeCaseTokens(of: id, author: author, at: State.now)
                }
                if json { return try JSONOutput.print(View(caseID: id.description, revoked: count)) }
                return Terminal.line("\(count) links of \(id) are no longer good")
            }
            guard let lifetime = ShortDuration.read(duration) else {
                throw CommandFailure.input("--for '\(SafeText.printable(duration))': a number with s, m, h or d")
            }
            var generator = SystemRandomNumberGenerator()
            let token = CapabilityToken(using: &generator)
            let made = try CaseCommand.attempt {
                try control.mintCaseToken(token, for: id, lifetime: lifetime, author: author, at: State.now)
            }
            let link = configuration.notices.consoleURL.map { base in
                (base.hasSuffix("/") ? String(base.dropLast()) : base) + "/cases/\(id)/\(token.text)"
            }
            if json {
                return try JSONOutput.print(
                    View(caseID: id.description, token: token.text, link: link, expires: made.expires.iso8601))
            }
            Terminal.line(link ?? token.text)
        }
    }
}
