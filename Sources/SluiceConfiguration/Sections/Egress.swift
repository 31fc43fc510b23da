package import MailTypes

extension Configuration {
    /// Addresses that mail leaves from.
    package struct Egress: Hashable, Sendable {
        package var clean: Addresses
        package var risky: Addresses

        package struct Addresses: Hashable, Sendable {
            /// `nil`: the system chooses.
            package var ipv4: IPAddress?
            /// `nil`: the system chooses.
            package var ipv6: IPAddress?
            package var helo: DomainName

            init(_ section: Section, hostname: DomainName) {
                let addresses = section.placed(
                    "addresses", .address, example: ["192.0.2.25", "2001:db8::25"],
                    "At most one IPv4 and one IPv6 address of this machine. Left out: the system chooses.")
                ipv4 = addresses.first { $0.value.isIPv4 }?.value
                ipv6 = addresses.first { !$0.value.isIPv4 }?.value
                for isIPv4 in [true, false] {
                    for extra in addresses.filter({ $0.value.isIPv4 == isIPv4 }).dropFirst() {
                        section.decoding.report(
                            .error, extra.place, section.pathTo("addresses"),
                            "\(extra.value) is a second \(isIPv4 ? "IPv4" : "IPv6") address; a pool has one of each kind"
                        )
                    }
                }
                helo =
                    section.optional(
                        "helo", .domain, example: "out.example.org",
                        "The name given in EHLO; should be the addresses' name in reverse. Left out: hostname.")
                    ?? hostname
            }
        }

        init(_ section: Section, hostname: DomainName) {
            clean = section.section("clean", "For mail beyond doubt.") { Addresses($0, hostname: hostname) }
            risky = section.section("risky", "For mail that was held and released, or in doubt.") {
                Addresses($0, hostname: hostname)
            }
            if clean.ipv4 != nil || clean.ipv6 != nil, risky.ipv4 == nil, risky.ipv6 == nil {
                section.warning("risky", "has no addresses: the system may choose those of clean for risky mail")
            }
            for (a, b) in [(clean.ipv4, risky.ipv4), (clean.ipv6, risky.ipv6)] {
                if let a, a == b { section.warning("risky", "\(a) is in both pools, which then share its reputation") }
            }
        }
    }
}
