import ControlStore
import Enforcement
import MailTypes
import NIOConcurrencyHelpers
import Notices
import Spool

/// The ways of telling beside the letter: links, reports for programs, web hooks, the second contact.
extension Responder {
    /// How long the link in a notice is good.
    private static let linkLifetime = Duration.seconds(30 * 86_400)

    /// The customer's own page, with a token that is made for this notice; `nil` without a console or when there are too many.
    func privateURL(_ id: CaseID, _ settings: ResponseSettings, at time: Timestamp) -> String? {
        guard let base = settings.baseURL else { return nil }
        var generator = SystemRandomNumberGenerator()
        let token = CapabilityToken(using: &generator)
        guard
            (try? control.mintCaseToken(token, for: id, lifetime: Self.linkLifetime, author: "daemon", at: time)) != nil
        else { return nil }
        return "\(base)/cases/\(id)/\(token.text)"
    }

    /// Everything but the letter itself.
    func tellOtherwise(
        _ content: NoticeContent, _ incident: IncidentCase, _ notice: ControlDatabase.PendingNotice,
        _ settings: ResponseSettings, at time: Timestamp
    ) throws {
        if notice.audience == .operator {
            callbacks.announced(
                "\(incident.id) \(content.stage.rawValue) \(SafeText.printable(notice.source.description))")
        }
        for hook in settings.webhooks where hook.audiences.contains(notice.audience) {
            let body = WebhookContent.json(
                content, customer: incident.customer, audience: notice.audience.rawValue,
                id: "\(incident.id).\(incident.recovery.relapses).\(content.stage.rawValue).\(notice.audience.rawValue)"
            )
            try control.keepSent(
                body, channel: .webhook, stage: content.stage.rawValue, audience: notice.audience.rawValue,
                target: hook.url, of: incident.id, at: time)
        }
        guard notice.audience == .customer, notice.stage == .stopped || notice.stage == .relapsed,
            let contact = settings.contacts[incident.customer], !contact.reports.isEmpty,
            let sender = settings.sender, let sample = content.samples.first
        else { return }
        var address: IPAddress?
        if case .server(let server, _) = notice.source { address = server }
        let report = AbuseReport(
            caseID: incident.id, sample: sample, arrival: sample.id.arrival, address: address,
            domain: contact.domain, incidents: incident.counts.held + incident.counts.refused)
        let id = callbacks.nextID(time)
        let bytes = report.message(
            from: sender.address, hostname: sender.hostname, to: contact.reports, id: id, now: time)
        try control.keepSent(
            bytes, channel: .report, stage: content.stage.rawValue, audience: "abuse",
            target: contact.reports.map(\.description).joined(separator: " "), message: id, of: incident.id, at: time)
        outbox.send(
            .init(
                bytes, id: id, to: contact.reports, caseID: incident.id, expires: time + settings.noticeLifetime,
                at: time)
        )
    }

    /// The second contact, once a stop, when nobody has begun in time.
    func escalate(_ incident: IncidentCase, _ settings: ResponseSettings, at time: Timestamp) throws {
        guard let after = settings.escalateAfter, incident.recovery.acknowledged == nil,
            incident.state == .notified || incident.state == .contained || incident.state == .reopened,
            let contact = settings.contacts[incident.customer], !contact.second.isEmpty, let sender = settings.sender,
            let source = incident.stopped.min(by: { $0.description < $1.description }),
            let since = try incident.stopped.compactMap({ try control.stop(of: $0, at: time)?.since }).min(),
            time - since >= after, try control.sentCount(.escalation, of: incident.id, since: since) == 0
        else { return }
        var content = Self.content(
            incident, source: source, stage: .escalated, settings: settings, at: time)
        content.privateURL = privateURL(incident.id, settings, at: time)
        let id = callbacks.nextID(time)
        let bytes = NoticeComposer(from: sender.address, hostname: sender.hostname, template: contact.template)
            .customerNotice(content, to: contact.second, id: id)
        // Written before it is sent: a crash in between loses one letter rather than sending many.
        try control.keepSent(
            bytes, channel: .escalation, stage: "escalated", audience: "second",
            target: contact.second.map(\.description).joined(separator: " "), message: id, of: incident.id, at: time)
        outbox.send(
            .init(
                bytes, id: id, to: contact.second, caseID: incident.id, expires: time + settings.noticeLifetime,
                at: time)
        )
    }
}
