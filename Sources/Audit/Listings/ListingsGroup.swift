package import DNSClient
package import NIOCore
package import Posture

/// The group LST: sending addresses and domains on lists.
package struct ListingsGroup: AuditGroup {
    package var subjects: [ListingSubject] = []
    package var addressLists: [AddressList]
    package var domainLists: [URLList]
    package var resolver: UnboundSettings
    private let loops: any EventLoopGroup

    package init(
        addressLists: [AddressList], domainLists: [URLList], resolver: UnboundSettings, on loops: any EventLoopGroup
    ) {
        self.addressLists = addressLists
        self.domainLists = domainLists
        self.resolver = resolver
        self.loops = loops
    }

    package var group: CheckGroup { .listings }

    package func findings(_ request: AuditRequest) async throws -> [Finding] {
        guard !subjects.isEmpty else {
            return Check.all(.listings).map {
                Finding($0.id, target: request.target, .unknown("no address or domain was given (--ip, --domain)"))
            }
        }
        let resolver = try UnboundResolver(resolver)
        defer { resolver.shutdown() }
        let probe = ListingProbe(
            addressLists: addressLists, domainLists: domainLists, resolver: resolver, on: loops.next())
        let offline = subjects.filter { if case .address(let address) = $0 { address.isLocal } else { false } }
        let facts = await probe.facts(subjects.filter { !offline.contains($0) })
        return ListingChecks.findings(facts)
            + offline.map {
                let missing = "it is not on the internet: give the address that receivers see"
                return Finding(.addressListing, target: $0.description, .unknown(missing))
            }
    }
}
