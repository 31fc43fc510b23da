import MailTypes

/// One SASL exchange, server side: PLAIN (RFC 4616), LOGIN, SCRAM-SHA-256 (RFC 7677). Pure.
struct AuthExchange: Sendable {
    private enum State: Sendable {
        case plain
        case loginUser
        case loginPassword(user: String)
        case scramFirst
        case scramLookup(ScramServer)
        case scramFinal(ScramServer)
        /// The server's proof was sent; the client answers with an empty line (RFC 4954 §4).
        case scramDone(user: String)
        case verifying
    }

    enum Step: Hashable {
        case challenge(String)
        case verify(user: String, password: [UInt8])
        case lookUp(user: String)
        case accept(user: String)
        case reject(user: String)
        case fail(Reply)
    }

    private var state: State

    /// A user name on the wire; mail logins are addresses.
    private static let userLimit = 255
    /// Longer than any password that a person or a program uses; hashing costs grow with it.
    private static let passwordLimit = 1024

    /// `nil` for a mechanism that is not offered.
    init?(mechanism: String) {
        switch mechanism {
        case "PLAIN": state = .plain
        case "LOGIN": state = .loginUser
        case "SCRAM-SHA-256": state = .scramFirst
        default: return nil
        }
    }

    /// What to send when the client gave no initial response.
    var firstChallenge: String {
        if case .loginUser = state { return Base64.encode(Array("Username:".utf8)) }
        return ""
    }

    /// The client's response, decoded.
    mutating func respond(_ bytes: [UInt8], _ functions: ScramFunctions) -> Step {
        switch state {
        case .plain: return plain(bytes)
        case .loginUser:
            guard let user = Self.user(bytes[...]) else { return .fail(SessionReplies.badExchange) }
            state = .loginPassword(user: user)
            return .challenge(Base64.encode(Array("Password:".utf8)))
        case .loginPassword(let user):
            state = .verifying
            return Self.verify(user, bytes)
        case .scramFirst:
            guard let server = ScramServer(clientFirst: bytes), Self.user(server.user.utf8) != nil else {
                return .fail(SessionReplies.badExchange)
            }
            state = .scramLookup(server)
            return .lookUp(user: server.user)
        case .scramFinal(let server):
            guard let outcome = server.finish(clientFinal: bytes, functions) else {
                return .fail(SessionReplies.badExchange)
            }
            switch outcome {
            case .proved(let serverFinal):
                state = .scramDone(user: server.user)
                return .challenge(Base64.encode(serverFinal))
            case .wrong:
                state = .verifying
                return .reject(user: server.user)
            }
        case .scramDone(let user):
            guard bytes.isEmpty else { return .fail(SessionReplies.badExchange) }
            state = .verifying
            return .accept(user: user)
        case .scramLookup, .verifying: return .fail(SessionReplies.badSequence)
        }
    }

    /// The stored keys came. The challenge to send.
    mutating func found(_ credential: ScramCredential, isKnown: Bool, nonce: String) -> Step {
        guard case .scramLookup(var server) = state else { return .fail(SessionReplies.badSequence) }
        let message = server.begin(credential, isKnown: isKnown, nonce: nonce)
        state = .scramFinal(server)
        return .challenge(Base64.encode(message))
    }

    private mutating func plain(_ bytes: [UInt8]) -> Step {
        let parts = bytes.split(separator: 0, maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3, let user = Self.user(parts[1]) else { return .fail(SessionReplies.badExchange) }
        // Acting for somebody else is not offered.
        guard parts[0].isEmpty || parts[0].elementsEqual(parts[1]) else { return .reject(user: user) }
        state = .verifying
        return Self.verify(user, Array(parts[2]))
    }

    private static func verify(_ user: String, _ password: [UInt8]) -> Step {
        guard (1...passwordLimit).contains(password.count), !password.contains(0) else {
            return .fail(SessionReplies.badExchange)
        }
        return .verify(user: user, password: password)
    }

    private static func user(_ bytes: some Collection<UInt8>) -> String? {
        guard (1...userLimit).contains(bytes.count), bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }
}
