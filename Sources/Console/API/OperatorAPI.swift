import ControlStore
import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import MailTypes
import NIOCore

/// The operator's API: who asks, whether they may, how often, whether they asked before; then the operation, on a thread for
/// what blocks. `Documentation/api.md` describes it, `/openapi.json` in the form that programs read.
struct OperatorAPI: Sendable {
    /// How it is known who asks.
    enum Door: Sendable {
        /// By tokens, on a socket that anybody may reach.
        case tokens(OperatorBook)
        /// A socket in the state directory: who reaches it may change the databases anyway, and says their name.
        case local
    }

    let door: Door
    let operations: APIOperations
    let stores: ConsoleStores
    let threads: StoreThreads
    let limits: ConsoleLimits
    let now: @Sendable () -> Timestamp

    func register(on routes: Router<ConsoleContext>) {
        var methods: [String: [HTTPRequest.Method]] = ["/api/v1/events": [.get], "/openapi.json": [.get]]
        for operation in operations.all {
            methods[operation.path, default: []].append(operation.method)
            routes.on(RouterPath(operation.path), method: operation.method) { request, context in
                try await answer(operation, request, context)
            }
        }
        routes.get("/api/v1/events") { request, context in
            let caller = try admit(request, context, .read)
            let query = try Self.query(request, ["after"])
            return try await EventStream(
                stores: stores, threads: threads, limits: limits, isWelcome: { isWelcome(caller) }
            )
            .response(after: try query.value("after") { Int64($0) }, lastEventID: request.headers[.lastEventID])
        }
        routes.get("/openapi.json") { _, _ in
            Hummingbird.Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: .init(byteBuffer: ByteBuffer(string: OpenAPIDocument.text)))
        }
        // A known address with another method is told so (RFC 9110 §15.5.6).
        for (path, taken) in methods {
            let query = HTTPRequest.Method(rawValue: "QUERY").map { [$0] } ?? []
            for method in [HTTPRequest.Method.get, .post, .put, .patch, .delete, .options, .trace] + query
            where !taken.contains(method) {
                routes.on(RouterPath(path), method: method) { _, _ -> Hummingbird.Response in
                    var problem = Problem(.method, "this address does not take that method")
                    problem.allowed = taken.map(\.rawValue)
                    throw problem
                }
            }
        }
    }

    private func answer(_ operation: APIOperation, _ request: Request, _ context: ConsoleContext) async throws
        -> Hummingbird.Response
    {
        let caller = try admit(request, context, operation.role)
        let query = try Self.query(request, operation.query)
        let body = try await body(operation, request)
        var names: [String: String] = [:]
        for (name, value) in context.parameters { names[String(name)] = String(value).removingPercentEncoding ?? "" }
        let call = APICall(caller: caller, names: names, query: query, body: body, now: now())
        let stores = stores
        guard operation.method != .get, let key = request.headers[.idempotencyKey] else {
            return Self.response(try await threads.run { try operation.work(call, stores) })
        }
        return try await once(operation, call, key: key, path: request.uri.path)
    }

    /// Who asks; throws unless they may.
    private func admit(_ request: Request, _ context: ConsoleContext, _ role: Role) throws -> OperatorTokens.Entry {
        guard case .tokens(let book) = door else {
            let name = SafeText.ascii(request.headers[.sluiceOperator] ?? "", limit: 64)
            return OperatorTokens.Entry(name: name.isEmpty ? "local" : name, role: .admin, digest: [])
        }
        let time = now()
        let address = limits.client(request, context)
        guard !limits.guesses.isExhausted(address, at: time) else { throw ConsoleLimits.tooMany(60) }
        guard let token = OperatorTokens.bearer(request.headers[.authorization]), let entry = book.entry(of: token)
        else {
            // A request without a token is a slip; one with a wrong token is a guess.
            if request.headers[.authorization] != nil { limits.guesses.take(address, at: time) }
            throw Problem(.unauthenticated, "a token is needed: Authorization: Bearer TOKEN")
        }
        guard limits.calls.allows(entry.name, at: time) else { throw ConsoleLimits.tooMany(1) }
        guard entry.role >= role else { throw Problem.role(role, entry.role) }
        return entry
    }

    /// Whether the token of an answer that goes on is still good.
    private func isWelcome(_ caller: OperatorTokens.Entry) -> Bool {
        guard case .tokens(let book) = door else { return true }
        return book.entry(digest: caller.digest) != nil
    }

    private func body(_ operation: APIOperation, _ request: Request) async throws -> [UInt8] {
        guard operation.method == .post else { return [] }
        let bytes = try await BoundedBody.collect(request, upTo: operation.bodyLimit)
        guard bytes.isEmpty || Self.isJSON(request.headers[.contentType]) else {
            throw Problem(.mediaType, "application/json is taken")
        }
        // Operations without members take no body at all.
        return bytes.isEmpty ? Array("{}".utf8) : bytes
    }

    /// Does it unless the key says that it was done: then the answer of that time is given again.
    private func once(_ operation: APIOperation, _ call: APICall, key: String, path: String) async throws
        -> Hummingbird.Response
    {
        guard (1...200).contains(key.utf8.count), key.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            throw Problem(.malformed, "Idempotency-Key: 1 to 200 visible ASCII characters are taken")
        }
        var digest = SHA256()
        for part in [Array(operation.method.rawValue.utf8), Array(path.utf8), call.body] {
            digest.update(data: part)
            digest.update(data: [0])
        }
        let request = Array(digest.finalize())
        let (stores, caller, now) = (stores, call.caller.name, call.now)
        let (answer, isRepeated): (APIAnswer, Bool) = try await threads.run {
            switch try stores.control.answer(caller: caller, key: key, request: request, at: now) {
            case .new: break
            case .underway:
                throw Problem(
                    .conflict, "a request with this key is under way or was broken off: look before you use another")
            case .other: throw Problem(.invalid, "this key was used for another request")
            case .done(let status, let body):
                return (APIAnswer(status: .init(code: status), body: body), true)
            }
            do {
                let answer = try operation.work(call, stores)
                try stores.control.keepAnswer(
                    caller: caller, key: key, status: answer.status.code, body: answer.kept)
                return (answer, false)
            } catch {
                // What was refused was not done: the key is free again.
                if Problem(error) != nil { try stores.control.dropAnswer(caller: caller, key: key) }
                throw error
            }
        }
        var response = Self.response(answer)
        if isRepeated { response.headers[.idempotencyReplayed] = "true" }
        return response
    }

    private static func response(_ answer: APIAnswer) -> Hummingbird.Response {
        Hummingbird.Response(
            status: answer.status, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(bytes: answer.body)))
    }

    /// `application/json`, with parameters or without.
    private static func isJSON(_ type: String?) -> Bool {
        type?.prefix { $0 != ";" && $0 != " " }.lowercased() == "application/json"
    }

    private static func query(_ request: Request, _ allowed: Set<String>) throws -> QueryValues {
        var pairs: [(name: String, value: String)] = []
        for (name, value) in request.uri.queryParameters { pairs.append((String(name), String(value))) }
        guard pairs.count <= 20 else { throw Problem(.malformed, "too many query parameters") }
        return try QueryValues(pairs, allowed: allowed)
    }
}

extension APIAnswer {
    /// An answer of earlier.
    init(status: HTTPResponse.Status, body: [UInt8]) {
        self.status = status
        self.body = body
        kept = body
    }
}
