import ArgumentParser
import Console
import ControlStore
import Foundation
import MailTypes

/// Letting in again, ending, links and reports.
extension CaseCommand {
    struct Reinstate: CaseAct {
        static let configuration = CommandConfiguration(
            abstract: "Lets the case's sources send again, on probation. All checks must hold, or --force.",
            discussion: "With --force the checks are asked on: the case does not close while one is open.")
        @OptionGroup var gateway: GatewayOptions
        @Argument(help: "The case.") var id: String
        @Option(help: "One sentence, for the record.") var reason: String
        @Flag(help: "Although checks are missing.") var force = false
        @Flag(help: "As JSON.") var json = false

        struct Body: Encodable {
            var reason: String
            var force: Bool
        }

        var act: String { "reinstate" }
        func body() -> Body { Body(reason: reason, force: force) }
    }

    struct Close: CaseAct {
        static let configuration = CommandConfiguration(
            abstract: "Ends a case that is cleaned up. All checks must hold or be waived; stops are lifted with it.")
        @OptionGroup var gateway: GatewayOptions
        @Argument(help: "The case.") var id: String
        @Option(help: "One sentence, for the record.") var reason: String
        @Flag(help: "As JSON.") var json = false

        var act: String { "close" }
        func body() -> [String: String] { ["reason": reason] }
    }

    struct FalseAlarm: CaseAct {
        static let configuration = CommandConfiguration(
            commandName: "false-alarm", abstract: "It was no spam: stops are lifted and held mail is released.")
        @OptionGroup var gateway: GatewayOptions
        @Argument(help: "The case.") var id: String
        @Option(help: "One sentence, for the record.") var reason: String
        @Flag(help: "As JSON.") var json = false

        var act: String { "false-alarm" }
        func body() -> [String: String] { ["reason": reason] }
    }

    struct Reopen: CaseAct {
        static let configuration = CommandConfiguration(
            abstract: "Opens a case again; everything is asked again. Nothing is stopped by it: `sluice stop add`.")
        @OptionGroup var gateway: GatewayOptions
        @Argument(help: "The case.") var id: String
        @Option(help: "Why.") var reason: String
        @Flag(help: "As JSON.") var json = false

        var act: String { "reopen" }
        func body() -> [String: String] { ["reason": reason] }
    }

    struct Report: CaseAct {
        static let configuration = CommandConfiguration(
            abstract: "Takes a signed report of `sluice check`, `logs` or `queue prove` from a file.",
            discussion: "The report must be signed with the token of one of the case's links.")
        @OptionGroup var gateway: GatewayOptions
        @Argument(help: "The case.") var id: String
        @Argument(help: "The report's file.") var report: String
        @Option(help: "The file with the token.") var tokenFile: String
        @Flag(help: "As JSON.") var json = false

        var act: String { "reports" }

        func body() throws -> [String: String] {
            func text(_ path: String) throws -> String {
                guard let handle = FileHandle(forReadingAtPath: path),
                    let data = try handle.read(upToCount: ControlDatabase.reportSize.bytes + 1)
                else { throw CommandFailure.cannot("\(SafeText.printable(path)) cannot be read") }
                return String(decoding: data, as: UTF8.self)
            }
            return [
                "token": try text(tokenFile).trimmingCharacters(in: .whitespacesAndNewlines),
                "report": try text(report),
            ]
        }
    }

    struct Link: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "token", abstract: "Makes a link for the customer; shown once. Or revokes all of a case.",
            discussion:
                "Who has the link sees this case and no other, and can upload reports and ask for reinstatement.")
        @OptionGroup var gateway: GatewayOptions
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
            let id = try CaseCommand.id(id)
            guard let lifetime = ShortDuration.read(duration) else {
                throw CommandFailure.input("--for '\(SafeText.printable(duration))': a number with s, m, h or d")
            }
            let api = try gateway.connect()
            if revoke {
                let count = try api.delete(RevokedView.self, "cases", id, "links").revoked
                if json { return try JSONOutput.print(View(caseID: id, revoked: count)) }
                return Terminal.line("\(count) links of \(id) are no longer good")
            }
            let made: NewLinkView = try api.post(
                "cases", id, "links", body: ["seconds": Int(lifetime.components.seconds)])
            guard let url = made.url, let parts = CaseLink.parse(url) else {
                throw CommandFailure.cannot("the gateway gave no link")
            }
            let link = parts.base.isEmpty ? nil : url
            if json {
                return try JSONOutput.print(
                    View(caseID: id, token: parts.token.text, link: link, expires: made.link.expires))
            }
            Terminal.line(link ?? parts.token.text)
        }
    }
}
