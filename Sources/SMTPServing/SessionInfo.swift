package import MailTypes
package import SMTPProtocol

/// Who is at the other end of a connection.
package struct PeerInfo: Hashable, Sendable {
    /// The client's address; behind a trusted PROXY header, the one named there.
    package var address: IPAddress
    package var port: UInt16
    /// The balancer's address, if the connection came with a PROXY header.
    package var proxy: IPAddress?
    package var listener: String
    package var kind: ListenerKind

    package init(address: IPAddress, port: UInt16, proxy: IPAddress? = nil, listener: String, kind: ListenerKind) {
        self.address = address
        self.port = port
        self.proxy = proxy
        self.listener = listener
        self.kind = kind
    }
}

/// The number of a connection, unique in one run of the service.
package struct ConnectionID: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }
    package var description: String { "c" + String(rawValue, radix: 36) }
}

/// What is known of a session: enough for a `Received:` field, a log line and every decision.
///
/// Immutable, so that policies, receivers and logs share one object; the session makes a new one at EHLO, TLS and AUTH.
package final class SessionInfo: Sendable {
    package let connection: ConnectionID
    package let peer: PeerInfo
    /// The name that the listener goes by.
    package let hostName: String
    /// The argument of EHLO or HELO as sent, printable ASCII or UTF-8; `nil` before it.
    package let helloName: String?
    /// EHLO, not HELO.
    package let isESMTP: Bool
    /// `nil`: in the clear.
    package let security: TransportSecurity?
    /// Whose mail it is; `nil` while nobody's, and then no message is taken.
    package let identity: SubmissionIdentity?

    package init(
        connection: ConnectionID, peer: PeerInfo, hostName: String, helloName: String? = nil, isESMTP: Bool = false,
        security: TransportSecurity? = nil, identity: SubmissionIdentity? = nil
    ) {
        self.connection = connection
        self.peer = peer
        self.hostName = hostName
        self.helloName = helloName
        self.isESMTP = isESMTP
        self.security = security
        self.identity = identity
    }

    /// The trace line for a message of this session (RFC 5321 §4.4).
    package func received(_ id: SubmissionID, at time: Timestamp, envelope: Envelope) -> ReceivedField {
        ReceivedField(
            helloName: helloName ?? "unknown", peer: peer.address, by: hostName, isESMTP: isESMTP, security: security,
            identity: identity, needsSMTPUTF8: envelope.needsSMTPUTF8, id: id, time: time,
            recipient: envelope.recipients.count == 1 ? envelope.recipients.first?.address : nil)
    }
}
