import Enforcement
import MailTypes

/// A case in plain language, for the one who is to clean up. Works without scripts, down to 320 pixels, and for ears.
struct CasePage {
    let incident: IncidentCase
    let now: Timestamp
    let texts: CaseTexts
    /// The page's own address, for commands; `nil` when it is not known.
    let url: String?
    /// Where its forms go: the path of the page.
    let path: String
    /// `?lang=…`, where the reader chose one.
    let choice: String
    let expires: Timestamp
    /// What got out, as much of it as customers are shown.
    let damage: DamageView?
    /// The code of a form.
    let code: (String) -> String
    /// What the last act said, and whether it was refused.
    var told: (text: String, isWrong: Bool)?

    var title: String { "\(incident.id): \(texts.headline(incident))" }

    var checks: [CheckView] {
        incident.recovery.checks.map { CheckView($0, at: now, in: texts, link: url) }
    }

    var content: Markup {
        let checks = checks
        return """
            <h1>\(title)</h1>
            \(PageFrame.told(told))
            <p class="lead">\(texts.explanation(incident))</p>
            \(progress)
            \(left(checks))
            \(whatToRun)
            \(forms(checks))
            \(whatHappened)
            \(whatGotOut)
            \(checkTable(checks))
            \(samples)
            <p class="note">\(texts.privacy(expires.day))</p>
            """
    }

    /// The way to the end, and where on it the case is.
    private var progress: Markup {
        let place: Int
        switch incident.state {
        case .closed: place = 4
        case .probation: place = 3
        case .verifying: place = 2
        case .falseAlarm, .merged: return ""
        case .open where incident.stopped.isEmpty: return ""
        case .open, .contained: place = 0
        case .notified, .remediating, .reopened: place = 1
        }
        let steps = texts.steps.enumerated().map { index, step -> Markup in
            if index == place { return "<li aria-current=\"step\">\(step)</li>" }
            return index < place ? "<li class=\"past\">\(step)</li>" : "<li>\(step)</li>"
        }
        return "<ol class=\"steps\" aria-label=\"\(texts.stepsLabel)\">\(steps)</ol>"
    }

    /// Exactly what stands between here and sending again, and what to do about each.
    private func left(_ checks: [CheckView]) -> Markup {
        guard !incident.state.isFinal, !checks.isEmpty else { return "" }
        let missing = checks.filter { $0.missing != nil }
        guard !missing.isEmpty else {
            return "<div class=\"box done\"><p>\(texts.nothingMissing)</p></div>"
        }
        let items = missing.map { check in
            """
            <li><strong>\(check.title)</strong> <em>\(check.missing ?? "")</em><br>\(check.advice)</li>
            """ as Markup
        }
        return """
            <section class="box missing" aria-labelledby="missing"><h2 id="missing">\(texts.stillMissing)</h2>
            <ul>\(items)</ul></section>
            """
    }

    private var whatHappened: Markup {
        let sources = incident.sources.map { source in
            """
            <li>\(texts.name(source))\(incident.stopped.contains(source) ? " (\(texts.stopped))" : "")</li>
            """ as Markup
        }
        let evidence = incident.evidence.map { "<li>\($0)</li>" as Markup }
        let note: Markup = texts.whyNote.isEmpty ? "" : "<p class=\"note\">\(texts.whyNote)</p>"
        let why: Markup =
            evidence.isEmpty ? "" : "<h3>\(texts.whySpam)</h3>\(note)<ul lang=\"en\">\(evidence)</ul>"
        return """
            <h2>\(texts.whatHappened)</h2>
            <dl class="facts">
            <div><dt>\(texts.sources)</dt><dd><ul>\(sources)</ul></dd></div>
            <div><dt>\(texts.time)</dt><dd>\(texts.period(incident.first.minute, incident.last.minute))</dd></div>
            <div><dt>\(texts.delivered)</dt><dd>\(incident.counts.delivered)</dd></div>
            <div><dt>\(texts.held)</dt><dd>\(incident.counts.held)</dd></div>
            <div><dt>\(texts.refused)</dt><dd>\(incident.counts.refused)</dd></div>
            </dl>
            \(why)
            """
    }

