package import MailTypes
package import NIOCore

/// Lookups by names that are no host names, as SPF's macros make them: any bytes but dots in a label.
///
/// `name` is dotted text within DNS' bounds, which the caller has checked; a name that the library refuses is a temporary
/// failure.
extension UnboundResolver {
    package func texts(named name: String, on loop: any EventLoop) -> EventLoopFuture<Lookup<[UInt8]>> {
        ask(Self.escaped(name), .txt, on: loop) { RecordData.txt($0) }
    }

    package func ipv4Addresses(named name: String, on loop: any EventLoop) -> EventLoopFuture<Lookup<IPAddress>> {
        ask(Self.escaped(name), .a, on: loop) { RecordData.ipv4($0) }
    }

    package func ipv6Addresses(named name: String, on loop: any EventLoop) -> EventLoopFuture<Lookup<IPAddress>> {
        ask(Self.escaped(name), .aaaa, on: loop) { RecordData.ipv6($0) }
    }

    package func exchanges(named name: String, on loop: any EventLoop) -> EventLoopFuture<Lookup<MXRecord>> {
        ask(Self.escaped(name), .mx, on: loop) { RecordData.mx($0) }
    }

    /// The CNAME at the name itself; it is not followed.
    package func alias(named name: String, on loop: any EventLoop) -> EventLoopFuture<Lookup<DomainName>> {
        ask(Self.escaped(name), .cname, on: loop) { RecordData.ptr($0) }
    }

    /// TLSA records' data as they are, 4 KiB at most each.
    package func tlsa(named name: String, on loop: any EventLoop) -> EventLoopFuture<Lookup<[UInt8]>> {
        ask(Self.escaped(name), .tlsa, on: loop) { $0.count <= 4096 ? Array($0) : nil }
    }

    /// A backslash is an escape in the text that the library takes (RFC 1035 §5.1).
    private static func escaped(_ name: String) -> String {
        name.utf8.contains(UInt8(ascii: "\\"))
            ? name.split(separator: "\\", omittingEmptySubsequences: false).joined(separator: "\\\\") : name
    }
}
