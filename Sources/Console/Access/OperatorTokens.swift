package import ControlStore
import NIOConcurrencyHelpers

/// Who may use the API: names, roles, and the digests of their tokens.
package struct OperatorTokens: Sendable, Hashable {
    package struct Entry: Sendable, Hashable {
        /// As it stands in the audit log.
        package var name: String
        package var role: Role
        /// SHA-256 of the token's text.
        package var digest: [UInt8]

        package init(name: String, role: Role, digest: [UInt8]) {
            self.name = name
            self.role = role
            self.digest = digest
        }
    }

    private let entries: [Entry]

    package init(_ entries: [Entry]) { self.entries = entries }

    package var isEmpty: Bool { entries.isEmpty }

    /// Whose token it is. Each is compared, so that the time says nothing of which.
    package func entry(of token: CapabilityToken) -> Entry? {
        entries.reduce(nil as Entry?) { found, entry in token.matches(entry.digest) ? entry : found }
    }

    func entry(digest: [UInt8]) -> Entry? { entries.first { $0.digest == digest } }

    /// The token of an `Authorization: Bearer` field (RFC 6750 §2.1).
    static func bearer(_ field: String?) -> CapabilityToken? {
        guard let field, field.utf8.count < 200 else { return nil }
        let parts = field.split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return CapabilityToken(String(parts[1]))
    }
}

/// The tokens in force. A reload of the configuration changes them at once: what is no longer in it gets no further answer, its
/// sessions and event streams end.
package final class OperatorBook: Sendable {
    private let tokens: NIOLockedValueBox<OperatorTokens>

    package init(_ tokens: OperatorTokens = OperatorTokens([])) { self.tokens = NIOLockedValueBox(tokens) }

    package func use(_ tokens: OperatorTokens) { self.tokens.withLockedValue { $0 = tokens } }

    func entry(of token: CapabilityToken) -> OperatorTokens.Entry? {
        tokens.withLockedValue { $0 }.entry(of: token)
    }

    /// The entry of a token that was shown before, as it is now; `nil` when it was revoked meanwhile.
    func entry(digest: [UInt8]) -> OperatorTokens.Entry? {
        tokens.withLockedValue { $0 }.entry(digest: digest)
    }
}
