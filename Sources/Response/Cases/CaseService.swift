package import ControlStore
package import Enforcement
package import MailTypes
import ReportSigning

/// What people, reports and the gateway may do with a case. The same for command line, console and gateway, beside each other:
/// each act is a transaction of the control database, with its entry in the audit log.
///
/// ```
/// let service = CaseService(control: control)
/// let outcome = try service.take(report: bytes, token: key, of: id, at: now)   // a signed report
/// try service.attest(.passwordChanged, true, "changed at 14:00", of: id, author: "person:joe", at: now)
/// try service.ask(id, author: "case-17", at: now)                            // reinstatement
/// ```
/// Every function blocks.
package struct CaseService: Sendable {
    /// Reports further ahead than this were made by a clock that runs wrong.
    static let clockTolerance = Duration.seconds(600)

    let control: ControlDatabase

    package init(control: ControlDatabase) { self.control = control }

    /// Why something was not done, in a sentence for whoever asked.
    package struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
        package enum Code: String, Hashable, Sendable {
            case notFound, ended, notRequired, signature, otherCase, time, replayed, size, missing, notAllowed
        }

        package let code: Code
        package let description: String

        init(_ code: Code, _ description: String) {
            self.code = code
            self.description = description
        }
    }

    /// What a report did.
    package struct ReportOutcome: Hashable, Sendable {
        /// Which required checks it answered, and how.
        package var answered: [RequiredCheck.Name: CheckState.Result] = [:]
        package var incident: IncidentCase
    }

    /// Takes a report signed with the case's token.
    ///
    /// - Parameter token: the bytes of the token's text; that it belongs to the case and is good is the caller's to check.
    package func take(report bytes: [UInt8], token: [UInt8], of id: CaseID, at time: Timestamp) throws -> ReportOutcome
    {
        let report: SignedReport
        do {
            report = try SignedReport.verify(bytes, token: token)
        } catch {
            throw Refusal(error.code == .size ? .size : .signature, "the report is not taken: \(error.description)")
        }
        let incident = try open(id)
        guard report.caseID == id.description || report.caseID.hasSuffix("/\(id)") else {
            throw Refusal(.otherCase, "the report was made for another case")
        }
        guard let made = ReportReading.time(report.time), made <= time + Self.clockTolerance else {
            throw Refusal(.time, "the report's time is none, or lies ahead: set the server's clock")
        }
        guard time - made <= .seconds(86_400) else {
            throw Refusal(.time, "the report is older than a day: make a new one")
        }
        let stopped = try incident.stopped.compactMap { try control.stop(of: $0, at: time)?.since }.max()
        guard stopped.map({ made + Self.clockTolerance >= $0 }) ?? true else {
            throw Refusal(.time, "the report was made before the latest stop: make a new one")
        }
        let author = "report:" + SafeText.printable(report.host, limit: 100)
        guard
            try control.keepReport(
                bytes, nonce: report.nonce, producer: SafeText.printable(report.producer, limit: 100),
                host: SafeText.printable(report.host, limit: 100), of: id, author: author, at: time) != nil
        else { throw Refusal(.replayed, "this report was taken before") }
        let kinds = ReportReading.kinds(report)
        if !kinds.isEmpty, !incident.recovery.checks.isEmpty {
            _ = try control.classify(id, as: kinds, author: author, at: time)
        }
        let answers = ReportReading.answers(report)
        let (after, _) = try control.apply(
            answers.map { .stated($0.name, .reported, .init($0.result, at: time, author: author, detail: $0.detail)) },
            to: id, author: author, at: time)
        var outcome = ReportOutcome(incident: after)
        for answer in answers where after.recovery[answer.name] != nil { outcome.answered[answer.name] = answer.result }
        return outcome
    }

    /// A person says how a check stands.
    @discardableResult
    package func attest(
        _ name: RequiredCheck.Name, _ holds: Bool, _ detail: String, of id: CaseID, author: String, at time: Timestamp
    ) throws -> IncidentCase {
        guard try open(id).recovery[name] != nil else {
            throw Refusal(.notRequired, "\(id) does not ask for \(name.rawValue)")
        }
        let statement = CheckState.Statement(holds ? .pass : .fail, at: time, author: author, detail: detail)
        return try control.apply([.stated(name, .attested, statement)], to: id, author: author, at: time).incident
    }

    /// Asks for reinstatement, and for an outside look where one is needed. Done by the gateway within a minute where all
    /// checks hold and the policy needs no person.
    @discardableResult
    package func ask(_ id: CaseID, author: String, at time: Timestamp) throws -> IncidentCase {
        let incident = try open(id)
        guard !incident.recovery.checks.isEmpty || !incident.stopped.isEmpty else {
            throw Refusal(.notRequired, "nothing of \(id) is stopped")
        }
        try look(incident, author: author, at: time)
        return try control.apply([.asked], to: id, author: author, at: time).incident
    }

    /// Asks the gateway to look from outside now; false if nothing is to be looked at, or if it has just been done.
    @discardableResult
    package func verify(_ id: CaseID, author: String, at time: Timestamp) throws -> Bool {
        try look(try open(id), author: author, at: time)
    }

    @discardableResult
    private func look(_ incident: IncidentCase, author: String, at time: Timestamp) throws -> Bool {
        guard incident.recovery.checks.contains(where: { $0.name.isProbed && $0.needs == .verified }) else {
            return false
        }
        return try control.orderProbe(
            of: incident.id, due: time, interval: control.lookInterval, author: author, at: time)
    }

    /// An operator lets the sources send again, on probation; with checks that do not hold only when `force` is given.
    @discardableResult
    package func reinstate(_ id: CaseID, reason: String, force: Bool, author: String, at time: Timestamp) throws
        -> IncidentCase
    {
        let before = try open(id)
        let (incident, actions) = try control.apply([.reinstated(isOperator: force)], to: id, author: author, at: time)
        switch actions.first {
        case .missing(let names)?: throw Self.missing(id, names)
        case .reinstated?: break
        default: throw Refusal(.notAllowed, "\(id) is \(before.state.rawValue): there is nothing to reinstate")
        }
        if !reason.isEmpty {
            _ = try control.addNote("reinstated: " + String(reason.prefix(1000)), to: id, author: author, at: time)
        }
        return incident
    }

    /// An operator takes a check upon themselves.
    @discardableResult
    package func waive(_ name: RequiredCheck.Name, reason: String, of id: CaseID, author: String, at time: Timestamp)
        throws -> IncidentCase
    {
        guard try open(id).recovery[name] != nil else {
            throw Refusal(.notRequired, "\(id) does not ask for \(name.rawValue)")
        }
        return try control.apply(
            [.waived(name, .init(author: author, reason: reason, time: time))], to: id, author: author, at: time
        ).incident
    }

    /// Ends a case that is cleaned up: all checks must be settled.
    @discardableResult
    package func close(_ id: CaseID, author: String, at time: Timestamp) throws -> IncidentCase {
        _ = try open(id)
        let (incident, actions) = try control.apply([.closed], to: id, author: author, at: time)
        if case .missing(let names)? = actions.first { throw Self.missing(id, names) }
        return incident
    }

    /// "This is not spam": goes to a person as a note; changes nothing by itself.
    @discardableResult
    package func appeal(_ id: CaseID, text: String, author: String, at time: Timestamp) throws -> IncidentCase {
        _ = try open(id)
        _ = try control.addNote("appeal: " + text, to: id, author: author, at: time)
        try control.record(author: author, act: "case.appeal", subject: id.description, at: time)
        return try control.apply([.acknowledged], to: id, author: author, at: time).incident
    }

    private func open(_ id: CaseID) throws -> IncidentCase {
        guard let incident = try control.incident(id) else { throw Refusal(.notFound, "there is no \(id)") }
        if let other = incident.recovery.mergedInto { throw Refusal(.ended, "\(id) was merged into \(other)") }
        guard !incident.state.isFinal else { throw Refusal(.ended, "\(id) is \(incident.state.rawValue) already") }
        return incident
    }

    private static func missing(_ id: CaseID, _ names: [RequiredCheck.Name]) -> Refusal {
        Refusal(.missing, "\(id) still misses: " + names.map(\.rawValue).joined(separator: ", "))
    }
}
