import Enforcement
import MailTypes

/// One case, with all that can be done about it.
enum OperatorCasePage {
    static func content(_ name: String, _ desk: OperatorDesk) throws -> Markup {
        guard let id = CaseID(name) else { throw Problem(.notFound, "there is no such case") }
        let incident = try desk.stores.incident(id)
        let view = try CaseView(incident, desk.stores, at: desk.now)
        let acts = try desk.stores.timeline(id, try QueryValues([("limit", "200")], allowed: ["limit"]))
        return """
            \(facts(view))
            \(OperatorCaseActs.content(view, desk))
            \(checks(view))
            \(evidence(view))
            \(damage(view))
            \(notes(view))
            \(told(view))
            \(links(view, desk))
            <h2>What was done</h2>
            \(AuditPage.table(acts.items))
            """
    }

    private static func facts(_ view: CaseView) -> Markup {
        let sources = view.sources.map { source -> Markup in
            "<li>\(source)\(view.stopped.contains(source) ? " (stopped)" : "")</li>"
        }
        func fact(_ name: Markup, _ value: String?) -> Markup {
            guard let value, !value.isEmpty else { return "" }
            return "<div><dt>\(name)</dt><dd>\(value)</dd></div>"
        }
        return """
            <dl class="facts">
            \(fact("State", view.state))\(fact("Customer", view.customer))
            \(fact("Kind", view.kinds.joined(separator: ", ")))
            <div><dt>Sources</dt><dd><ul>\(sources)</ul></dd></div>
            \(fact("Since", Timestamp.minute(view.first)))\(fact("Latest", Timestamp.minute(view.last)))
            \(fact("Ended", view.ended.map { Timestamp.minute($0) }))\(fact("Merged into", view.mergedInto))
            \(fact("Messages", "\(view.delivered) out, \(view.held) held, \(view.refused) refused"))
            \(fact("Earlier incidents", view.earlier > 0 ? String(view.earlier) : nil))
            \(fact("Relapses", view.relapses > 0 ? String(view.relapses) : nil))
            \(fact("Probation", view.probation.map(ramp)))
            </dl>
            <p><a href="\(OperatorPages.root)/held?case=\(view.id)">Held mail of this case</a></p>
            """
    }

    private static func ramp(_ ramp: CaseView.Ramp) -> String {
        "step \(ramp.step) of \(ramp.steps), " + (ramp.perHour.map { "\($0) messages an hour" } ?? "all steps done")
    }

    private static func checks(_ view: CaseView) -> Markup {
        guard !view.checks.isEmpty else { return "" }
        let rows = view.checks.map { check -> Markup in
            """
            <tr><th scope="row">\(check.title)<br><code>\(check.name)</code></th>
            <td><span class="\(check.result)">\(check.result)</span></td>
            <td>\(cell(check.verified))</td><td>\(cell(check.reported))</td><td>\(cell(check.attested))</td>
            <td>\(check.waivedBy.map { "waived by \($0): \(check.waivedFor ?? "")" } ?? check.missing ?? "")</td></tr>
            """
        }
        return """
            <h2>What is asked</h2>
            \(OperatorDesk.table(
                "Checks", ["What must be so", "State", "Verified by us", "Signed report", "A person's word", "Missing"], rows,
                empty: ""))
            """
    }

    private static func cell(_ statement: CheckView.Statement?) -> Markup {
        guard let statement else { return "–" }
        return """
            <span class="\(statement.result)">\(statement.result)</span>, \(Timestamp.minute(statement.at)), \(statement.by): \(
                statement.detail)
            """
    }

    private static func evidence(_ view: CaseView) -> Markup {
        let sentences = view.evidence.map { "<li>\($0)</li>" as Markup }
        let samples = view.samples.map { sample -> Markup in
            """
            <h3>Message \(sample.id), \(Timestamp.minute(sample.time))</h3>
            <pre tabindex="0">\(lines: sample.header)

            \(lines: sample.text)</pre>
            """
        }
        guard !sentences.isEmpty || !samples.isEmpty else { return "" }
        return "<h2>Evidence</h2><ul>\(sentences)</ul>\(samples)"
    }

