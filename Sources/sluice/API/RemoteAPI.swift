import Audit
import Console
import ControlStore
import Foundation
import MailTypes

/// The API of a gateway elsewhere, by curl, as the host trusts it: its certificates, its proxy.
struct RemoteAPI: APITransport {
    let base: String
    let token: CapabilityToken

    /// Nobody on the way can read it: TLS, or this machine.
    static func isProtected(_ base: String) -> Bool { CurlRequest.isProtected(base) }

    func send(_ request: APIRequest) throws -> APIReply {
        let base = base.hasSuffix("/") ? String(base.dropLast()) : base
        var call = CurlRequest(url: base + request.target)
        call.method = request.method.rawValue
        call.fields = ["Authorization: Bearer \(token.text)"]
        call.body = request.method == .post ? request.body : nil
        let (status, body) = try call.send()
        return APIReply(status: status, body: body)
    }
}
