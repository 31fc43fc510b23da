import ArgumentParser
import Console
import Enforcement
import MailTypes

extension CaseCommand {
    struct Verify: CaseAct {
        static let configuration = CommandConfiguration(
            abstract: "Asks for reinstatement: the gateway looks again, from outside where the customer agreed.",
            discussion: "Where all checks hold and the policy needs no person, the sources send again within a minute.")
        @OptionGroup var gateway: GatewayOptions
        @Argument(help: "The case.") var id: String
        @Flag(help: "As JSON.") var json = false

        var act: String { "ask" }
        func body() -> NoBody { NoBody() }
    }

    struct Attest: CaseAct {
        static let configuration = CommandConfiguration(
            abstract: "Says how a check stands, for a person.",
            discussion: "Example: sluice case attest 17 password-changed --detail 'by telephone with J. Doe, 14:00'")
        @OptionGroup var gateway: GatewayOptions
        @Argument(help: "The case.") var id: String
        @Argument(help: "The check: \(RequiredCheck.Name.allCases.map(\.rawValue).joined(separator: ", ")).") var check:
            String
        @Option(help: "What was done, by whom.") var detail: String
        @Flag(help: "It does not hold.") var fails = false
        @Flag(help: "As JSON.") var json = false

        struct Body: Encodable {
            var check: String
            var detail: String
            var holds: Bool
        }

        var act: String { "attest" }
        func body() -> Body { Body(check: check, detail: detail, holds: !fails) }
    }

    struct Waive: CaseAct {
        static let configuration = CommandConfiguration(
            abstract: "Takes a check upon yourself: it counts as done, with your name and reason beside it.")
        @OptionGroup var gateway: GatewayOptions
        @Argument(help: "The case.") var id: String
        @Argument(help: "The check.") var check: String
        @Option(help: "Why.") var reason: String
        @Flag(help: "As JSON.") var json = false

        var act: String { "waive" }
        func body() -> [String: String] { ["check": check, "reason": reason] }
    }

    struct Note: CaseAct {
        static let configuration = CommandConfiguration(abstract: "Writes a note into a case.")
        @OptionGroup var gateway: GatewayOptions
        @Argument(help: "The case.") var id: String
        @Argument(help: "The text.") var text: String
        @Flag(help: "As JSON.") var json = false

        var act: String { "notes" }
        func body() -> [String: String] { ["text": text] }
    }

    struct Merge: CaseAct {
        static let configuration = CommandConfiguration(
            abstract: "Joins another case of the same customer into this one: all that was asked there is asked here.")
        @OptionGroup var gateway: GatewayOptions
        @Argument(help: "The case that stays.") var id: String
        @Argument(help: "The one that goes.") var other: String
        @Flag(help: "As JSON.") var json = false

        var act: String { "merge" }
        func body() throws -> [String: String] { ["case": try CaseCommand.id(other)] }
    }

    struct Split: CaseAct {
        static let configuration = CommandConfiguration(
            abstract: "Moves sources of a case, with their stops, into a new one; as much is asked of both.")
        @OptionGroup var gateway: GatewayOptions
        @Argument(help: "The case.") var id: String
        @Argument(help: "Sources, as `case show` names them.") var sources: [String]
        @Flag(help: "As JSON.") var json = false

        var act: String { "split" }
        func body() -> [String: [String]] { ["sources": sources] }
    }

    struct Kind: CaseAct {
        static let configuration = CommandConfiguration(
            abstract: "Says what kind of incident it is; what that asks is added.",
            discussion: "Kinds: " + IncidentKind.allCases.map(\.rawValue).joined(separator: ", "))
        @OptionGroup var gateway: GatewayOptions
        @Argument(help: "The case.") var id: String
        @Argument(help: "The kind.") var kind: String
        @Flag(help: "As JSON.") var json = false

        var act: String { "kind" }
        func body() -> [String: String] { ["kind": kind] }
    }
}
