import ArgumentParser
import ControlStore
import Enforcement
import MailTypes
import Response

/// What is common to acts on one case.
protocol CaseAct: ParsableCommand {
    var config: ConfigurationOption { get }
    var id: String { get }
    var json: Bool { get }
    func act(_ service: CaseService, _ id: CaseID, _ control: ControlDatabase, author: String, at now: Timestamp) throws
        -> IncidentCase
}

extension CaseAct {
    func run() throws {
        let control = try State.control(config.load())
        let id = try CaseCommand.id(id)
        let incident = try CaseCommand.attempt {
            try act(CaseService(control: control), id, control, author: "person:" + Terminal.author, at: State.now)
        }
        try CaseCommand.tell(incident, json: json)
    }
}

extension CaseCommand {
    struct Verify: CaseAct {
        static let configuration = CommandConfiguration(
            abstract: "Asks for reinstatement: the gateway looks again, from outside where the customer agreed.",
            discussion: "Where all checks hold and the policy needs no person, the sources send again within a minute.")
        @OptionGroup var config: ConfigurationOption
        @Argument(help: "The case.") var id: String
        @Flag(help: "As JSON.") var json = false

        func act(
            _ service: CaseService, _ id: CaseID, _ control: ControlDatabase, author: String, at now: Timestamp
        ) throws -> IncidentCase { try service.ask(id, author: author, at: now) }
    }

    struct Attest: CaseAct {
        static let configuration = CommandConfiguration(
            abstract: "Says how a check stands, for a person.",
            discussion: "Example: sluice case attest 17 password-changed --detail 'by telephone with J. Doe, 14:00'")
        @OptionGroup var config: ConfigurationOption
        @Argument(help: "The case.") var id: String
        @Argument(help: "The check.") var check: String
        @Option(help: "What was done, by whom.") var detail: String
        @Flag(help: "It does not hold.") var fails = false
        @Flag(help: "As JSON.") var json = false

        func act(
            _ service: CaseService, _ id: CaseID, _ control: ControlDatabase, author: String, at now: Timestamp
        ) throws -> IncidentCase {
            try service.attest(
                try CaseCommand.check(check), !fails, SafeText.printable(detail, limit: 900), of: id, author: author,
                at: now)
        }
    }

    struct Waive: CaseAct {
        static let configuration = CommandConfiguration(
            abstract: "Takes a check upon yourself: it counts as done, with your name and reason beside it.")
        @OptionGroup var config: ConfigurationOption
        @Argument(help: "The case.") var id: String
        @Argument(help: "The check.") var check: String
        @Option(help: "Why.") var reason: String
        @Flag(help: "As JSON.") var json = false

        func act(
            _ service: CaseService, _ id: CaseID, _ control: ControlDatabase, author: String, at now: Timestamp
        ) throws -> IncidentCase {
            guard !reason.isEmpty else { throw CommandFailure.input("--reason is empty") }
            return try service.waive(
                try CaseCommand.check(check), reason: SafeText.printable(reason, limit: 900), of: id, author: author,
                at: now)
        }
    }

    struct Note: CaseAct {
        static let configuration = CommandConfiguration(abstract: "Writes a note into a case.")
        @OptionGroup var config: ConfigurationOption
        @Argument(help: "The case.") var id: String
        @Argument(help: "The text.") var text: String
        @Flag(help: "As JSON.") var json = false

        func act(
            _ service: CaseService, _ id: CaseID, _ control: ControlDatabase, author: String, at now: Timestamp
        ) throws -> IncidentCase {
            _ = try control.addNote(text, to: id, author: author, at: now)
            return try CaseCommand.incident(id, in: control)
        }
    }

    struct Merge: CaseAct {
        static let configuration = CommandConfiguration(
            abstract: "Joins another case of the same customer into this one: all that was asked there is asked here.")
        @OptionGroup var config: ConfigurationOption
        @Argument(help: "The case that stays.") var id: String
        @Argument(help: "The one that goes.") var other: String
        @Flag(help: "As JSON.") var json = false

        func act(
            _ service: CaseService, _ id: CaseID, _ control: ControlDatabase, author: String, at now: Timestamp
        ) throws -> IncidentCase { try control.merge(try CaseCommand.id(other), into: id, author: author, at: now) }
    }

    struct Split: CaseAct {
        static let configuration = CommandConfiguration(
            abstract: "Moves sources of a case, with their stops, into a new one; as much is asked of both.")
        @OptionGroup var config: ConfigurationOption
        @Argument(help: "The case.") var id: String
        @Argument(help: "Sources, as `case show` names them.") var sources: [String]
        @Flag(help: "As JSON.") var json = false

        func act(
            _ service: CaseService, _ id: CaseID, _ control: ControlDatabase, author: String, at now: Timestamp
        ) throws -> IncidentCase {
            try control.split(try sources.map(StopCommand.source), from: id, author: author, at: now)
        }
    }

    struct Kind: CaseAct {
        static let configuration = CommandConfiguration(
            abstract: "Says what kind of incident it is; what that asks is added.",
            discussion: "Kinds: " + IncidentKind.allCases.map(\.rawValue).joined(separator: ", "))
        @OptionGroup var config: ConfigurationOption
        @Argument(help: "The case.") var id: String
        @Argument(help: "The kind.") var kind: String
        @Flag(help: "As JSON.") var json = false

        func act(
            _ service: CaseService, _ id: CaseID, _ control: ControlDatabase, author: String, at now: Timestamp
        ) throws -> IncidentCase {
            guard let kind = IncidentKind(rawValue: kind) else {
                throw CommandFailure.input(
                    "a kind is one of " + IncidentKind.allCases.map(\.rawValue).joined(separator: ", "))
            }
            return try control.classify(id, as: [kind], author: author, at: now)
        }
    }
}
