import MailTypes

/// What a notice says, in the words of a template.
struct NoticeTexts: Sendable {
    let words: NoticeTemplate

    func title(_ stage: NoticeContent.Stage, _ source: String) -> String {
        words.text("title.\(stage.rawValue)", ["source": source])
    }

    func source(_ source: SourceID) -> String {
        words.text("source.\(source.scope.rawValue)", values(source))
    }

    func whatHappened(_ stage: NoticeContent.Stage) -> String { words.text("happened.\(stage.rawValue)") }

    func steps(_ source: SourceID, _ stage: NoticeContent.Stage) -> [String] {
        stage == .lifted || stage == .closed || stage == .cleared
            ? words.lines("steps.lifted") : words.lines("steps.\(source.scope.rawValue)", values(source))
    }

    func messages(_ count: Int) -> String { words.text("messages", ["count": "\(count)"]) }

    func digestTitle(_ count: Int) -> String {
        words.text(count == 1 ? "digest.one" : "digest.many", ["count": "\(count)"])
    }

    func digestMore(_ count: Int) -> String { words.text("digest.more", ["count": "\(count)"]) }

    func stage(_ stage: NoticeContent.Stage) -> String { words.text("stage.\(stage.rawValue)") }

    func counts(_ counts: NoticeContent.Counts) -> String {
        words.text(
            "counts",
            ["delivered": "\(counts.delivered)", "held": "\(counts.held)", "refused": "\(counts.refused)"])
    }

    private func values(_ source: SourceID) -> [String: String] {
        var values = ["customer": source.customer.description]
        if case .account(let account, _) = source {
            values["account"] = SafeText.printable(account.description, limit: 100)
        }
        if case .server(let address, _) = source { values["address"] = address.description }
        return values
    }
}
