import MailTypes

/// Held mail, oldest first, to be looked at, released and deleted.
enum HeldListPage {
    static func content(_ query: QueryValues, _ desk: OperatorDesk) throws -> Markup {
        let page = try desk.stores.heldPage(query)
        let names: [(name: String, label: String)] = [
            ("customer", "Customer"), ("account", "Account"), ("case", "Case"), ("campaign", "Campaign"),
        ]
        let fields = names.map { field -> Markup in
            """
            <div><label for="\(field.name)">\(field.label)</label>
            <input id="\(field.name)" name="\(field.name)" value="\(query.text(field.name) ?? "")" maxlength="300"></div>
            """
        }
        let rows = page.items.map { row($0, desk) }
        let heads: [Markup] =
            (desk.mayAct ? ["Choose"] : []) + ["Message", "Received", "From", "To", "Why", "Log-odds", "Case"]
        let table = OperatorDesk.table("Held mail", heads, rows, empty: "Nothing is held.")
        return """
            <form class="filter" method="get" action="\(OperatorPages.root)/held">\(fields)<button>Show</button></form>
            \(rows.isEmpty ? table : acts(table, desk))
            \(OperatorDesk.pages("/held", names.map { ($0.name, query.text($0.name)) }, next: page.next))
            """
    }

    /// One form around the list, with a button for each act; each act has its own code.
    private static func acts(_ table: Markup, _ desk: OperatorDesk) -> Markup {
        guard desk.mayAct else { return table }
        return """
            <form method="post" action="\(OperatorPages.root)/act/held-release">
            <input type="hidden" name="form" value="\(desk.code("held-release"))">
            \(table)
            <div class="buttons"><button>Release the chosen</button></div>
            <p class="note">Released mail leaves through the risky pool, and is learnt as good. To delete, open a message.</p>
            </form>
            """
    }

    private static func row(_ message: HeldView, _ desk: OperatorDesk) -> Markup {
        let more = message.recipientCount > 1 ? " +\(message.recipientCount - 1)" : ""
        let box: Markup =
            desk.mayAct
            ? "<td><input type=\"checkbox\" name=\"id\" value=\"\(message.id)\" aria-label=\"Choose \(message.id)\"></td>"
            : ""
        return """
            <tr>\(box)<th scope="row">\(OperatorDesk.messageLink(message.id))</th>
            <td class="when">\(Timestamp.minute(message.received))</td>
            <td>\(message.customer ?? ""): \(message.account ?? message.server ?? "")<br>&lt;\(message.sender)&gt;</td>
            <td class="long">\((message.recipients.first ?? "") + more)</td>
            <td class="long">\(message.evidence.first ?? "")</td>
            <td class="number">\(MessagePage.odds(message.logOdds))</td><td>\(OperatorDesk.caseLink(message.caseID))</td></tr>
            """
    }
}

/// One message: why it is held, its header and the beginning of its text.
enum MessagePage {
    static func content(_ view: MessageView, _ desk: OperatorDesk) throws -> Markup {
        let message = view.message
        let evidence = message.evidence.map { "<li>\($0)</li>" as Markup }
        let recipients = message.recipients.map { "<li>\($0)</li>" as Markup }
        let more: Markup =
            message.recipientCount > message.recipients.count
            ? "<li>and \(message.recipientCount - message.recipients.count) more</li>" : ""
        let fates = view.fates.map { fate -> Markup in
            "<li>\(Timestamp.minute(fate.at)): \(fate.what), \(fate.author)</li>"
        }
        return """
            <dl class="facts">
            <div><dt>Message</dt><dd><code>\(message.id)</code></dd></div>
            <div><dt>Received</dt><dd>\(Timestamp.minute(message.received))</dd></div>
            <div><dt>Held until</dt><dd>\(message.until.map { Timestamp.minute($0) } ?? "not held")</dd></div>
            <div><dt>Customer</dt><dd>\(message.customer ?? "–")</dd></div>
            <div><dt>Account</dt><dd>\(message.account ?? "–")</dd></div>
            <div><dt>Server</dt><dd>\(message.server ?? "–")</dd></div>
            <div><dt>Sender</dt><dd>&lt;\(message.sender)&gt;</dd></div>
            <div><dt>Size</dt><dd>\(ByteCount(message.bytes).description)</dd></div>
            <div><dt>Log-odds</dt><dd>\(odds(message.logOdds))</dd></div>
            <div><dt>Case</dt><dd>\(OperatorDesk.caseLink(message.caseID))</dd></div>
            </dl>
            \(acts(message, desk))
            <h2>Why</h2><ul>\(evidence)</ul>
            <h2>To</h2><ul>\(recipients)\(more)</ul>
            <h2>Content</h2><pre tabindex="0">\(lines: view.beginning)</pre>
            \(fates.isEmpty ? "" : "<h2>What became of it</h2><ul>\(fates)</ul>" as Markup)
            """
    }

    static func odds(_ value: Double) -> String { String((value * 10).rounded() / 10) }

    private static func acts(_ message: HeldView, _ desk: OperatorDesk) -> Markup {
        guard message.until != nil, desk.mayAct else { return "" }
        let id: Markup = "<input type=\"hidden\" name=\"id\" value=\"\(message.id)\">"
        return """
            <div class="cards">
            \(desk.form(
                "held-release", "<h3>Release</h3><p>It goes out, and is learnt as good.</p>\(id)<button>Release it</button>"))
            \(desk.form(
                "held-delete",
                """
                <h3>Delete</h3><p>For good.</p>\(id)
                <p class="inline"><input type="checkbox" id="spam" name="spam" value="yes">
                <label for="spam">It is spam: learn so</label></p>
                <button class="danger">Delete it</button>
                """))
            </div>
            """
    }
}
