import ControlStore
import HTTPTypes
import Hummingbird
import MailTypes

/// The operator's console: pages made here, forms without scripts. Whoever shows a token of the API gets a session, and may do
/// there what the token may do. The forms' acts are the API's operations, so that there is one way to do each thing.
struct OperatorPages: Sendable {
    static let root = "/operator"
    static let cookie = "sluice-session"
    /// Bytes of a form: a page of ids is the most.
    private static let formLimit = 65_536

    let operators: OperatorBook
    let sessions: OperatorSessions
    let operations: APIOperations
    let stores: ConsoleStores
    let threads: StoreThreads
    let limits: ConsoleLimits
    let forms: FormGuard
    let newToken: @Sendable () -> CapabilityToken
    let now: @Sendable () -> Timestamp

    /// Somebody who is logged in.
    struct Visit: Sendable {
        let secret: CapabilityToken
        let caller: OperatorTokens.Entry
    }

    func register(on routes: Router<ConsoleContext>, isEncrypted: Bool) {
        let root = RouterPath(Self.root)
        routes.get(root) { request, context in
            try await show(request, context, "Overview", []) { _, desk in try OverviewPage.content(desk) }
        }
        routes.get(root.appendingPath("login")) { _, _ in login(nil) }
        routes.post(root.appendingPath("login")) { request, context in
            try await logIn(request, context, isEncrypted: isEncrypted)
        }
        routes.post(root.appendingPath("logout")) { request, context in try await logOut(request, context) }
        routes.post(root.appendingPath("act/{act}")) { request, context in try await act(request, context) }
        list("cases", "Cases", ["state", "customer", "after", "limit"], on: routes, CaseListPage.content)
        list(
            "held", "Held mail", ConsoleStores.heldFilters.union(["after", "limit"]), on: routes, HeldListPage.content)
        list("stops", "Stops", ["after", "limit", "source"], on: routes, StopsPage.content)
        list("customers", "Customers", ["after", "limit"], on: routes, CustomersPage.content)
        list("audit", "Audit log", ["after", "limit"], on: routes, AuditPage.content)
        routes.get(root.appendingPath("cases/{case}")) { request, context in
            let name = context.parameters.get("case") ?? ""
            return try await show(request, context, name, []) { _, desk in try OperatorCasePage.content(name, desk) }
        }
        routes.get(root.appendingPath("held/{message}")) { request, context in
            let name = context.parameters.get("message")
            return try await show(request, context, "Message", []) { _, desk in
                try MessagePage.content(try stores.message(name), desk)
            }
        }
    }

    private func list(
        _ path: String, _ title: String, _ names: Set<String>, on routes: Router<ConsoleContext>,
        _ content: @escaping @Sendable (QueryValues, OperatorDesk) throws -> Markup
    ) {
        routes.get(RouterPath(Self.root).appendingPath(RouterPath(path))) { request, context in
            try await show(request, context, title, names, content)
        }
    }

    /// A page for somebody who is logged in; the login for everybody else.
    private func show(
        _ request: Request, _ context: ConsoleContext, _ title: String, _ names: Set<String>,
        _ content: @escaping @Sendable (QueryValues, OperatorDesk) throws -> Markup
    ) async throws -> Hummingbird.Response {
        guard let visit = visit(request) else { return Self.redirect(to: "/login") }
        guard limits.calls.allows(visit.caller.name, at: now()) else { throw ConsoleLimits.tooMany(1) }
        // An empty field of a filter's form is one that was not filled in.
        var pairs: [(name: String, value: String)] = []
        for (name, value) in request.uri.queryParameters where !value.isEmpty {
            pairs.append((String(name), String(value)))
        }
        let query = try QueryValues(pairs, allowed: names)
        let desk = OperatorDesk(
            stores: stores, caller: visit.caller, now: now(), told: sessions.takeTold(visit.secret),
            code: { forms.code(for: visit.secret.text, act: $0) })
        let page = try await threads.run { try content(query, desk) }
        let path = request.uri.path
        return OperatorFrame(title: title, path: path, desk: desk).response(page)
    }

    /// Who it is; `nil` without a session, or when its token was revoked.
    private func visit(_ request: Request) -> Visit? {
        guard let secret = Self.secret(request.headers[.cookie]), let session = sessions.find(secret, at: now()) else {
            return nil
        }
        guard let caller = operators.entry(digest: session.digest) else {
            sessions.close(secret)
            return nil
        }
        return Visit(secret: secret, caller: caller)
    }

