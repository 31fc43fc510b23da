package import MailTypes
import MessageFormat

/// Composes notices about cases as messages: multipart/alternative of text and HTML, with CRLF line ends.
///
/// Pure: the same input gives the same bytes. Nothing from outside can add a header field, markup, a link or a terminal's
/// control sequence. The caller puts the message into the spool with the null reverse path.
package struct NoticeComposer: Sendable {
    private let from: EmailAddress
    private let hostname: DomainName

    /// - Parameters:
    ///   - from: where answers go: the operator's abuse desk.
    ///   - hostname: Sluice's own name, for Message-ID.
    package init(from: EmailAddress, hostname: DomainName) {
        self.from = from
        self.hostname = hostname
    }

    /// For the operator: what happened, and the commands to look closer, release or lift.
    package func operatorNotice(_ content: NoticeContent, to: [EmailAddress], id: SubmissionID) -> [UInt8] {
        var document = opening(content)
        document.blocks += [.heading(NoticeTexts.operatorSteps), .commands(commands(content))]
        document.blocks += link(content.baseURL, content.caseID) + evidence(content) + samples(content)
        return message(document, subject: subject(content), to: to, id: id, now: content.now)
    }

    /// For the customer: what happened, why, and what to do next.
    package func customerNotice(_ content: NoticeContent, to: [EmailAddress], id: SubmissionID) -> [UInt8] {
        var document = opening(content)
        document.blocks.append(.heading(NoticeTexts.nextSteps))
        document.blocks.append(
            .steps(NoticeTexts.steps(content.source, content.stage).map { SafeText.printable($0, limit: 600) }))
        if content.stage == .stopped || content.stage == .doubted {
            document.blocks.append(.paragraph(NoticeTexts.listing))
        }
        document.blocks.append(.paragraph(NoticeTexts.answer))
        document.blocks += link(content.baseURL, content.caseID) + evidence(content) + samples(content)
        return message(document, subject: subject(content), to: to, id: id, now: content.now)
    }

    /// One line a case.
    package func digest(_ content: DigestContent, to: [EmailAddress], id: SubmissionID) -> [UInt8] {
        var document = NoticeDocument(title: NoticeTexts.digestTitle(content.entries.count))
        document.blocks.append(
            .facts([(NoticeTexts.since, content.since.rfc5322)]))
        document.blocks.append(.paragraph(NoticeTexts.digestOpening))
        let shown = content.entries.prefix(NoticeBounds.digestEntries)
        document.blocks.append(
            .list(
                shown.map {
                    "\($0.caseID): \(source($0.source)), \(NoticeTexts.stage($0.stage)); since \($0.since.rfc5322); "
                        + NoticeTexts.counts($0.counts)
                }))
        if content.entries.count > shown.count {
            document.blocks.append(.paragraph(NoticeTexts.digestMore(content.entries.count - shown.count)))
        }
        if let base = Self.checked(content.baseURL) { document.blocks.append(.link(base + "/cases")) }
        return message(document, subject: "[\(hostname)] " + document.title, to: to, id: id, now: content.now)
    }

    // MARK: - Blocks

    private func subject(_ content: NoticeContent) -> String {
        "[\(content.caseID)] " + NoticeTexts.title(content.stage, source(content.source))
    }

    /// An account's name is its owner's choice; it is shown as any text from outside.
    private func source(_ source: SourceID) -> String { SafeText.printable(NoticeTexts.source(source), limit: 100) }

    private func opening(_ content: NoticeContent) -> NoticeDocument {
        var document = NoticeDocument(title: NoticeTexts.title(content.stage, source(content.source)))
        func messages(_ count: Int) -> String { "\(count) \(NoticeTexts.unitMessages)" }
        var facts = [
            (NoticeTexts.who, source(content.source)),
            (NoticeTexts.customer, SafeQuote.line(content.customerName, limit: 100)),
            (NoticeTexts.since, content.since.rfc5322),
            (NoticeTexts.delivered, messages(content.counts.delivered)),
            (NoticeTexts.held, messages(content.counts.held)),
            (NoticeTexts.refused, messages(content.counts.refused)),
        ]
        if let until = content.heldUntil { facts.append((NoticeTexts.until, until.rfc5322)) }
        facts.append((NoticeTexts.caseLabel, content.caseID.description))
        document.blocks = [.paragraph(NoticeTexts.whatHappened(content.stage)), .facts(facts)]
        return document
    }

    private func commands(_ content: NoticeContent) -> [String] {
        let name = content.caseID
        var commands = ["sluice held list --case \(name)"]
        commands += content.samples.prefix(1).map { "sluice held show \($0.id)" }
        switch content.stage {
        case .held: commands.append("sluice held release --case \(name)")
        case .doubted, .stopped, .relapsed:
            commands += [
                "sluice case show \(name)", "sluice stop lift \(Self.shellQuoted(content.source.description))",
            ]
        case .lifted, .closed: commands.append("sluice stop list")
        }
        return commands
    }

    /// In single quotes if it is not plain, so that an account's name cannot become a command when pasted.
    private static func shellQuoted(_ text: String) -> String {
        let safe = SafeText.printable(text, limit: 300)
        let isPlain = safe.utf8.allSatisfy { ASCII.isAlphanumeric($0) || "-_./:@".utf8.contains($0) }
        return isPlain
            ? safe : "'" + safe.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    private func evidence(_ content: NoticeContent) -> [NoticeDocument.Block] {
        guard !content.evidence.isEmpty else { return [] }
        let lines = content.evidence.prefix(NoticeBounds.evidence).map { SafeQuote.line($0, limit: 400) }
        return [.heading(NoticeTexts.evidence), .list(lines)]
    }

    private func samples(_ content: NoticeContent) -> [NoticeDocument.Block] {
        guard !content.samples.isEmpty else { return [] }
        var blocks: [NoticeDocument.Block] = [.heading(NoticeTexts.samples), .paragraph(NoticeTexts.samplesNote)]
        for sample in content.samples.prefix(NoticeBounds.samples) {
            var lines = sample.fields.prefix(NoticeBounds.fields).map {
                "\(SafeQuote.line($0.name, limit: 60)): \(SafeQuote.line($0.value))"
            }
            let extract = SafeQuote.lines(sample.extract)
            if !extract.isEmpty { lines += [""] + extract }
            blocks += [.facts([(NoticeTexts.sampleID, sample.id.description)]), .quote(lines)]
        }
        return blocks
    }

    private func link(_ base: String?, _ caseID: CaseID) -> [NoticeDocument.Block] {
        guard let base = Self.checked(base) else { return [] }
        return [.heading(NoticeTexts.casePage), .link("\(base)/cases/\(caseID)")]
    }

    /// An http(s) URL of plain characters, without its last slash; `nil` for anything else.
    private static func checked(_ base: String?) -> String? {
        guard var base, base.hasPrefix("https://") || base.hasPrefix("http://"), base.utf8.count <= 500,
            base.utf8.allSatisfy({ ASCII.isAlphanumeric($0) || "-_./:~[]".utf8.contains($0) })
        else { return nil }
        while base.hasSuffix("/") { base.removeLast() }
        return base
    }

    // MARK: - Message

    private func message(
        _ document: NoticeDocument, subject: String, to: [EmailAddress], id: SubmissionID, now: Timestamp
    )
        -> [UInt8]
    {
        let text = BodyText(document.text)
        let html = BodyText(document.html)
        var parts = MultipartWriter(seed: id.description, avoiding: [text.bytes, html.bytes])
        parts.text("text/plain", text)
        parts.text("text/html", html)
        parts.finish()
        var header = HeaderWriter()
        header.mailbox("From", displayName: NoticeTexts.senderName, from)
        header.mailboxes("To", to)
        header.text("Subject", subject)
        header.structured("Date", now.rfc5322)
        header.structured("Message-ID", "<\(id).notice@\(hostname)>")
        header.structured("Auto-Submitted", "auto-generated")
        header.structured("MIME-Version", "1.0")
        header.structured("Content-Type", "multipart/alternative; boundary=\"\(parts.boundary)\"")
        return header.bytes + [0x0d, 0x0a] + parts.bytes
    }
}
