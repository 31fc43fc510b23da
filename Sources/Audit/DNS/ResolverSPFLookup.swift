package import DNSClient
package import MailTypes
package import NIOCore
package import Posture

/// SPF's questions by libunbound.
package struct ResolverSPFLookup: SPFLookup {
    private let resolver: UnboundResolver
    private let loop: any EventLoop

    package init(_ resolver: UnboundResolver, on loop: any EventLoop) {
        self.resolver = resolver
        self.loop = loop
    }

    package func texts(_ name: SPFName) async -> SPFAnswer<[UInt8]> {
        await answer(resolver.texts(named: name.description, on: loop)) { $0 }
    }

    package func addresses(_ name: SPFName, isIPv6: Bool) async -> SPFAnswer<IPAddress> {
        let lookup =
            isIPv6
            ? resolver.ipv6Addresses(named: name.description, on: loop)
            : resolver.ipv4Addresses(named: name.description, on: loop)
        return await answer(lookup) { $0 }
    }

    package func exchanges(_ name: SPFName) async -> SPFAnswer<SPFName> {
        let found: SPFAnswer<MXRecord> = await answer(resolver.exchanges(named: name.description, on: loop)) { $0 }
        switch found {
        case .failure(let reason): return .failure(reason)
        case .records(let records):
            let ordered = records.sorted { $0.preference < $1.preference }
            return .records(ordered.compactMap { $0.exchange.flatMap { SPFName($0.description) } })
        }
    }

    package func names(_ address: IPAddress) async -> SPFAnswer<SPFName> {
        await answer(resolver.ptr(address, on: loop)) { SPFName($0.description) }
    }

    private func answer<Found, Record>(
        _ future: EventLoopFuture<Lookup<Found>>, _ read: (Found) -> Record?
    ) async -> SPFAnswer<Record> {
        do {
            switch try await future.get() {
            case .records(let records, _): return .records(records.compactMap(read))
            case .noData, .nxDomain: return .records([])
            case .temporaryFailure(let reason): return .failure(reason)
            }
        } catch {
            return .failure("\(error)")
        }
    }
}
