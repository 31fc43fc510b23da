import ControlStore
import Enforcement
import HTTPTypes
import Hummingbird
import MailTypes
import NIOCore
import ReportSigning

/// The customer's side: a case's page, and what its forms and `sluice … --case URL` send. Whoever has the link may; nobody
/// logs in, no cookie is set, so nothing is sent along by a browser on its own.
struct CasePages: Sendable {
    /// A form around a report.
    private static let overhead = 65_536

    let stores: ConsoleStores
    let threads: StoreThreads
    let limits: ConsoleLimits
    let forms: FormGuard
    let baseURL: String?
    let now: @Sendable () -> Timestamp

    /// A link that was found good.
    struct Visit: Sendable {
        let token: CapabilityToken
        let link: ControlDatabase.CaseToken
        let path: String
        /// What the reader chose on the page, if anything.
        let chosen: PageLanguage?
        let accepted: String?
    }

    func register(on routes: Router<ConsoleContext>) {
        routes.get("/style.css") { _, _ in
            Hummingbird.Response(
                status: .ok, headers: [.contentType: "text/css; charset=utf-8", .cacheControl: "max-age=3600"],
                body: .init(byteBuffer: ByteBuffer(string: StyleSheet.text)))
        }
        routes.get("/cases/{case}") { _, _ in
            PageFrame(title: "A case").response(
                """
                <h1>A case</h1>
                <p>Each case has a page of its own. Its address is in the notice that was sent to you: open that link. If you
                have none, ask the operator of this relay, and name the case.</p>
                <p lang="de">Jeder Fall hat eine eigene Seite. Ihre Adresse steht in der Nachricht, die Sie erhalten haben:
                Öffnen Sie diesen Link. Haben Sie keinen, fragen Sie den Betreiber dieses Relays, und nennen Sie den Fall.</p>
                """)
        }
        routes.get("/cases/{case}/{token}") { request, context in
            try await page(try await visit(request, context), told: nil)
        }
        routes.post("/cases/{case}/{token}/reports") { request, context in
            try await report(request, context)
        }
        routes.post("/cases/{case}/{token}/{act}") { request, context in
            try await act(request, context)
        }
    }

    /// Checks the link. Every way of being wrong gives the same answer.
    private func visit(_ request: Request, _ context: ConsoleContext) async throws -> Visit {
        let time = now()
        let address = limits.client(request, context)
        guard !limits.guesses.isExhausted(address, at: time) else { throw ConsoleLimits.tooMany(60) }
        let (stores, name) = (stores, context.parameters.get("case").flatMap { CaseID($0) })
        var found: ControlDatabase.CaseToken?
        let token = context.parameters.get("token").flatMap { CapabilityToken($0) }
        if let token { found = try await threads.run { try stores.control.caseToken(token) } }
        guard let token, let link = found, link.isGood(at: time), link.caseID == name else {
            limits.guesses.take(address, at: time)
            throw Problem.noCase
        }
        guard limits.links.allows(token.digest, at: time) else { throw ConsoleLimits.tooMany(2) }
        let chosen = request.uri.queryParameters["lang"].flatMap { PageLanguage(rawValue: String($0)) }
        return Visit(
            token: token, link: link, path: "/cases/\(link.caseID)/\(token.text)", chosen: chosen,
            accepted: request.headers[.acceptLanguage])
    }

    /// The words of the page. Blocks.
    private static func texts(_ visit: Visit, of customer: CustomerID, in stores: ConsoleStores) -> CaseTexts {
        let configured = stores.customers().first { $0.id == customer }?.language
        return CaseTexts(
            language: PageLanguage.choose(
                query: visit.chosen?.rawValue, configured: configured, accepted: visit.accepted))
    }

    private static func texts(_ visit: Visit, in stores: ConsoleStores) throws -> CaseTexts {
        guard let incident = try stores.control.incident(visit.link.caseID) else { throw Problem.noCase }
        return texts(visit, of: incident.customer, in: stores)
    }

    private func page(
        _ visit: Visit, told: (text: String, isWrong: Bool)?, status: HTTPResponse.Status = .ok
    ) async throws -> Hummingbird.Response {
        let (stores, time) = (stores, now())
        let (incident, damage, texts) = try await threads.run {
            guard let incident = try stores.control.incident(visit.link.caseID) else { throw Problem.noCase }
            let damage = try stores.control.damage(of: incident.id, for: .customer).map(DamageView.init)
            return (incident, damage, Self.texts(visit, of: incident.customer, in: stores))
        }
        let page = CasePage(
            incident: incident, now: time, texts: texts,
            url: baseURL.map { CaseLink.url(base: $0, caseID: incident.id, token: visit.token) }, path: visit.path,
            choice: visit.chosen.map { "?lang=\($0.rawValue)" } ?? "", expires: visit.link.expires, damage: damage,
            code: { forms.code(for: visit.token.text, act: $0) }, told: told)
        let other: PageLanguage = texts.language == .german ? .english : .german
        let frame = PageFrame(
            title: page.title, language: texts.language, skip: texts.skip,
            bar: """
                <p class="brand">Sluice <span>\(incident.id.description)</span></p>
                <p><a href="\(visit.path)?lang=\(other.rawValue)" lang="\(other.rawValue)" hreflang="\(other.rawValue)">\(
                    texts.otherLanguage)</a></p>
                """)
        return frame.response(status: status, page.content)
    }

