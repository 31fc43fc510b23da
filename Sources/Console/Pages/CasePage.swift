import Enforcement
import MailTypes

/// A case in plain language, for the one who is to clean up.
struct CasePage {
    let incident: IncidentCase
    let checks: [CaseCheck]
    /// The page's own address, for commands; `nil` when it is not known.
    let url: String?
    /// Where its forms go: the path of the page.
    let path: String
    let expires: Timestamp
    /// The code of a form.
    let code: (String) -> String
    /// What the last act said, and whether it was refused.
    var told: (text: String, isWrong: Bool)?

    var title: String { "\(incident.id): \(headline)" }

    var content: Markup {
        """
        <h1>\(title)</h1>
        \(outcome)
        <p>\(explanation)</p>
        \(left)
        \(whatHappened)
        \(checkTable)
        \(whatToRun)
        \(forms)
        \(samples)
        <p>This page shows this case only, to whoever has its address: pass it on only to those who are to help.
        It works until \(expires.day).</p>
        """
    }

    private var outcome: Markup {
        guard let told else { return "" }
        return told.isWrong
            ? "<p class=\"told wrong\" role=\"alert\">\(told.text)</p>"
            : "<p class=\"told\" role=\"status\">\(told.text)</p>"
    }

    private var headline: String {
        switch incident.state.rawValue {
        case "closed": "closed"
        case "false-alarm": "it was a false alarm"
        case "merged": "part of another case now"
        case "probation": "sending again, under limits"
        case _ where !incident.stopped.isEmpty: "mail is stopped"
        default: "mail is held for review"
        }
    }

    private var explanation: String {
        switch incident.state.rawValue {
        case "closed": "The case is closed. Nothing is asked of you any more."
        case "false-alarm": "A person looked and found that it was no spam. Nothing is asked of you."
        case "merged": "The case is one with another of yours; what was asked here is asked there."
        case "probation":
            "You are sending again. For a while there are limits, which end by themselves while all is well. If spam comes again, "
                + "sending stops again at once."
        case "verifying": "Reinstatement was asked for, and what is asked below is being looked at."
        case _ where !incident.stopped.isEmpty:
            "What was sent looks like spam, and is stopped to protect you and others. What is to be done is below: find the "
                + "cause, remove it, show it, and you are sending again."
        default: "Some mail looks like spam and is held until somebody has looked. Nothing is stopped."
        }
    }

    /// Exactly what stands between here and sending again.
    private var left: Markup {
        let missing = checks.filter { $0.missing != nil }
        guard !incident.state.isFinal, !checks.isEmpty else { return "" }
        guard !missing.isEmpty else {
            return "<div class=\"done\"><p>Nothing is missing any more.</p></div>"
        }
        let items = missing.map { check in
            "<li><strong>\(check.title)</strong>: \(check.missing ?? "")</li>" as Markup
        }
        return """
            <div class="missing"><h2>Still missing</h2><ul>\(items)</ul></div>
            """
    }

    private var whatHappened: Markup {
        let sources = incident.sources.map { source in
            """
            <li>\(Self.name(source))\(incident.stopped.contains(source) ? " (stopped)" : "")</li>
            """ as Markup
        }
        let evidence = incident.evidence.map { "<li>\($0)</li>" as Markup }
        return """
            <h2>What happened</h2>
            <ul>\(sources)</ul>
            <p>From \(incident.first.minute) to \(incident.last.minute): \(incident.counts.delivered) messages were delivered,
            \(incident.counts.held) held, \(incident.counts.refused) refused.</p>
            <h3>Why it looks like spam</h3>
            <ul>\(evidence)</ul>
            """
    }

    private static func name(_ source: SourceID) -> String {
        switch source {
        case .campaign(let campaign, _): "Messages of nearly the same text (campaign \(campaign))"
        case .account(let account, _): "Account \(account)"
        case .server(let address, _): "Server \(address)"
        case .customer(let customer): "All mail of \(customer)"
        }
    }

    private var checkTable: Markup {
        guard !checks.isEmpty else { return "" }
        let rows = checks.map { check in
            """
            <tr><th scope="row">\(check.title)</th><td>\(Self.word(check.result))</td>
            <td>\(Self.cell(check, "verified"))</td><td>\(Self.cell(check, "reported"))</td>
            <td>\(Self.cell(check, "attested"))</td><td>\(Self.needed(check))</td></tr>
            """ as Markup
        }
        return """
            <h2>What is asked, and how far it is</h2>
            <div class="wide" role="region" aria-label="Checks" tabindex="0"><table>
            <thead><tr><th scope="col">What must be so</th><th scope="col">State</th><th scope="col">Verified by us</th>
            <th scope="col">Your server&#39;s signed report</th><th scope="col">Attested by a person</th>
            <th scope="col">What counts</th></tr></thead>
            <tbody>\(rows)</tbody></table></div>
            """
    }

    private static func word(_ result: String) -> String {
        switch result {
        case "pass": "done"
        case "fail": "failed"
        default: "not known yet"
        }
    }

    private static func cell(_ check: CaseCheck, _ assurance: String) -> Markup {
        guard let statement = check.statements.first(where: { $0.assurance == assurance }) else { return "–" }
        return """
            \(word(statement.result)), \(statement.time.minute)\(statement.detail.isEmpty ? "" : ": " + statement.detail)
            """
    }

    private static func needed(_ check: CaseCheck) -> Markup {
        if let waiver = check.waiver { return "Waived by the operator: \(waiver)" }
        let needs: Markup
        switch check.needs {
        case "verified": needs = "We look ourselves."
        case "reported": needs = "A signed report of your server, or our own look."
        default: needs = "A person&#39;s word, a report, or our own look."
        }
        return "\(needs) \(check.advice)"
    }

    private var whatToRun: Markup {
        guard !incident.state.isFinal else { return "" }
        let address = url ?? "ADDRESS-OF-THIS-PAGE"
        return """
            <h2>What to run on your server</h2>
            <p>These commands look for the hole, and send a signed report to this page. They change nothing.</p>
            <pre>sluice check --case '\(address)'
            sluice logs --case '\(address)'
            sluice queue prove --case '\(address)'</pre>
            """
    }

    private var samples: Markup {
        guard !incident.samples.isEmpty else { return "" }
        let shown = incident.samples.map { sample in
            """
            <h3>Message \(sample.id.description), \(sample.time.minute)</h3>
            <pre tabindex="0">\(lines: SafeLines.text(sample.header))

            \(lines: SafeLines.text(sample.text))</pre>
            """ as Markup
        }
        return "<h2>Samples of what was sent</h2>\(shown)"
    }
}

extension Timestamp {
    /// `2026-11-25 14:03 UTC`.
    var minute: String { String(iso8601.prefix(16)).replacing("T", with: " ") + " UTC" }
    /// `2026-11-25`.
    var day: String { String(iso8601.prefix(10)) }
}