    // MARK: - Login

    private func login(_ problem: String?) -> Hummingbird.Response {
        PageFrame(title: "Log in").response(
            status: problem == nil ? .ok : .forbidden,
            LoginPage.content(problem, code: forms.code(for: "", act: "login")))
    }

    private func logIn(_ request: Request, _ context: ConsoleContext, isEncrypted: Bool) async throws
        -> Hummingbird.Response
    {
        try FormGuard.checkOrigin(request.headers)
        let time = now()
        let address = limits.client(request, context)
        guard !limits.guesses.isExhausted(address, at: time) else { throw ConsoleLimits.tooMany(60) }
        let form = try await form(request)
        try forms.check(form.text(FormGuard.field), for: "", act: "login")
        let given = (form.text("token") ?? "").filter { !$0.isWhitespace }
        guard let token = CapabilityToken(given), let entry = operators.entry(of: token) else {
            limits.guesses.take(address, at: time)
            return login("That is no token that is good here.")
        }
        let secret = newToken()
        sessions.open(secret, for: entry.digest, at: time)
        let (stores, author) = (stores, "person:\(entry.name)")
        try await threads.run {
            try stores.control.record(author: author, act: "console.login", subject: address, at: time)
        }
        var response = Self.redirect(to: "")
        let isSecure =
            isEncrypted
            || limits.address.isEncrypted(peer: context.peer, forwardedProto: request.headers[.xForwardedProto])
        response.headers[.setCookie] = Self.cookie(secret.text, isSecure: isSecure, seconds: nil)
        return response
    }

    private func logOut(_ request: Request, _ context: ConsoleContext) async throws -> Hummingbird.Response {
        try FormGuard.checkOrigin(request.headers)
        if let visit = visit(request) {
            try forms.check(try await form(request).text(FormGuard.field), for: visit.secret.text, act: "logout")
            sessions.close(visit.secret)
        }
        var response = Self.redirect(to: "/login")
        response.headers[.setCookie] = Self.cookie("", isSecure: false, seconds: 0)
        return response
    }

    // MARK: - Acts

    private func act(_ request: Request, _ context: ConsoleContext) async throws -> Hummingbird.Response {
        try FormGuard.checkOrigin(request.headers)
        guard let visit = visit(request) else { return Self.redirect(to: "/login") }
        guard limits.calls.allows(visit.caller.name, at: now()) else { throw ConsoleLimits.tooMany(1) }
        let form = try await form(request)
        let name = context.parameters.get("act") ?? ""
        try forms.check(form.text(FormGuard.field), for: visit.secret.text, act: name)
        guard let act = OperatorAct(name: name, form: form) else {
            throw Problem(.notFound, "there is nothing at this address")
        }
        let (stores, operations, time) = (stores, operations, now())
        let told: OperatorSessions.Told
        do {
            let request = try act.request()
            let answer = try await threads.run {
                try operations.answer(request, by: visit.caller, stores, at: time)
            }
            told = .init(text: act.sentence(answer.body), isWrong: false)
        } catch {
            guard let problem = Problem(error) else { throw error }
            told = .init(text: problem.detail, isWrong: true)
        }
        sessions.tell(told, to: visit.secret)
        return Self.redirect(to: act.page)
    }

    private func form(_ request: Request) async throws -> FormBody {
        let bytes = try await BoundedBody.collect(request, upTo: Self.formLimit)
        return try FormBody(
            bytes, type: request.headers[.contentType], listed: (name: "id", limit: QueryValues.largestPage))
    }

    // MARK: - Cookies

    /// To be followed with GET, whatever came.
    private static func redirect(to path: String) -> Hummingbird.Response {
        Hummingbird.Response(status: .seeOther, headers: [.location: root + path])
    }

    private static func cookie(_ value: String, isSecure: Bool, seconds: Int?) -> String {
        "\(cookie)=\(value); Path=\(root); HttpOnly; SameSite=Strict" + (isSecure ? "; Secure" : "")
            + (seconds.map { "; Max-Age=\($0)" } ?? "")
    }

    /// The secret in a `Cookie` field (RFC 6265 §4.2.1); bounded like every field.
    private static func secret(_ field: String?) -> CapabilityToken? {
        for part in (field ?? "").split(separator: ";") {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, pair[0].filter({ $0 != " " }) == cookie else { continue }
            return CapabilityToken(String(pair[1]))
        }
        return nil
    }
}