    /// What was done is told on the page; what was refused, too.
    private func told(
        _ visit: Visit, _ work: (CaseTexts) async throws -> String
    ) async throws -> Hummingbird.Response {
        let stores = stores
        let texts = try await threads.run { try Self.texts(visit, in: stores) }
        do {
            let outcome = try await work(texts)
            return try await page(visit, told: (outcome, false))
        } catch {
            guard let problem = Problem(error) else { throw error }
            return try await page(visit, told: (texts.refusal(error, problem), true), status: problem.status)
        }
    }

    // MARK: - Acts

    private func report(_ request: Request, _ context: ConsoleContext) async throws -> Hummingbird.Response {
        let visit = try await visit(request, context)
        try FormGuard.checkOrigin(request.headers)
        let type = request.headers[.contentType] ?? ""
        guard type.lowercased().hasPrefix("multipart/form-data") else {
            // A program: what came is the report, and the answer is JSON.
            guard type.lowercased().hasPrefix("application/json") else {
                throw Problem(.mediaType, "application/json or a form is taken")
            }
            try admitAct(visit)
            let bytes = try await BoundedBody.collect(request, upTo: SignedReport.maximumSize.bytes)
            let outcome = try await take(bytes, visit, .english)
            return Hummingbird.Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: .init(
                    byteBuffer: ByteBuffer(bytes: try JSONText.bytes(OutcomeView(outcome: outcome)))))
        }
        return try await told(visit) { texts in
            try admitAct(visit)
            let body = try await BoundedBody.collect(request, upTo: SignedReport.maximumSize.bytes + Self.overhead)
            let form = try FormBody(body, type: type)
            try forms.check(form.text(FormGuard.field), for: visit.token.text, act: "reports")
            guard let bytes = form.fields["report"], !bytes.isEmpty else { throw Problem(.invalid, "no file was sent") }
            return try await take(bytes, visit, texts)
        }
    }

    private func take(_ bytes: [UInt8], _ visit: Visit, _ texts: CaseTexts) async throws -> String {
        // gzip, ZIP, zstd, xz: a report is small enough as it is.
        if [[0x1f, 0x8b], [0x50, 0x4b], [0x28, 0xb5], [0xfd, 0x37]].contains(where: { bytes.starts(with: $0) }) {
            throw Problem(.mediaType, "the report is compressed: send it as it was written")
        }
        let (stores, time) = (stores, now())
        return try await threads.run {
            try stores.cases.take(report: bytes, signedWith: visit.token, for: visit.link.caseID, at: time, in: texts)
        }
    }

    private func act(_ request: Request, _ context: ConsoleContext) async throws -> Hummingbird.Response {
        let visit = try await visit(request, context)
        try FormGuard.checkOrigin(request.headers)
        guard let act = context.parameters.get("act"),
            ["verify", "appeal", "reinstatement", "attest"].contains(act)
        else { throw Problem(.notFound, "there is nothing at this address") }
        let body = try await BoundedBody.collect(request, upTo: Self.overhead)
        let form = try FormBody(body, type: request.headers[.contentType])
        try forms.check(form.text(FormGuard.field), for: visit.token.text, act: act)
        return try await told(visit) { texts in
            try admitAct(visit)
            let text = SafeText.printable(form.text("text") ?? "", limit: 900)
            if act != "verify", text.isEmpty { throw Problem(.invalid, "please say it in some words") }
            let name = SafeText.printable(form.text("name") ?? "", limit: 100)
            if act == "attest", name.isEmpty { throw Problem(.invalid, "your name is missing") }
            let check = form.text("check") ?? ""
            let (stores, time, id) = (stores, now(), visit.link.caseID)
            let author = name.isEmpty ? "customer:link-\(visit.link.id)" : "customer:\(name)"
            return try await threads.run {
                switch act {
                case "verify": try stores.cases.verify(id, author: author, at: time, in: texts)
                case "appeal": try stores.cases.appeal(id, text: text, author: author, at: time, in: texts)
                case "attest": try stores.cases.attest(check, of: id, text: text, author: author, at: time, in: texts)
                default: try stores.cases.askReinstatement(id, text: text, author: author, at: time, in: texts)
                }
            }
        }
    }

    private func admitAct(_ visit: Visit) throws {
        guard limits.acts.allows(visit.token.digest, at: now()) else {
            throw Problem(.tooMany, "that was a lot at once: please try again in a minute", retryAfter: 60)
        }
    }
}
