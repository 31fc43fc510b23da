import HTTPTypes
import Hummingbird
import Logging
import NIOCore

extension HTTPField.Name {
    static let referrerPolicy = constant("Referrer-Policy")
    static let crossOriginOpenerPolicy = constant("Cross-Origin-Opener-Policy")
    static let crossOriginResourcePolicy = constant("Cross-Origin-Resource-Policy")
    static let idempotencyKey = constant("Idempotency-Key")
    static let idempotencyReplayed = constant("Idempotency-Replayed")
    static let lastEventID = constant("Last-Event-ID")
    static let secFetchSite = constant("Sec-Fetch-Site")
    static let sluiceOperator = constant("Sluice-Operator")
    static let xForwardedProto = constant("X-Forwarded-Proto")
    static let xForwardedFor = constant("X-Forwarded-For")

    /// Known names only; `Date` can never come of it, and every one of them is a token.
    private static func constant(_ name: String) -> HTTPField.Name { HTTPField.Name(name) ?? .date }
}

/// The outermost layer of the console's routes: every answer gets the fields that keep browsers from doing more than
/// showing it, every error becomes an answer that tells nothing of the inside, and no body is ever unpacked.
struct AnswerGuard: RouterMiddleware {
    /// Nothing from elsewhere, no script, no frame; our own style sheet, an empty icon, and forms to ourselves.
    static let policy = """
        default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'
        """

    let logger: Logger
    /// The listener speaks TLS: browsers are told to come by it only.
    let isEncrypted: Bool

    @concurrent
    func handle(
        _ request: Request, context: ConsoleContext,
        next: @concurrent (Request, ConsoleContext) async throws -> Hummingbird.Response
    ) async throws -> Hummingbird.Response {
        var response: Hummingbird.Response
        do {
            // A body that unpacks to a thousand times its size is never unpacked.
            if request.headers[.contentEncoding] != nil {
                throw Problem(.mediaType, "bodies are taken as they are, without Content-Encoding")
            }
            response = try await next(request, context)
        } catch {
            response = answer(error, request)
        }
        let fields: [(HTTPField.Name, String)] = [
            (.contentSecurityPolicy, Self.policy), (.referrerPolicy, "no-referrer"), (.xContentTypeOptions, "nosniff"),
            (.crossOriginOpenerPolicy, "same-origin"), (.crossOriginResourcePolicy, "same-origin"),
        ]
        for (name, value) in fields { response.headers[name] = value }
        if isEncrypted { response.headers[.strictTransportSecurity] = "max-age=31536000" }
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        return response
    }

    private func answer(_ error: any Error, _ request: Request) -> Hummingbird.Response {
        let problem: Problem
        if let known = Problem(error) {
            problem = known
        } else {
            logger.error("console request failed", metadata: ["error": "\(error)"])
            problem = Problem(.failed, "the request failed; the log says why")
        }
        let path = request.uri.path
        let isPage = !path.hasPrefix("/api/") && request.headers[.accept]?.contains("text/html") == true
        return isPage ? ProblemPage.response(problem, accepted: request.headers[.acceptLanguage]) : problem.response()
    }
}
