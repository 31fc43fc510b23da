import ControlStore
import Enforcement
import MailTypes
import NIOConcurrencyHelpers
import Notices

/// Telling operator and customer, each once a case and stage; digests after.
extension Responder {
    func tell(_ event: NoticePlan.Event, of id: CaseID, _ source: SourceID, at time: Timestamp) throws {
        let settings = state.withLockedValue { $0.settings }
        // Without anybody who could be told, nothing is marked as told.
        guard let sender = settings.sender else { return }
        let actions = try control.notices(event, for: id, at: time)
        guard !actions.isEmpty, let incident = try control.incident(id) else { return }
        let composer = NoticeComposer(from: sender.address, hostname: sender.hostname)
        var told = false
        for action in actions {
            let (audience, stage): (NoticePlan.Audience, NoticePlan.Stage?) =
                switch action {
                case .notice(let stage, let audience): (audience, stage)
                case .digest(let audience): (audience, nil)
                }
            guard let to = Self.address(audience, incident.customer, settings) else { continue }
            let number = callbacks.nextID(time)
            let message: [UInt8]
            if let stage {
                let content = Self.content(incident, stage, source, settings, at: time)
                message =
                    audience == .operator
                    ? composer.operatorNotice(content, to: to, id: number)
                    : composer.customerNotice(content, to: to, id: number)
                told = told || stage == .stopped || stage == .doubted
            } else {
                message = composer.digest(Self.digest(incident, source, settings, at: time), to: to, id: number)
            }
            outbox.send(message, id: number, to: to, caseID: id, expires: time + settings.noticeLifetime, at: time)
        }
        if told { _ = try control.apply([.noticed], to: id, author: "daemon", at: time) }
    }

    private static func address(_ audience: NoticePlan.Audience, _ customer: CustomerID, _ settings: ResponseSettings)
        -> EmailAddress?
    {
        switch audience {
        case .operator: settings.operatorAddress
        case .customer: settings.contacts[customer]?.address
        }
    }

    private static func counts(_ incident: IncidentCase) -> NoticeContent.Counts {
        .init(delivered: incident.counts.delivered, held: incident.counts.held, refused: incident.counts.refused)
    }

    private static func content(
        _ incident: IncidentCase, _ stage: NoticePlan.Stage, _ source: SourceID, _ settings: ResponseSettings,
        at time: Timestamp
    ) -> NoticeContent {
        NoticeContent(
            caseID: incident.id, stage: Self.stage(stage),
            customerName: settings.contacts[incident.customer]?.name ?? incident.customer.description, source: source,
            since: incident.first, now: time,
            heldUntil: incident.counts.held > 0 ? incident.first + settings.retention : nil, counts: counts(incident),
            evidence: incident.evidence, samples: incident.samples.map(sample), baseURL: settings.baseURL)
    }

    private static func digest(
        _ incident: IncidentCase, _ source: SourceID, _ settings: ResponseSettings, at time: Timestamp
    ) -> DigestContent {
        DigestContent(
            since: incident.first, now: time,
            entries: [
                .init(
                    caseID: incident.id, source: source, stage: incident.stopped.isEmpty ? .held : .stopped,
                    since: incident.first, counts: counts(incident))
            ], baseURL: settings.baseURL)
    }

    private static func stage(_ stage: NoticePlan.Stage) -> NoticeContent.Stage {
        switch stage {
        case .held: .held
        case .doubted: .doubted
        case .stopped: .stopped
        case .lifted: .lifted
        }
    }

    /// The header lines of a sample, taken apart again.
    private static func sample(_ sample: CaseSample) -> NoticeContent.Sample {
        let fields = sample.header.split(separator: 0x0a).compactMap { line -> NoticeContent.Field? in
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
            let value = line[(colon + 1)...].drop { $0 == 0x20 }
            return NoticeContent.Field(name: Array(line[..<colon]), value: value.filter { $0 != 0x0d })
        }
        return NoticeContent.Sample(id: sample.id, fields: fields, extract: sample.text)
    }
}
