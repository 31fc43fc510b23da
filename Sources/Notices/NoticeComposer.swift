package import MailTypes
import MessageFormat

/// Composes notices about cases as messages: multipart/alternative of text and HTML, with CRLF line ends.
///
/// Pure: the same input gives the same bytes. Nothing from outside can add a header field, markup, a link or a terminal's
/// control sequence. The caller puts the message into the spool with the null reverse path.
package struct NoticeComposer: Sendable {
    private let from: EmailAddress
    private let hostname: DomainName
    private let texts: NoticeTexts

    /// - Parameters:
    ///   - from: where answers go: the operator's abuse desk.
    ///   - hostname: Sluice's own name, for Message-ID.
    ///   - template: the words.
    package init(from: EmailAddress, hostname: DomainName, template: NoticeTemplate = .english) {
        self.from = from
        self.hostname = hostname
        texts = NoticeTexts(words: template)
    }

    /// For the operator: what happened, and the commands to look closer, release or lift.
    package func operatorNotice(_ content: NoticeContent, to: [EmailAddress], id: SubmissionID) -> [UInt8] {
        var document = opening(content)
        document.blocks += [.heading(texts.words.text("steps.operator")), .commands(commands(content))]
        document.blocks += link(content.baseURL, content.caseID) + evidence(content) + samples(content)
        return message(document, subject: subject(content), to: to, id: id, now: content.now)
    }

    /// For the customer: what happened, why, and what to do next.
    package func customerNotice(_ content: NoticeContent, to: [EmailAddress], id: SubmissionID) -> [UInt8] {
        var document = opening(content)
        document.blocks.append(.heading(texts.words.text("steps")))
        document.blocks.append(
            .steps(texts.steps(content.source, content.stage).map { SafeText.printable($0, limit: 600) }))
        if content.stage == .stopped || content.stage == .doubted {
            document.blocks.append(.paragraph(texts.words.text("listing")))
        }
        document.blocks.append(.paragraph(texts.words.text("answer")))
        document.blocks += asked(content) + privateLink(content) + evidence(content) + samples(content)
        return message(document, subject: subject(content), to: to, id: id, now: content.now)
    }

    /// One line a case.
    package func digest(_ content: DigestContent, to: [EmailAddress], id: SubmissionID) -> [UInt8] {
        var document = NoticeDocument(title: texts.digestTitle(content.entries.count))
        document.blocks.append(
            .facts([(texts.words.text("since"), content.since.rfc5322)]))
        document.blocks.append(.paragraph(texts.words.text("digest.opening")))
        let shown = content.entries.prefix(NoticeBounds.digestEntries)
        document.blocks.append(
            .list(
                shown.map {
                    "\($0.caseID): \(source($0.source)), \(texts.stage($0.stage)); since \($0.since.rfc5322); "
                        + texts.counts($0.counts)
                }))
        if content.entries.count > shown.count {
            document.blocks.append(.paragraph(texts.digestMore(content.entries.count - shown.count)))
        }
        if let base = Self.checked(content.baseURL) { document.blocks.append(.link(base + "/cases")) }
        return message(document, subject: "[\(hostname)] " + document.title, to: to, id: id, now: content.now)
    }

    /// For the operator: an own address is on a list.
    package func alarm(_ content: ListingAlarm, to: [EmailAddress], id: SubmissionID) -> [UInt8] {
        // List and removal are the configuration's and the catalogue's; what the list says is from outside.
        let list = SafeText.printable(content.list, limit: 100)
        var document = NoticeDocument(
            title: texts.words.text("alarm.title", ["address": content.address.description, "list": list]))
        var facts = [
            (texts.words.text("alarm.address"), content.address.description), (texts.words.text("alarm.list"), list),
            (texts.words.text("since"), content.since.rfc5322),
        ]
        if !content.said.isEmpty {
            facts.append((texts.words.text("alarm.said"), SafeQuote.line(content.said, limit: 400)))
        }
        if !content.removal.isEmpty {
            facts.append((texts.words.text("alarm.removal"), SafeText.printable(content.removal, limit: 400)))
        }
        facts.append((texts.words.text("case"), content.caseID?.description ?? texts.words.text("alarm.unknown")))
        document.blocks = [
            .paragraph(texts.words.text("alarm.opening")), .facts(facts), .paragraph(texts.words.text("alarm.steps")),
            .commands(["sluice case delisting" + (content.caseID.map { " \($0)" } ?? "")]),
        ]
        return message(document, subject: "[\(hostname)] " + document.title, to: to, id: id, now: content.now)
    }

    // MARK: - Blocks

    private func subject(_ content: NoticeContent) -> String {
        "[\(content.caseID)] " + texts.title(content.stage, source(content.source))
    }

    /// An account's name is its owner's choice; it is shown as any text from outside.
    private func source(_ source: SourceID) -> String { SafeText.printable(texts.source(source), limit: 100) }

    private func opening(_ content: NoticeContent) -> NoticeDocument {
        var document = NoticeDocument(title: texts.title(content.stage, source(content.source)))
        var facts = [
            (texts.words.text("who"), source(content.source)),
            (texts.words.text("customer"), SafeQuote.line(content.customerName, limit: 100)),
            (texts.words.text("since"), content.since.rfc5322),
            (texts.words.text("delivered"), texts.messages(content.counts.delivered)),
            (texts.words.text("held"), texts.messages(content.counts.held)),
            (texts.words.text("refused"), texts.messages(content.counts.refused)),
        ]
        if let until = content.heldUntil { facts.append((texts.words.text("until"), until.rfc5322)) }
        facts.append((texts.words.text("case"), content.caseID.description))
        document.blocks = [.paragraph(texts.whatHappened(content.stage)), .facts(facts)]
        return document
    }

    private func commands(_ content: NoticeContent) -> [String] {
        let name = content.caseID
        var commands = ["sluice held list --case \(name)"]
        commands += content.samples.prefix(1).map { "sluice held show \($0.id)" }
        switch content.stage {
        case .held: commands.append("sluice held release --case \(name)")
        case .doubted, .stopped, .relapsed, .escalated:
            commands += [
                "sluice case show \(name)", "sluice stop lift \(Self.shellQuoted(content.source.description))",
            ]
        case .lifted, .closed, .cleared: commands.append("sluice stop list")
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
        return [.heading(texts.words.text("evidence")), .list(lines)]
    }

    private func samples(_ content: NoticeContent) -> [NoticeDocument.Block] {
        guard !content.samples.isEmpty else { return [] }
        var blocks: [NoticeDocument.Block] = [
            .heading(texts.words.text("samples")), .paragraph(texts.words.text("samples.note")),
        ]
        for sample in content.samples.prefix(NoticeBounds.samples) {
            var lines = sample.fields.prefix(NoticeBounds.fields).map {
                "\(SafeQuote.line($0.name, limit: 60)): \(SafeQuote.line($0.value))"
            }
            let extract = SafeQuote.lines(sample.extract)
            if !extract.isEmpty { lines += [""] + extract }
            blocks += [.facts([(texts.words.text("message"), sample.id.description)]), .quote(lines)]
        }
        return blocks
    }

    /// What is asked before mail is accepted again.
    private func asked(_ content: NoticeContent) -> [NoticeDocument.Block] {
        guard !content.checks.isEmpty else { return [] }
        let lines = content.checks.prefix(NoticeBounds.checks).map { SafeText.printable($0, limit: 400) }
        return [.heading(texts.words.text("checks")), .list(lines)]
    }

    /// The customer's own page, with the case's token; the plain one where there is none.
    private func privateLink(_ content: NoticeContent) -> [NoticeDocument.Block] {
        guard let own = Self.checked(content.privateURL) else { return link(content.baseURL, content.caseID) }
        return [
            .heading(texts.words.text("page")), .paragraph(texts.words.text("page.private")), .link(own),
        ]
    }

    private func link(_ base: String?, _ caseID: CaseID) -> [NoticeDocument.Block] {
        guard let base = Self.checked(base) else { return [] }
        return [.heading(texts.words.text("page")), .link("\(base)/cases/\(caseID)")]
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
        let html = BodyText(document.html(texts.words))
        var parts = MultipartWriter(seed: id.description, avoiding: [text.bytes, html.bytes])
        parts.text("text/plain", text)
        parts.text("text/html", html)
        parts.finish()
        var header = HeaderWriter()
        header.mailbox("From", displayName: texts.words.text("sender"), from)
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
