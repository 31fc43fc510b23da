import ControlStore
import Enforcement
import MailTypes
import Response

/// What can be done with a case beside looking, in sentences for whoever asked. Every function blocks.
struct CaseActs: Sendable {
    private let control: ControlDatabase
    private let service: CaseService

    init(control: ControlDatabase) {
        self.control = control
        service = CaseService(control: control)
    }

    /// The checks that the case asks for, and how far each is.
    func checks(of incident: IncidentCase, at time: Timestamp) -> [CaseCheck] {
        incident.recovery.checks.map { check in
            CaseCheck(
                id: check.name.rawValue, title: Self.title(check.name), result: check.result(at: time).rawValue,
                needs: check.needs.rawValue,
                statements: check.state.statements.sorted { $0.key > $1.key }.map { assurance, statement in
                    CaseCheck.Statement(
                        assurance: assurance.rawValue, result: statement.result.rawValue, time: statement.time,
                        author: statement.author, detail: statement.detail)
                }, waiver: check.waiver?.reason, missing: check.missing(at: time), advice: Self.advice(check))
        }
    }

    /// Takes a report that was signed with the case's token.
    func take(report: [UInt8], signedWith token: CapabilityToken, for id: CaseID, at time: Timestamp) throws -> String {
        let outcome = try service.take(report: report, token: Array(token.text.utf8), of: id, at: time)
        guard !outcome.answered.isEmpty else {
            return "The report was taken. It says nothing about what is asked here."
        }
        let answers = outcome.answered.sorted { $0.key < $1.key }.map { name, result in
            "\(Self.title(name)): \(Self.word(result))"
        }
        return "The report was taken. " + answers.joined(separator: "; ") + "."
    }

    func verify(_ id: CaseID, author: String, at time: Timestamp) throws -> String {
        try service.verify(id, author: author, at: time)
            ? "We look again within a minute: load this page again then."
            : "There is nothing more to look at from outside now: either it was just done, or no outside look is asked for."
    }

    func attest(_ check: String, of id: CaseID, text: String, author: String, at time: Timestamp) throws -> String {
        guard let name = RequiredCheck.Name(rawValue: check) else { throw Problem(.invalid, "there is no such check") }
        let incident = try service.attest(name, true, text, of: id, author: author, at: time)
        let isDone = incident.recovery[name]?.isSatisfied(at: time) ?? false
        return "Your word was noted." + (isDone ? "" : " It does not suffice for this check.")
    }

    /// Somebody says that it was no spam; a person decides.
    func appeal(_ id: CaseID, text: String, author: String, at time: Timestamp) throws -> String {
        try service.appeal(id, text: text, author: author, at: time)
        return "A person will look at it, with the messages that are kept."
    }

    /// Asks for sending again: done within a minute where the policy's checks hold, else put before an operator.
    func askReinstatement(_ id: CaseID, text: String, author: String, at time: Timestamp) throws -> String {
        let before = try service.ask(id, author: author, at: time)
        if !text.isEmpty { _ = try control.addNote("reinstatement: " + text, to: id, author: author, at: time) }
        let left = before.missing(at: time)
        guard !left.isEmpty else { return "All that is asked is there: you are sending again within a minute." }
        return "Asked for. Still missing: " + left.map { Self.title($0.name) }.joined(separator: "; ") + "."
    }

    /// An operator lets the case's sources send again, also before the checks hold.
    func reinstate(_ id: CaseID, reason: String, force: Bool, author: String, at time: Timestamp) throws -> String {
        let incident = try service.reinstate(id, reason: reason, force: force, author: author, at: time)
        return "\(id) is \(incident.state.rawValue)"
    }

    private static func word(_ result: CheckState.Result) -> String {
        switch result {
        case .pass: "done"
        case .fail: "failed"
        case .unknown: "not known yet"
        }
    }

    /// What is to be true, in a plain sentence.
    static func title(_ name: RequiredCheck.Name) -> String {
        switch name {
        case .passwordChanged: "The account's password was changed"
        case .noAlienLogin: "Nobody else logs in to the account any more"
        case .noForwarding: "No rule forwards or hides the account's mail"
        case .relayClosed: "Strangers cannot send mail through the server"
        case .portRules: "The firewall lets only the provider's networks reach port 25"
        case .portOutside: "Port 25 cannot be reached from outside"
        case .scriptRemoved: "The script that sent was found and removed"
        case .noNullAccount: "Nothing is sent without an account any more"
        case .causeRemoved: "The cause was found and removed"
        case .queueClean: "The server's queue holds nothing of it any more"
        case .campaignQuiet: "Nothing like it has come for a while"
        case .noListing: "No blocklist has a new entry"
        case .namesMatch: "The server's names in DNS lead to its address and back"
        case .serverUnlisted: "No blocklist has an entry for the server"
        }
    }

    /// What to do about it.
    private static func advice(_ check: RequiredCheck) -> String {
        switch check.name {
        case .passwordChanged: "Set a new password, and end the sessions that are open."
        case .noAlienLogin: "Run sluice logs on the server's log."
        case .noForwarding: "Look at the account's rules and forwardings."
        case .relayClosed: "Run sluice check relay, and mend what it finds."
        case .portRules: "Run sluice check firewall, and mend what it finds."
        case .portOutside: "Close port 25 to all but the provider's networks."
        case .scriptRemoved: "Find the script (sluice logs says when and as whom it sent), remove it, close its way in."
        case .noNullAccount: "Run sluice logs: it names what was sent without an account."
        case .causeRemoved: "Say what the cause was and what was done."
        case .queueClean: "Run sluice queue to archive and delete what is left, then sluice queue prove."
        case .campaignQuiet: "Nothing is to be done: time will tell."
        case .noListing: "Nothing is to be done: we look ourselves."
        case .namesMatch: "Set the address' PTR record to the server's own name."
        case .serverUnlisted: "Ask the list to remove it once the cause is gone."
        }
    }
}

extension Problem {
    /// What the case refused.
    init(_ refusal: CaseService.Refusal) {
        switch refusal.code {
        case .notFound: self.init(.notFound, refusal.description)
        case .ended, .notRequired, .replayed, .missing, .notAllowed: self.init(.conflict, refusal.description)
        case .signature, .otherCase, .time: self.init(.invalid, refusal.description)
        case .size: self.init(.tooLarge, refusal.description)
        }
    }
}
