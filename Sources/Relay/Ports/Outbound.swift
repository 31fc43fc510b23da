package import MailTypes
package import NIOCore

/// Opens connections to next hops. Implemented over `SMTPSending`.
package protocol OutboundConnector: Sendable {
    /// Tries the hosts in order until one greets, speaks EHLO, and satisfies TLS and AUTH. Bounded in time by the
    /// implementation. Failures carry an `OutboundError`.
    func connect(_ target: OutboundTarget, on loop: any EventLoop) -> EventLoopFuture<any OutboundConnection>
}

/// One connection, one transaction at a time.
package protocol OutboundConnection: Sendable {
    /// The one of the target's hosts that took the connection.
    var host: OutboundHost { get }
    /// `mx.example.org[192.0.2.1]:25`
    var remote: String { get }
    /// Protocol version and cipher; `nil` without TLS.
    var tls: String? { get }
    /// Succeeds when the connection has ended, whoever ended it.
    var closed: EventLoopFuture<Void> { get }
    /// Never fails: trouble is told in the result.
    func send(_ message: OutboundMessage) -> EventLoopFuture<OutboundResult>
    /// QUIT, without waiting for the answer.
    func quit()
}

package struct OutboundTarget: Sendable {
    package var hosts: [OutboundHost]
    package var tls: Route.TLSLevel
    package var credentials: String?
    package var pool: EgressPool

    package init(hosts: [OutboundHost], tls: Route.TLSLevel, credentials: String?, pool: EgressPool) {
        self.hosts = hosts
        self.tls = tls
        self.credentials = credentials
        self.pool = pool
    }
}

package struct OutboundHost: Sendable, Hashable {
    /// The name that a certificate must have; `nil` for an address.
    package var name: DomainName?
    package var address: IPAddress
    package var port: UInt16
    package var implicitTLS: Bool

    package init(name: DomainName?, address: IPAddress, port: UInt16, implicitTLS: Bool = false) {
        self.name = name
        self.address = address
        self.port = port
        self.implicitTLS = implicitTLS
    }
}

package struct OutboundMessage: Sendable {
    package var envelope: Envelope
    package var size: ByteCount
    package var content: Content

    package init(envelope: Envelope, size: ByteCount, content: Content) {
        self.envelope = envelope
        self.size = size
        self.content = content
    }

    package enum Content: Sendable {
        case memory([[UInt8]])
        /// Chunks by number, read off the event loop.
        case stored(count: Int, read: @Sendable (Int) -> EventLoopFuture<[UInt8]>)
    }
}

package struct OutboundResult: Sendable {
    /// One per recipient, in order: the reply that decided about it. A transaction that broke off has the reason as a 4xx
    /// reply of our own.
    package var replies: [Reply]
    package var connection: DeliveryScheduler.ConnectionState
    /// The next hop took over responsibility for NOTIFY (RFC 3461 §5.2.1).
    package var passedOnNotify: Bool

    package init(replies: [Reply], connection: DeliveryScheduler.ConnectionState, passedOnNotify: Bool) {
        self.replies = replies
        self.connection = connection
        self.passedOnNotify = passedOnNotify
    }
}

package struct OutboundError: Error, Sendable {
    /// For people: which host, what went wrong.
    package var message: String
    /// What the host answered, where it did.
    package var reply: Reply?

    package init(_ message: String, reply: Reply? = nil) {
        self.message = message
        self.reply = reply
    }
}

/// Finds a destination's hosts.
package protocol HostFinder: Sendable {
    func hosts(of destination: DestinationKey, on loop: any EventLoop) -> EventLoopFuture<HostAnswer>
}

package enum HostAnswer: Sendable, Hashable {
    case hosts([OutboundHost], validFor: Duration)
    /// DNS did not answer: try again, it is no verdict.
    case temporary(String)
    /// No such domain, null MX, or nothing but ourselves.
    case permanent(Reply)
}
