import MailTypes

extension ServerSession {
    /// AUTH (RFC 4954 §4).
    mutating func authenticate(_ mechanism: String, _ response: String?) -> ServerAction {
        guard settings.offersAuthentication else { return fail(SessionReplies.notOffered) }
        guard helloName != nil, isESMTP else { return fail(SessionReplies.helloFirst) }
        guard isEncrypted else { return fail(SessionReplies.encryptionNeeded) }
        guard !isAuthenticated, !isInTransaction else { return fail(SessionReplies.badSequence) }
        guard settings.offersSCRAM || mechanism != "SCRAM-SHA-256", let begun = AuthExchange(mechanism: mechanism)
        else {
            return fail(SessionReplies.unknownMechanism)
        }
        exchange = begun
        guard let response else { return .reply(Reply(.authenticationContinue, nil, begun.firstChallenge)) }
        return respond(response == "=" ? [] : Base64.decode(Array(response.utf8)))
    }

    /// A line of the exchange.
    mutating func exchangeLine(_ bytes: UnsafeRawBufferPointer) -> ServerAction {
        if bytes.count == 1, bytes[0] == UInt8(ascii: "*") {
            exchange = nil
            return fail(SessionReplies.cancelled)
        }
        guard bytes.count <= CommandParser.lineLimit else { return respond(nil) }
        return respond(Base64.decode(Array(bytes)))
    }

    private mutating func respond(_ response: [UInt8]?) -> ServerAction {
        guard let response, let step = exchange?.respond(response, settings.scram) else {
            exchange = nil
            return fail(SessionReplies.badExchange)
        }
        return take(step)
    }

    private mutating func take(_ step: AuthExchange.Step) -> ServerAction {
        switch step {
        case .challenge(let text): return .reply(Reply(.authenticationContinue, nil, text))
        case .verify(let user, let password): return .verify(user: user, password: password)
        case .lookUp(let user): return .lookUp(user: user)
        case .accept(let user): return .accept(user: user)
        case .reject(let user): return .reject(user: user)
        case .fail(let reply):
            exchange = nil
            return fail(reply)
        }
    }

    /// The stored keys for `lookUp`, and 18 fresh random bytes in base 64; `nil`: not possible now.
    package mutating func scramAnswered(_ credential: ScramCredential?, isKnown: Bool, nonce: String) -> ServerAction {
        guard let credential, let step = exchange?.found(credential, isKnown: isKnown, nonce: nonce) else {
            return authenticationAnswered(.unavailable)
        }
        return take(step)
    }

    /// How a login ended.
    package enum LoginOutcome: Hashable, Sendable { case accepted, rejected, unavailable }

    /// The answer to `verify`, `accept` and `reject`.
    package mutating func authenticationAnswered(_ outcome: LoginOutcome) -> ServerAction {
        exchange = nil
        switch outcome {
        case .accepted:
            login()
            return .reply(SessionReplies.authenticated)
        case .rejected: return failLogin(SessionReplies.rejected)
        case .unavailable: return fail(SessionReplies.unavailable)
        }
    }
}
