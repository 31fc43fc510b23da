import ControlStore
import Enforcement
import MailTypes
import Response

/// What can be done with a case beside looking, in sentences for whoever asked. Every function blocks.
struct CaseActs: Sendable {
    let service: CaseService
    private let control: ControlDatabase

    init(control: ControlDatabase) {
        self.control = control
        service = CaseService(control: control)
    }

    /// Takes a report that was signed with the case's token.
    func take(
        report: [UInt8], signedWith token: CapabilityToken, for id: CaseID, at time: Timestamp,
        in texts: CaseTexts = .english
    ) throws -> String {
        let outcome = try service.take(report: report, token: Array(token.text.utf8), of: id, at: time)
        return texts.reportTaken(
            outcome.answered.sorted { $0.key < $1.key }.map { (texts.title($0), $1.rawValue) })
    }

    func verify(_ id: CaseID, author: String, at time: Timestamp, in texts: CaseTexts = .english) throws -> String {
        texts.looks(try service.verify(id, author: author, at: time))
    }

    func attest(
        _ check: String, _ holds: Bool = true, of id: CaseID, text: String, author: String, at time: Timestamp,
        in texts: CaseTexts = .english
    ) throws -> String {
        guard let name = RequiredCheck.Name(rawValue: check) else { throw Problem(.invalid, "there is no such check") }
        let incident = try service.attest(name, holds, text, of: id, author: author, at: time)
        return texts.wordNoted(suffices: !holds || incident.recovery[name]?.isSatisfied(at: time) ?? false)
    }

    /// Somebody says that it was no spam; a person decides.
    func appeal(
        _ id: CaseID, text: String, author: String, at time: Timestamp, in texts: CaseTexts = .english
    ) throws -> String {
        try service.appeal(id, text: text, author: author, at: time)
        return texts.appealTaken
    }

    /// Asks for sending again: done within a minute where the policy's checks hold, else put before an operator.
    func askReinstatement(
        _ id: CaseID, text: String, author: String, at time: Timestamp, in texts: CaseTexts = .english
    ) throws -> String {
        let before = try service.ask(id, author: author, at: time)
        if !text.isEmpty { _ = try control.addNote("reinstatement: " + text, to: id, author: author, at: time) }
        return texts.asked(missing: before.missing(at: time).map { texts.title($0.name) })
    }

    /// An operator lets the case's sources send again, also before the checks hold.
    func reinstate(_ id: CaseID, reason: String, force: Bool, author: String, at time: Timestamp) throws -> String {
        let incident = try service.reinstate(id, reason: reason, force: force, author: author, at: time)
        return "\(id) is \(incident.state.rawValue)"
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
