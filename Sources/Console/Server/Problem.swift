import ControlStore
import HTTPTypes
import Hummingbird
import MailTypes
import NIOCore
import Response
import Spool

/// Why a request was not carried out; `application/problem+json` of RFC 9457 for programs, a page for people.
package struct Problem: Error, Sendable, Hashable {
    package enum Kind: String, Sendable, CaseIterable {
        /// The request cannot be understood.
        case malformed
        case unauthenticated, forbidden
        case notFound = "not-found"
        case method
        /// The state of what it is about forbids it.
        case conflict
        case tooLarge = "too-large"
        case mediaType = "media-type"
        /// Understood, and nothing that can be done.
        case invalid
        case tooMany = "too-many"
        case failed
        /// The machine has too much to do, or its disk does not answer.
        case busy
        case full
    }

    package var kind: Kind
    /// A sentence for whoever asked; nothing about the inside.
    package var detail: String
    /// Seconds after which it may go better.
    package var retryAfter: Int?
    /// What the path would take, for `method`.
    var allowed: [String] = []

    package init(_ kind: Kind, _ detail: String, retryAfter: Int? = nil) {
        self.kind = kind
        self.detail = detail
        self.retryAfter = retryAfter
    }

    static let noCase = Problem(.notFound, "there is no such case, or the link has expired or was revoked")

    /// What an error of a store means outside; `nil` for errors that only the log may tell.
    init?(_ error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let error as ControlError:
            switch error.code {
            case .notFound: self.init(.notFound, error.message)
            case .refused: self.init(.conflict, error.message)
            case .full: self.init(.full, "the disk is full")
            case .inputOutput: self.init(.busy, "the control database does not answer", retryAfter: 5)
            case .unusable: return nil
            }
        case let error as SpoolError:
            switch error.code {
            case .notFound: self.init(.notFound, error.message)
            case .full: self.init(.full, "the disk is full")
            default: return nil
            }
        case let error as CaseService.Refusal: self.init(error)
        case let error as HTTPError: self.init(error)
        default: return nil
        }
    }

    /// What the HTTP library refused.
    private init(_ error: HTTPError) {
        switch error.status.code {
        case 404: self.init(.notFound, "there is nothing at this address")
        case 405: self.init(.method, "this address does not take that method")
        case 413: self.init(.tooLarge, "the request is too large")
        case 400..<500: self.init(.malformed, "the request cannot be understood")
        default: self.init(.failed, "the request failed; the log says why")
        }
    }

    var status: HTTPResponse.Status {
        switch kind {
        case .malformed: .badRequest
        case .unauthenticated: .unauthorized
        case .forbidden: .forbidden
        case .notFound: .notFound
        case .method: .methodNotAllowed
        case .conflict: .conflict
        case .tooLarge: .contentTooLarge
        case .mediaType: .unsupportedMediaType
        case .invalid: .unprocessableContent
        case .tooMany: .tooManyRequests
        case .failed: .internalServerError
        case .busy: .serviceUnavailable
        case .full: .init(code: 507, reasonPhrase: "Insufficient Storage")
        }
    }

    var title: String { status.reasonPhrase }

    /// The fields that go with the answer, whatever its form.
    var fields: HTTPFields {
        var fields = HTTPFields()
        if let retryAfter { fields[.retryAfter] = String(retryAfter) }
        if kind == .unauthenticated { fields[.wwwAuthenticate] = "Bearer realm=\"sluice\"" }
        if kind == .method { fields[.allow] = allowed.joined(separator: ", ") }
        return fields
    }

    private struct Form: Encodable {
        let type: String
        let title: String
        let status: Int
        let detail: String
    }

    var body: [UInt8] {
        let form = Form(
            type: "urn:sluice:problem:\(kind.rawValue)", title: title, status: status.code,
            detail: SafeText.printable(detail, limit: 500))
        return (try? JSONText.bytes(form)) ?? Array("{}".utf8)
    }

    func response() -> Hummingbird.Response {
        var fields = fields
        fields[.contentType] = "application/problem+json"
        return Hummingbird.Response(status: status, headers: fields, body: .init(byteBuffer: ByteBuffer(bytes: body)))
    }
}
