import MailTypes

/// Sources that may not send.
enum StopsPage {
    static func content(_ query: QueryValues, _ desk: OperatorDesk) throws -> Markup {
        let page = try desk.stores.stopPage(query, at: desk.now)
        let rows = page.items.enumerated().map { index, stop -> Markup in
            let lift = desk.form(
                "stop-lift", kind: "inline",
                """
                <input type="hidden" name="source" value="\(stop.source)">
                <label for="why-\(index)">Why</label>
                <input id="why-\(index)" name="reason" maxlength="300" aria-label="Why \(stop.source) may send again" required>
                <button class="plain">Lift</button>
                """)
            return """
                <tr><th scope="row" class="long">\(stop.source)</th><td class="long">\(stop.reason)</td><td>\(stop.certainty)</td>
                <td class="when">\(Timestamp.minute(stop.since))</td><td>\(stop.until.map { Timestamp.minute($0) } ?? "–")</td>
                <td>\(stop.author)</td><td>\(OperatorDesk.caseLink(stop.caseID))</td><td>\(lift)</td></tr>
                """
        }
        let add = desk.form(
            "stop-add",
            """
            <h2>Stop a source</h2>
            <label for="source">Source</label>
            <input id="source" name="source" value="\(query.text("source") ?? "")" maxlength="400" required
            aria-describedby="source-note">
            <p class="note" id="source-note"><code>account:CUSTOMER/NAME</code>, <code>server:CUSTOMER/ADDRESS</code>,
            <code>campaign:CUSTOMER/ID</code> or <code>customer:CUSTOMER</code></p>
            <label for="reason">Why, in a sentence; the sender sees it</label>
            <input id="reason" name="reason" maxlength="300" required>
            <label for="hours">For how many hours (left empty: until somebody lifts it)</label>
            <input id="hours" name="hours" type="number" min="1" max="8760">
            <button class="danger">Stop it</button>
            """)
        return """
            \(OperatorDesk.table(
                "Stops", ["Source", "Why", "Certainty", "Since", "Until", "By", "Case", "Lift"], rows,
                empty: "Nobody is stopped."))
            \(OperatorDesk.pages("/stops", [], next: page.next))
            <div class="cards">\(add)</div>
            """
    }
}

/// Customers, as the configuration has them.
enum CustomersPage {
    static func content(_ query: QueryValues, _ desk: OperatorDesk) throws -> Markup {
        let page = try desk.stores.customerPage(query)
        let rows = page.items.map { customer -> Markup in
            """
            <tr><th scope="row">\(customer.id)</th><td>\(customer.name)</td>
            <td>\(customer.servers.prefix(10).joined(separator: ", "))</td>
            <td>\(customer.domains.prefix(10).joined(separator: ", "))</td>
            <td>\(customer.contacts.prefix(10).joined(separator: ", "))</td>
            <td><a href="\(OperatorPages.root)/cases?state=all&amp;customer=\(customer.id)">Cases</a>
            <a href="\(OperatorPages.root)/held?customer=\(customer.id)">Held</a></td></tr>
            """
        }
        return """
            \(OperatorDesk.table(
                "Customers", ["Customer", "Name", "Servers", "Domains", "Contacts", "See"], rows,
                empty: "The configuration has no customer."))
            \(OperatorDesk.pages("/customers", [], next: page.next))
            """
    }
}

/// Who did what, latest first.
enum AuditPage {
    static func content(_ query: QueryValues, _ desk: OperatorDesk) throws -> Markup {
        let page = try desk.stores.auditPage(query)
        let verify: Markup =
            desk.caller.role >= .admin
            ? desk.form("audit-verify", kind: "inline", "<button class=\"plain\">Verify the whole log</button>") : ""
        return """
            \(verify)
            \(table(page.items))
            \(OperatorDesk.pages("/audit", [], next: page.next))
            """
    }

    static func table(_ entries: [AuditView]) -> Markup {
        OperatorDesk.table(
            "Audit log", ["Entry", "When", "Who", "What", "About", "Detail"], numbers: 0..<1,
            entries.map { entry in
                """
                <tr><td class="number">\(String(entry.sequence))</td><td class="when">\(Timestamp.minute(entry.time))</td>
                <td>\(entry.author)</td><td>\(entry.act)</td><td class="long">\(entry.subject)</td><td class="long">\(entry.detail)</td></tr>
                """
            }, empty: "Nothing was done yet.")
    }
}
