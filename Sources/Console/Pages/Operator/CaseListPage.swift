import Enforcement
import MailTypes

/// Cases, youngest first.
enum CaseListPage {
    static func content(_ query: QueryValues, _ desk: OperatorDesk) throws -> Markup {
        let page = try desk.stores.casePage(query)
        let chosen = query.text("state") ?? "open"
        let states = ["open", "all"] + IncidentCase.State.allCases.map(\.rawValue).filter { $0 != "open" }
        let options = states.map { state -> Markup in
            let selected: Markup = state == chosen ? " selected" : ""
            let word = state == "open" ? "all that are open" : state
            return "<option value=\"\(state)\"\(selected)>\(word)</option>"
        }
        return """
            <form class="filter" method="get" action="\(OperatorPages.root)/cases">
            <div><label for="state">State</label><select id="state" name="state">\(options)</select></div>
            <div><label for="customer">Customer</label>
            <input id="customer" name="customer" value="\(query.text("customer") ?? "")" maxlength="64"></div>
            <button>Show</button></form>
            \(table(page.items, empty: "There is no such case."))
            \(OperatorDesk.pages(
                "/cases", [("state", query.text("state")), ("customer", query.text("customer"))], next: page.next))
            """
    }

    static func table(_ cases: [CaseSummaryView], empty: Markup) -> Markup {
        OperatorDesk.table(
            "Cases",
            ["Case", "State", "Customer", "Source", "Latest", "Out", "Held", "Refused", "Waits since"], numbers: 5..<8,
            cases.map { line in
                let more = line.sources > 1 ? " +\(line.sources - 1)" : ""
                return """
                    <tr><th scope="row" class="when">\(OperatorDesk.caseLink(line.id))</th><td class="state">\(line.state)</td>
                    <td>\(line.customer)</td><td class="long">\((line.source ?? "") + more)</td>
                    <td class="when">\(Timestamp.minute(line.last))</td>
                    <td class="number">\(line.delivered)</td><td class="number">\(line.held)</td>
                    <td class="number">\(line.refused)</td><td>\(line.asked.map { Timestamp.minute($0) } ?? "–")</td></tr>
                    """
            }, empty: empty)
    }
}
