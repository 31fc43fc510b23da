import ControlStore
import Enforcement
import MailTypes
import Spool

/// What an operator wants to know first: does mail flow, what is held, who is stopped, who waits.
enum OverviewPage {
    static func content(_ desk: OperatorDesk) throws -> Markup {
        let stores = desk.stores
        let spool = try stores.spoolStatus.value(of: stores.spool, at: desk.now)
        let totals = try stores.control.caseTotals()
        let open = totals.filter { !$0.key.isFinal }.values.reduce(0, +)
        let live = stores.live()
        let waiting = try stores.casePage(try QueryValues([("limit", "10")], allowed: ["limit"]))
        let acts = try stores.auditPage(try QueryValues([("limit", "10")], allowed: ["limit"]))
        return """
            \(state(live))
            <dl class="facts">
            \(fact("Open cases", open, "/cases"))
            \(fact("Stops", try stores.control.stopCount(), "/stops"))
            \(fact("Held messages", spool.held.messages, "/held"))
            \(fact("In the queue", spool.queued.messages, nil))
            \(fact("On probation", totals[.probation] ?? 0, "/cases?state=probation"))
            </dl>
            \(cases(waiting.items))
            \(delivery(live))
            \(reputation(live))
            <h2>Latest acts</h2>
            \(AuditPage.table(acts.items))
            """
    }

    private static func fact(_ name: Markup, _ number: Int, _ path: String?) -> Markup {
        let shown: Markup =
            path.map { "<a href=\"\(OperatorPages.root)\($0)\">\(number)</a>" } ?? "\(number)"
        return "<div><dt>\(name)</dt><dd class=\"large\">\(shown)</dd></div>"
    }

    private static func state(_ live: ConsoleStores.Live?) -> Markup {
        guard let live else { return "" }
        var troubles: [Markup] = live.listings.map { "<li>\($0)</li>" }
        if let reason = live.unreadiness { troubles.append("<li>No mail is accepted: \(reason)</li>") }
        guard !troubles.isEmpty else { return "<div class=\"box done\"><p>Mail is accepted.</p></div>" }
        return "<section class=\"box missing\" aria-label=\"Trouble\"><ul>\(troubles)</ul></section>"
    }

    private static func cases(_ cases: [CaseSummaryView]) -> Markup {
        """
        <h2>Open cases</h2>
        \(CaseListPage.table(cases, empty: "No case is open."))
        """
    }

    private static func delivery(_ live: ConsoleStores.Live?) -> Markup {
        guard let live else { return "" }
        func row(_ name: Markup, _ family: String) -> Markup {
            guard let found = live.metrics.first(where: { $0.name == family }) else { return "" }
            let parts = found.samples.map { sample -> Markup in
                "<li>\(sample.labels.first?.value ?? "") \(Int(sample.value))</li>"
            }
            return "<div><dt>\(name)</dt><dd><ul>\(parts)</ul></dd></div>"
        }
        return """
            <h2>Delivery</h2>
            <dl class="facts">
            \(row("Deliveries now", "sluice_deliveries"))
            \(row("Recipients since the start", "sluice_delivery_outcomes_total"))
            \(row("Submissions since the start", "sluice_submissions_total"))
            </dl>
            """
    }

    private static func reputation(_ live: ConsoleStores.Live?) -> Markup {
        guard let live else { return "" }
        let sentence: Markup =
            if !live.watchesLists {
                "Own addresses are not looked up on lists (<code>cases.reputation</code>)."
            } else if live.listings.isEmpty {
                "No own address is known to be on a list."
            } else {
                "See above: whoever is on a list is not delivered everywhere."
            }
        return "<h2>Reputation</h2><p>\(sentence)</p>"
    }
}
