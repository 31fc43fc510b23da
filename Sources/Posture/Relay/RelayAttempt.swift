package import MailTypes

/// Whom the probe pretends to be and whom it asks for; all from the operator, none is ever sent to.
package struct RelayProbeNames: Sendable, Hashable {
    /// The target's own domain; `nil`: unknown, and what needs it is left out.
    package var ownDomain: DomainName?
    /// What the server calls itself, if that is a name.
    package var hostName: DomainName?
    package var address: IPAddress
    /// A mailbox elsewhere that exists, or whose domain at least takes mail.
    package var recipient: EmailAddress
    /// A sender elsewhere.
    package var sender: EmailAddress
    /// Makes up mailboxes that cannot exist.
    package var nonce: String

    package init(
        ownDomain: DomainName?, hostName: DomainName?, address: IPAddress, recipient: EmailAddress,
        sender: EmailAddress, nonce: String
    ) {
        self.ownDomain = ownDomain
        self.hostName = hostName
        self.address = address
        self.recipient = recipient
        self.sender = sender
        self.nonce = nonce
    }
}

/// One try: HELO, MAIL, RCPT, then RSET.
package struct RelayAttempt: Sendable, Hashable {
    package enum Kind: Sendable, Hashable, CaseIterable {
        /// Foreign to foreign.
        case stranger
        /// With a sender of the target's own.
        case ownSender
        case nullSender
        /// The recipient holds a route, or a spelling that parsers disagree on.
        case routed
        /// After another HELO, or none.
        case helo
        /// A mailbox that cannot exist, to know what acceptance means.
        case control
        /// postmaster@ and abuse@.
        case role
    }

    package var kind: Kind
    /// `nil`: no HELO at all. Empty: the probe's own name.
    package var helo: String?
    /// The argument of MAIL, brackets and all.
    package var sender: String
    /// The argument of RCPT, brackets and all.
    package var recipient: String
    /// The domain whose mailboxes the form seems to name; acceptance means relaying only if `control` for it is refused.
    package var localDomain: String?

    init(_ kind: Kind, from sender: String, to recipient: String, local: String? = nil, helo: String? = "") {
        self.kind = kind
        self.sender = sender
        self.recipient = recipient
        localDomain = local
        self.helo = helo
    }

    package var description: String { "MAIL FROM:\(sender) RCPT TO:\(recipient)" }

    /// All tries: more than fifty with an own domain given.
    package static func all(_ names: RelayProbeNames) -> [RelayAttempt] {
        let user = names.recipient.localPart
        let foreign = names.recipient.domain.description
        let from = "<\(names.sender)>"
        let to = "<\(user)@\(foreign)>"
        let literal = "[\(names.address.literal)]"
        var locals: [String] = []
        for name in [names.ownDomain?.description, names.hostName?.description, literal, "localhost"] {
            if let name, !locals.contains(name) { locals.append(name) }
        }
        var attempts = locals.map {
            RelayAttempt(.control, from: from, to: "<\(names.nonce)@\($0)>", local: $0)
        }
        // Without any domain: servers add their own.
        attempts.append(RelayAttempt(.control, from: from, to: "<\(names.nonce)>", local: ""))
        attempts += [
            RelayAttempt(.stranger, from: from, to: to), RelayAttempt(.stranger, from: to, to: to),
            RelayAttempt(.nullSender, from: "<>", to: to),
            RelayAttempt(.stranger, from: from, to: "\(user)@\(foreign)"),
            RelayAttempt(.stranger, from: from, to: "<\(user)@\(foreign).>"),
            RelayAttempt(.stranger, from: from, to: "<\"\(user)\"@\(foreign)>"),
            RelayAttempt(.stranger, from: from, to: "<\(ASCII.uppercased(user))@\(ASCII.uppercased(foreign))>"),
            RelayAttempt(.ownSender, from: "<root>", to: to),
        ]
        attempts += locals.flatMap { local in
            [
                RelayAttempt(.ownSender, from: "<postmaster@\(local)>", to: to),
                RelayAttempt(.ownSender, from: "<\(names.nonce)@\(local)>", to: to),
            ]
        }
        attempts += routed(user: user, foreign: foreign, from: from, locals: locals)
        for helo in ["localhost", literal, names.hostName?.description, names.ownDomain?.description] {
            if let helo { attempts.append(RelayAttempt(.helo, from: from, to: to, helo: helo)) }
        }
        attempts.append(RelayAttempt(.helo, from: from, to: to, helo: nil))
        if let own = names.ownDomain {
            attempts += ["postmaster", "abuse"].map { RelayAttempt(.role, from: from, to: "<\($0)@\(own)>") }
        }
        return attempts
    }

    private static func routed(user: String, foreign: String, from: String, locals: [String]) -> [RelayAttempt] {
        var attempts = [
            "<\(user)%\(foreign)>", "<\"\(user)%\(foreign)\">", "<\"\(user)@\(foreign)\">", "<\(foreign)!\(user)>",
        ].map { RelayAttempt(.routed, from: from, to: $0, local: "") }
        for local in locals {
            attempts += [
                "<\(user)%\(foreign)@\(local)>", "<\"\(user)@\(foreign)\"@\(local)>", "<\(foreign)!\(user)@\(local)>",
                "<\(user)@\(foreign)@\(local)>",
            ].map { RelayAttempt(.routed, from: from, to: $0, local: local) }
            attempts.append(RelayAttempt(.routed, from: from, to: "<@\(local):\(user)@\(foreign)>"))
            attempts.append(
                RelayAttempt(
                    .ownSender, from: "<postmaster@\(local)>", to: "<\(user)%\(foreign)@\(local)>", local: local))
        }
        if locals.count > 1 {
            attempts.append(
                RelayAttempt(.routed, from: from, to: "<@\(locals[0]),@\(locals[1]):\(user)@\(foreign)>"))
            attempts.append(
                RelayAttempt(.nullSender, from: "<>", to: "<\(user)%\(foreign)@\(locals[0])>", local: locals[0]))
        }
        return attempts
    }
}

extension ASCII {
    fileprivate static func uppercased(_ text: String) -> String {
        String(
            decoding: text.utf8.map { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) ? $0 & 0xdf : $0 },
            as: UTF8.self)
    }
}
