import Hummingbird
import MailTypes

/// What the operator's pages are made from.
struct OperatorDesk: Sendable {
    let stores: ConsoleStores
    let caller: OperatorTokens.Entry
    let now: Timestamp
    let told: OperatorSessions.Told?
    /// The code of a form.
    let code: @Sendable (String) -> String

    var mayAct: Bool { caller.role >= .act }

    /// A form for an act; nothing for those who may not.
    func form(_ act: String, on id: String? = nil, kind: Markup = "card", _ content: Markup) -> Markup {
        guard mayAct else { return "" }
        let target: Markup = id.map { "<input type=\"hidden\" name=\"on\" value=\"\($0)\">" } ?? ""
        return """
            <form class="\(kind)" method="post" action="\(OperatorPages.root)/act/\(act)">
            <input type="hidden" name="form" value="\(code(act))">\(target)
            \(content)
            </form>
            """
    }

    /// How long ago.
    func age(_ time: String) -> Markup { "<time datetime=\"\(time)\">\(Timestamp.minute(time))</time>" }

    /// Links to further pages of a list.
    static func pages(_ path: String, _ query: [(String, String?)], next: String?) -> Markup {
        let kept = query.compactMap { name, value in value.map { (name, $0) } }
        func link(_ more: [(String, String)], _ text: Markup) -> Markup {
            let target = APIRequest(.get, [], query: (kept + more).map { ($0.0, $0.1) }).target
            let query = target.drop { $0 != "?" }
            return "<a href=\"\(OperatorPages.root)\(path)\(String(query))\">\(text)</a>"
        }
        guard let next else { return "" }
        return """
            <nav class="pages" aria-label="Pages">\(link([], "First page"))\(link([("after", next)], "Next page"))</nav>
            """
    }

    static func caseLink(_ id: String?) -> Markup {
        guard let id else { return "–" }
        return "<a href=\"\(OperatorPages.root)/cases/\(id)\">\(id)</a>"
    }

    static func messageLink(_ id: String) -> Markup {
        "<a href=\"\(OperatorPages.root)/held/\(id)\"><code>\(id)</code></a>"
    }

    /// Rows under heads, in a region that scrolls by itself where it is wider than the page.
    ///
    /// - Parameter numbers: the columns that have numbers.
    static func table(
        _ name: String, _ heads: [Markup], numbers: Range<Int> = 0..<0, _ rows: [Markup], empty: Markup
    ) -> Markup {
        guard !rows.isEmpty else { return "<p class=\"muted\">\(empty)</p>" }
        let cells = heads.enumerated().map { index, head -> Markup in
            let kind: Markup = numbers.contains(index) ? " class=\"number\"" : ""
            return "<th scope=\"col\"\(kind)>\(head)</th>"
        }
        return """
            <div class="wide" role="region" aria-label="\(name)" tabindex="0"><table>
            <thead><tr>\(cells)</tr></thead><tbody>\(rows)</tbody></table></div>
            """
    }
}

/// The bar above every page of the operator's.
struct OperatorFrame {
    private static let places: [(path: String, title: String)] = [
        ("", "Overview"), ("/cases", "Cases"), ("/held", "Held mail"), ("/stops", "Stops"), ("/customers", "Customers"),
        ("/audit", "Audit log"),
    ]

    let title: String
    let path: String
    let desk: OperatorDesk

    func response(_ content: Markup) -> Hummingbird.Response {
        let links = Self.places.map { place -> Markup in
            let address = OperatorPages.root + place.path
            let isHere = path == address || !place.path.isEmpty && path.hasPrefix(address + "/")
            let current: Markup = isHere ? " aria-current=\"page\"" : ""
            return "<li><a href=\"\(address)\"\(current)>\(place.title)</a></li>"
        }
        let bar: Markup = """
            <p class="brand">Sluice</p>
            <nav aria-label="Console"><ul>\(links)</ul></nav>
            <form method="post" action="\(OperatorPages.root)/logout">
            <input type="hidden" name="form" value="\(desk.code("logout"))">
            <span class="muted">\(desk.caller.name) (\(desk.caller.role.rawValue))</span>
            <button class="plain">Log out</button></form>
            """
        return PageFrame(title: "\(title) – Sluice", isWide: true, bar: bar).response(
            """
            <h1>\(title)</h1>
            \(PageFrame.told(desk.told.map { ($0.text, $0.isWrong) }))
            \(content)
            """)
    }
}

/// Where a token is shown.
enum LoginPage {
    static func content(_ problem: String?, code: String) -> Markup {
        """
        <h1>Log in</h1>
        \(PageFrame.told(problem.map { ($0, true) }))
        <div class="cards"><form class="card" method="post" action="\(OperatorPages.root)/login">
        <input type="hidden" name="form" value="\(code)">
        <label for="token">Your token of the API</label>
        <input type="password" id="token" name="token" autocomplete="current-password" required>
        <p class="note"><code>sluice credential token --name NAME --role act</code> makes one. Customers need none: they open the
        link of their notice.</p>
        <button>Log in</button>
        </form></div>
        """
    }
}
