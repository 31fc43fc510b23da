import MailTypes

/// What a listener is for.
package enum ListenerKind: String, Hashable, Sendable, CaseIterable {
    /// Servers that are known by their address (port 25, 2525).
    case relay
    /// People's programs, STARTTLS and AUTH needed (port 587, RFC 6409).
    case submission
    /// The same under TLS from the first byte (port 465, RFC 8314).
    case submissions

    /// Whether mail is taken only after AUTH, whatever the address (RFC 6409 §4.3).
    package var needsLogin: Bool { self != .relay }
}

/// What a session needs to know of its listener; one object for all its sessions.
package final class ServerSettings: Sendable {
    /// The name in greeting, EHLO and trace lines.
    package let hostName: String
    package let kind: ListenerKind
    package let offersTLS: Bool
    /// AUTH under TLS. Always with the submission kinds; with `relay` only where the operator says so.
    package let offersAuthentication: Bool
    /// SCRAM-SHA-256 beside PLAIN and LOGIN: only where every login has a stored form that it can use, since clients that
    /// know it take it, and do not come back with another when it fails.
    package let offersSCRAM: Bool
    package let limits: IntakeLimits
    package let scram: ScramFunctions

    package init(
        hostName: String, kind: ListenerKind, offersTLS: Bool, offersAuthentication: Bool? = nil,
        offersSCRAM: Bool = true, limits: IntakeLimits, scram: ScramFunctions
    ) {
        self.hostName = SafeText.ascii(hostName, limit: 255)
        self.kind = kind
        self.offersTLS = offersTLS
        self.offersAuthentication = offersAuthentication ?? kind.needsLogin
        self.offersSCRAM = offersSCRAM
        self.limits = limits
        self.scram = scram
    }
}
