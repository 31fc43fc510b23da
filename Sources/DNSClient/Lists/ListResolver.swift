package import MailTypes
package import NIOCore

/// What DNS lists are asked through. Every future succeeds, in bounded time, on the given loop.
package protocol ListResolver: Sendable {
    func ipv4Addresses(named name: String, on loop: any EventLoop) -> EventLoopFuture<Lookup<IPAddress>>
    func texts(named name: String, on loop: any EventLoop) -> EventLoopFuture<Lookup<[UInt8]>>
}

extension UnboundResolver: ListResolver {}
