import ControlStore
import HTTPTypes
import MailTypes

/// One operation of the API: where it is, who may do it, what it takes.
struct APIOperation: Sendable {
    /// The most bytes of a request's body, unless the operation says otherwise.
    static let bodyLimit = 65_536

    let method: HTTPRequest.Method
    /// As in the OpenAPI document: `/api/v1/cases/{case}`.
    let path: String
    let role: Role
    /// Names that the query may have.
    let query: Set<String>
    let bodyLimit: Int
    /// Runs on a thread for what blocks.
    let work: @Sendable (APICall, ConsoleStores) throws -> APIAnswer

    init(
        _ method: HTTPRequest.Method, _ path: String, _ role: Role, query: Set<String> = [],
        bodyLimit: Int = APIOperation.bodyLimit,
        _ work: @escaping @Sendable (APICall, ConsoleStores) throws -> APIAnswer
    ) {
        self.method = method
        self.path = path
        self.role = role
        self.query = query
        self.bodyLimit = bodyLimit
        self.work = work
    }

    /// The values of the path's names, if that is the operation's path.
    func names(in segments: [String]) -> [String: String]? {
        let own = path.split(separator: "/").dropFirst(2)
        guard own.count == segments.count else { return nil }
        var names: [String: String] = [:]
        for (part, given) in zip(own, segments) {
            if part.hasPrefix("{") {
                names[String(part.dropFirst().dropLast())] = given
            } else if part != given {
                return nil
            }
        }
        return names
    }
}

/// What an operation is given.
struct APICall: Sendable {
    let caller: OperatorTokens.Entry
    /// The path's names, as they were sent.
    let names: [String: String]
    let query: QueryValues
    let body: [UInt8]
    let now: Timestamp

    /// For the audit log.
    var author: String { "person:\(caller.name)" }

    func caseID() throws -> CaseID {
        guard let id = names["case"].flatMap({ CaseID($0) }) else { throw Problem(.notFound, "there is no such case") }
        return id
    }
}

/// What an operation answers: JSON.
struct APIAnswer: Sendable {
    let status: HTTPResponse.Status
    let body: [UInt8]
    /// What is kept for the idempotency key where it differs: a secret is shown once.
    let kept: [UInt8]

    init(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws {
        self.status = status
        body = try JSONText.bytes(value)
        kept = body
    }

    init(_ value: some Encodable, kept: some Encodable, status: HTTPResponse.Status) throws {
        self.status = status
        body = try JSONText.bytes(value)
        self.kept = try JSONText.bytes(kept)
    }
}

/// All operations, for those who do not come by a socket: the operator's pages, and commands where no gateway runs.
struct APIOperations: Sendable {
    let all: [APIOperation]

    init(baseURL: String?, newToken: @escaping @Sendable () -> CapabilityToken) {
        let links = LinkMaker(baseURL: baseURL, newToken: newToken)
        all =
            Self.cases(links) + Self.caseActs + Self.caseEnds + Self.stops + Self.held + Self.events + Self.others
    }

    /// Does what is asked as a socket's request would; throws what a socket would be answered with.
    func answer(_ request: APIRequest, by caller: OperatorTokens.Entry, _ stores: ConsoleStores, at time: Timestamp)
        throws -> APIAnswer
    {
        for operation in all where operation.method.rawValue == request.method.rawValue {
            guard let names = operation.names(in: request.path) else { continue }
            guard caller.role >= operation.role else { throw Problem.role(operation.role, caller.role) }
            let query = try QueryValues(request.query.map { ($0.name, $0.value) }, allowed: operation.query)
            let body = request.method == .post && request.body.isEmpty ? Array("{}".utf8) : request.body
            return try operation.work(
                APICall(caller: caller, names: names, query: query, body: body, now: time), stores)
        }
        throw Problem(.notFound, "there is nothing at this address")
    }
}

extension Problem {
    static func role(_ needed: Role, _ given: Role) -> Problem {
        Problem(.forbidden, "this needs the role \(needed.rawValue); the token has \(given.rawValue)")
    }
}
