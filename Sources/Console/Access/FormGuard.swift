import Crypto
import HTTPTypes
import MailTypes

/// Keeps other sites from pressing our buttons: each form carries a code that only our pages for that very link and act have,
/// and a browser that says the form came from elsewhere is refused.
///
/// The key is made at the start: a page from before a restart is to be loaded again.
struct FormGuard: Sendable {
    static let field = "form"

    private let key: SymmetricKey

    init(key: [UInt8]) { self.key = SymmetricKey(data: key) }

    /// The code of a form.
    func code(for secret: String, act: String) -> String {
        let bytes = HMAC<SHA256>.authenticationCode(for: Array("\(act)\n\(secret)".utf8), using: key)
        return Hexadecimal.text(bytes.prefix(16))
    }

    func check(_ given: String?, for secret: String, act: String) throws {
        let expected = Array(code(for: secret, act: act).utf8)
        let given = Array((given ?? "").utf8)
        guard given.count == expected.count,
            zip(given, expected).reduce(into: UInt8(0), { $0 |= $1.0 ^ $1.1 }) == 0
        else { throw Problem(.forbidden, "this form is not from here, or too old: load the page again") }
    }

    /// What the browser says of where the request comes from (W3C Fetch Metadata). Programs say nothing.
    static func checkOrigin(_ fields: HTTPFields) throws {
        guard let site = fields[.secFetchSite] else { return }
        guard site == "same-origin" || site == "none" else {
            throw Problem(.forbidden, "requests from other sites are not taken")
        }
    }
}