    private static func damage(_ view: CaseView) -> Markup {
        guard let damage = view.damage else { return "" }
        let receivers = damage.receivers.map { receiver -> Markup in
            """
            <tr><th scope="row">\(receiver.domain)</th><td class="number">\(receiver.delivered)</td>
            <td class="number">\(receiver.refused)</td><td class="number">\(receiver.unknown)</td>
            <td class="number">\(receiver.complaints)</td></tr>
            """
        }
        let listings = damage.listings.map { listing -> Markup in
            let end = listing.until.map { " until " + Timestamp.minute($0) } ?? ""
            return """
                <li>\(listing.address) on \(listing.list) since \(Timestamp.minute(listing.since))\(end). \(listing.removal)</li>
                """
        }
        return """
            <h2>What got out</h2>
            <p>\(damage.messages) messages, \(damage.suspect) of them suspect; recipients: \(damage.delivered) reached,
            \(damage.refused) refused, \(damage.unknown) unknown, \(damage.complaints) complaints. Counted
            \(Timestamp.minute(damage.counted))\(damage.isCut ? "; there was more than is followed" : "").</p>
            \(receivers.isEmpty
                ? "" : OperatorDesk.table(
                    "Receivers", ["Receiver", "Reached", "Refused", "Unknown", "Complaints"], numbers: 1..<5, receivers, empty: ""))
            \(listings.isEmpty ? "" : "<h3>Own addresses on lists since</h3><ul>\(listings)</ul>" as Markup)
            """
    }

    private static func notes(_ view: CaseView) -> Markup {
        guard !view.notes.isEmpty else { return "" }
        let notes = view.notes.map { note -> Markup in
            "<li>\(Timestamp.minute(note.time)), \(note.author): \(lines: note.text)</li>"
        }
        return "<h2>Notes</h2><ul>\(notes)</ul>"
    }

    private static func told(_ view: CaseView) -> Markup {
        let notices = view.notices.map { notice -> Markup in
            """
            <tr><td class="when">\(Timestamp.minute(notice.time))</td><td>\(notice.channel)</td><td>\(notice.stage)</td>
            <td>\(notice.target)</td><td>\(notice.state)\(notice.outcome.isEmpty ? "" : ": " + notice.outcome)</td></tr>
            """
        }
        let reports = view.reports.map { report -> Markup in
            "<li>\(Timestamp.minute(report.time)): \(report.producer) on \(report.host)</li>"
        }
        let sent: Markup =
            notices.isEmpty
            ? ""
            : "<h2>Notices</h2>\(OperatorDesk.table("Notices", ["When", "By", "Stage", "To", "Outcome"], notices, empty: ""))"
        return sent.joined(reports.isEmpty ? "" : "<h2>Signed reports</h2><ul>\(reports)</ul>")
    }

    private static func links(_ view: CaseView, _ desk: OperatorDesk) -> Markup {
        let rows = view.links.map { link -> Markup in
            """
            <tr><td>\(String(link.id))</td><td>\(Timestamp.minute(link.created)), \(link.author)</td>
            <td>\(link.revoked.map { "revoked " + Timestamp.minute($0) } ?? "until " + Timestamp.minute(link.expires))</td></tr>
            """
        }
        return """
            <h2>Links of the customer</h2>
            \(OperatorDesk.table("Links", ["Number", "Made", "Good"], rows, empty: "The customer has no link."))
            <div class="buttons">\(desk.form("case-links", on: view.id, kind: "inline", "<button>Make a link</button>"))
            \(desk.form("case-unlink", on: view.id, kind: "inline", "<button class=\"plain\">Revoke all links</button>"))</div>
            """
    }
}

extension Markup {
    func joined(_ other: Markup) -> Markup { "\(self)\(other)" }
}
