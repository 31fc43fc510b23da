import ControlStore
import Enforcement
import Logging
import MailTypes
import NIOConcurrencyHelpers
import Notices
import Spool

/// Telling operator and customer, each once a case and stage; one digest a day after.
extension Responder {
    func tell(_ event: NoticePlan.Event, of id: CaseID, _ source: SourceID, at time: Timestamp) throws {
        // Without anybody who could be told, nothing is marked as told.
        guard state.withLockedValue({ $0.settings.sender }) != nil else { return }
        let decision = try control.notices(event, for: id, about: source, at: time) { callbacks.nextID(time) }
        for notice in decision.notices { try send(notice, at: time) }
    }

    /// Notices that were decided before a crash and did not reach the spool.
    func resumeNotices(at time: Timestamp) throws {
        for notice in try control.unsentNotices() {
            if try spool.fates(notice.message).contains(where: { $0.fate == .queued }) {
                try control.markSent(notice)
            } else {
                try send(control.renumber(notice, callbacks.nextID(time)), at: time)
            }
        }
    }

    /// Ends that people brought about by command or page.
    func tellEndings(at time: Timestamp) throws {
        for id in try control.untoldEndings(at: time) {
            guard let source = try control.incident(id)?.sources.first else { continue }
            try tell(.reached(.closed), of: id, source, at: time)
        }
    }

    private func send(_ notice: ControlDatabase.PendingNotice, at time: Timestamp) throws {
        let settings = state.withLockedValue { $0.settings }
        guard let sender = settings.sender, let incident = try control.incident(notice.caseID) else {
            return try control.markSent(notice)
        }
        let isCleared = notice.stage == .closed && incident.state == .falseAlarm
        var content = Self.content(
            incident, source: notice.source, stage: isCleared ? .cleared : Self.stage(notice.stage),
            settings: settings, at: time)
        // Web hooks and the system log are told also where nobody has an address.
        try tellOtherwise(content, incident, notice, settings, at: time)
        let to = Self.addresses(notice.audience, incident.customer, settings)
        guard !to.isEmpty else { return try control.markSent(notice) }
        let contact = settings.contacts[incident.customer]
        let template = notice.audience == .operator ? settings.template : contact?.template ?? settings.template
        let composer = NoticeComposer(from: sender.address, hostname: sender.hostname, template: template)
        if notice.audience == .customer, contact?.muted.contains(notice.stage) == true {
            return try control.markSent(notice)
        }
        if notice.audience == .customer, notice.stage != .closed {
            content.privateURL = privateURL(incident.id, settings, at: time)
        }
        let message =
            notice.audience == .operator
            ? composer.operatorNotice(content, to: to, id: notice.message)
            : composer.customerNotice(content, to: to, id: notice.message)
        try control.keepSent(
            message, channel: .mail, stage: notice.stage.rawValue, audience: notice.audience.rawValue,
            target: to.map(\.description).joined(separator: " "), message: notice.message, of: notice.caseID, at: time)
        outbox.send(
            .init(
                message, id: notice.message, to: to, caseID: notice.caseID, expires: time + settings.noticeLifetime,
                at: time
            ) { [self] in
                submit { [self] in guarded("notice not marked") { try control.markSent(notice) } }
            })
        if notice.stage == .stopped || notice.stage == .doubted || notice.stage == .relapsed {
            _ = try control.apply([.noticed], to: notice.caseID, author: "daemon", at: time)
        }
    }

    /// One message an audience for all cases with news.
    func sendDigests(at time: Timestamp) throws {
        let settings = state.withLockedValue { $0.settings }
        guard let sender = settings.sender else { return }
        var digests: [DigestReader: [DigestContent.Entry]] = [:]
        for id in try control.casesWithNews(at: time) {
            guard let incident = try control.incident(id), let source = incident.sources.first else { continue }
            let decision = try control.notices(.tick, for: id, about: source, at: time) { callbacks.nextID(time) }
            for audience in decision.digests {
                let reader = DigestReader(audience, incident.customer, settings)
                guard !reader.to.isEmpty else { continue }
                digests[reader, default: []].append(Self.entry(incident, source))
            }
        }
        for (reader, entries) in digests.sorted(by: { "\($0.key.to)" < "\($1.key.to)" }) {
            let (to, composer) = (
                reader.to,
                NoticeComposer(from: sender.address, hostname: sender.hostname, template: reader.template)
            )
            let began = entries.map(\.since).min() ?? time
            let content = DigestContent(
                since: max(began, time - NoticePlan.digestInterval), now: time, entries: entries,
                baseURL: settings.baseURL)
            let id = callbacks.nextID(time)
            let bytes = composer.digest(content, to: to, id: id)
            for entry in entries {
                try control.keepSent(
                    bytes, channel: .mail, stage: "digest", audience: reader.audience.rawValue,
                    target: to.map(\.description).joined(separator: " "), message: id, of: entry.caseID, at: time)
            }
            outbox.send(
                .init(
                    bytes, id: id, to: to,
                    caseID: entries.count == 1 ? entries.first?.caseID : nil, expires: time + settings.noticeLifetime,
                    at: time))
        }
    }

    /// Who gets one digest, in which words.
    private struct DigestReader: Hashable {
        var audience: NoticePlan.Audience
        var to: [EmailAddress]
        var template: NoticeTemplate

        init(_ audience: NoticePlan.Audience, _ customer: CustomerID, _ settings: ResponseSettings) {
            self.audience = audience
            to = Responder.addresses(audience, customer, settings)
            let own = audience == .customer ? settings.contacts[customer]?.template : nil
            template = own ?? settings.template
        }
    }

    private static func addresses(_ audience: NoticePlan.Audience, _ customer: CustomerID, _ settings: ResponseSettings)
        -> [EmailAddress]
    {
        switch audience {
        case .operator: settings.operators
        case .customer: settings.contacts[customer]?.addresses ?? []
        }
    }

    private static func counts(_ incident: IncidentCase) -> NoticeContent.Counts {
        .init(delivered: incident.counts.delivered, held: incident.counts.held, refused: incident.counts.refused)
    }

    static func content(
        _ incident: IncidentCase, source: SourceID, stage: NoticeContent.Stage, settings: ResponseSettings,
        at time: Timestamp
    ) -> NoticeContent {
        var content = NoticeContent(
            caseID: incident.id, stage: stage,
            customerName: settings.contacts[incident.customer]?.name ?? incident.customer.description,
            source: source, since: incident.first, now: time,
            heldUntil: incident.counts.held > 0 ? incident.first + settings.retention : nil, counts: counts(incident),
            evidence: incident.evidence, samples: incident.samples.map(sample), baseURL: settings.baseURL)
        content.checks = incident.missing(at: time).map { CaseWording.title($0.name) }
        return content
    }

    private static func entry(_ incident: IncidentCase, _ source: SourceID) -> DigestContent.Entry {
        .init(
            caseID: incident.id, source: source,
            stage: incident.state.isFinal ? .lifted : incident.stopped.isEmpty ? .held : .stopped,
            since: incident.first, counts: counts(incident))
    }

    private static func stage(_ stage: NoticePlan.Stage) -> NoticeContent.Stage {
        switch stage {
        case .held: .held
        case .doubted: .doubted
        case .stopped: .stopped
        case .lifted: .lifted
        case .relapsed: .relapsed
        case .closed: .closed
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
