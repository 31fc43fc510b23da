import HTTPTypes
import MailTypes

/// One operation of the API: where it is, who may do it, what it takes.
struct APIOperation: Sendable {
    /// The most bytes of a request's body.
    static let bodyLimit = 65_536

    let method: HTTPRequest.Method
    /// As in the OpenAPI document: `/api/v1/cases/{case}`.
    let path: String
    let role: Role
    /// Names that the query may have.
    let query: Set<String>
    /// Runs on a thread for what blocks.
    let work: @Sendable (APICall, ConsoleStores) throws -> APIAnswer

    init(
        _ method: HTTPRequest.Method, _ path: String, _ role: Role, query: Set<String> = [],
        _ work: @escaping @Sendable (APICall, ConsoleStores) throws -> APIAnswer
    ) {
        self.method = method
        self.path = path
        self.role = role
        self.query = query
        self.work = work
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