    private var whatGotOut: Markup {
        guard let damage else { return "" }
        func fact(_ name: String, _ value: Int) -> Markup { "<div><dt>\(name)</dt><dd>\(value)</dd></div>" }
        let rows = damage.receivers.map { receiver -> Markup in
            """
            <tr><th scope="row">\(receiver.domain)</th><td class="number">\(receiver.delivered)</td>
            <td class="number">\(receiver.refused)</td><td class="number">\(receiver.unknown)</td>
            <td class="number">\(receiver.complaints)</td></tr>
            """
        }
        let heads = texts.receiverHeads.enumerated().map { index, head -> Markup in
            let kind: Markup = index > 0 ? " class=\"number\"" : ""
            return "<th scope=\"col\"\(kind)>\(head)</th>"
        }
        let receivers: Markup =
            rows.isEmpty
            ? ""
            : """
            <div class="wide" role="region" aria-labelledby="damage" tabindex="0"><table><thead><tr>\(heads)</tr></thead>
            <tbody>\(rows)</tbody></table></div>
            """
        let listings = damage.listings.map { listing in
            "<li>\(texts.listing(listing.address, listing.list, Timestamp.minute(listing.since)))</li>" as Markup
        }
        return """
            <h2 id="damage">\(texts.damage)</h2>
            <p>\(texts.damageNote(Timestamp.minute(damage.counted), isCut: damage.isCut))</p>
            <dl class="facts">\(fact(texts.gotOut, damage.messages))\(fact(texts.suspect, damage.suspect))\(
                fact(texts.taken, damage.delivered))\(fact(texts.refusedBy, damage.refused))\(
                fact(texts.unknownTo, damage.unknown))\(fact(texts.complaints, damage.complaints))</dl>
            \(receivers)
            \(listings.isEmpty ? "" : "<h3>\(texts.listings)</h3><ul>\(listings)</ul>" as Markup)
            """
    }

    private func checkTable(_ checks: [CheckView]) -> Markup {
        guard !checks.isEmpty else { return "" }
        let heads = texts.checkHeads.map { "<th scope=\"col\">\($0)</th>" as Markup }
        let rows = checks.map { check in
            """
            <tr><th scope="row">\(check.title)</th><td><span class="\(check.result)">\(texts.word(check.result))</span></td>
            <td>\(cell(check.verified))</td><td>\(cell(check.reported))</td><td>\(cell(check.attested))</td>
            <td>\(check.waivedFor.map { texts.waived($0) } ?? texts.needed(check.needs))</td></tr>
            """ as Markup
        }
        return """
            <h2 id="checks">\(texts.checks)</h2>
            <div class="wide" role="region" aria-labelledby="checks" tabindex="0"><table>
            <thead><tr>\(heads)</tr></thead><tbody>\(rows)</tbody></table></div>
            """
    }

    private func cell(_ statement: CheckView.Statement?) -> Markup {
        guard let statement else { return "–" }
        let time = Timestamp.minute(statement.at)
        return """
            <span class="\(statement.result)">\(texts.word(statement.result))</span>, \(time)\(
                statement.detail.isEmpty ? "" : ": " + statement.detail)
            """
    }

    private var whatToRun: Markup {
        guard !incident.state.isFinal else { return "" }
        let address = url ?? "ADDRESS-OF-THIS-PAGE"
        return """
            <h2>\(texts.toRun)</h2>
            <p>\(texts.toRunNote)</p>
            <pre tabindex="0">sluice check --case '\(address)'
            sluice logs --case '\(address)'
            sluice queue prove --case '\(address)'</pre>
            """
    }

    private var samples: Markup {
        guard !incident.samples.isEmpty else { return "" }
        let shown = incident.samples.map { sample in
            """
            <h3>\(texts.sample(sample.id.description, sample.time.minute))</h3>
            <pre tabindex="0">\(lines: SafeLines.text(sample.header))

            \(lines: SafeLines.text(sample.text))</pre>
            """ as Markup
        }
        return "<h2>\(texts.samples)</h2>\(shown)"
    }
}

extension Timestamp {
    /// `2026-11-25 14:03 UTC`.
    var minute: String { Self.minute(iso8601) }
    /// `2026-11-25`.
    var day: String { String(iso8601.prefix(10)) }

    /// Of a time as `iso8601` writes it.
    static func minute(_ text: String) -> String { text.prefix(16).replacing("T", with: " ") + " UTC" }
}
