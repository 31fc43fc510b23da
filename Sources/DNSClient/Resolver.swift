package import MailTypes
package import NIOCore

/// Asks DNS. Every future succeeds, in bounded time, on the given loop: trouble is told by `Lookup.temporaryFailure`.
package protocol Resolver: Sendable {
    func mx(_ domain: DomainName, on loop: any EventLoop) -> EventLoopFuture<Lookup<MXRecord>>
    /// AAAA and A records together, IPv6 first. If one of both failed and the other has records, these are given.
    func addresses(_ name: DomainName, on loop: any EventLoop) -> EventLoopFuture<Lookup<IPAddress>>
    /// Each record's strings joined, as SPF and the like want them (RFC 7208 §3.3).
    func txt(_ name: DomainName, on loop: any EventLoop) -> EventLoopFuture<Lookup<[UInt8]>>
    /// The names that an address's reverse zone gives. They prove nothing until looked up forward.
    func ptr(_ address: IPAddress, on loop: any EventLoop) -> EventLoopFuture<Lookup<DomainName>>
}
