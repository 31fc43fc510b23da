package import NIOCore
package import SMTPProtocol

/// A connection that is ready for mail: one transaction at a time, any number one after the other.
package final class SMTPConnection: Sendable {
    package let host: HostAddress
    /// The protocol version, as `TLSv1.3`; `nil` without TLS.
    package let tls: String?
    package let extensions: ServerExtensions
    package let eventLoop: any EventLoop
    /// Succeeds when the connection has ended, whoever ended it: also while it was idle.
    package let closed: EventLoopFuture<Void>
    private let handler: NIOLoopBound<SMTPClientHandler>

    /// On the event loop.
    init(
        host: HostAddress, handler: SMTPClientHandler, extensions: ServerExtensions, closed: EventLoopFuture<Void>,
        on loop: any EventLoop
    ) {
        self.host = host
        self.handler = NIOLoopBound(handler, eventLoop: loop)
        self.extensions = extensions
        self.closed = closed
        tls = handler.tlsVersion
        eventLoop = loop
    }

    /// `mx.example.org[192.0.2.1]:25`
    package var remote: String { host.description }

    /// Sends a message. Never fails: every recipient gets a reply, the server's or a temporary one of our own. On the
    /// connection's event loop the future's callbacks run there too. A second message before the first's result is
    /// `neverStarted`.
    package func send(_ message: OutgoingMessage) -> EventLoopFuture<DeliveryResult> {
        let promise = eventLoop.makePromise(of: DeliveryResult.self)
        if eventLoop.inEventLoop {
            handler.value.send(message, promise)
        } else {
            eventLoop.execute { self.handler.value.send(message, promise) }
        }
        return promise.futureResult
    }

    /// QUIT, without waiting for the answer; a transaction under way is broken off.
    package func quit() {
        if eventLoop.inEventLoop {
            handler.value.quit()
        } else {
            eventLoop.execute { self.handler.value.quit() }
        }
    }
}
