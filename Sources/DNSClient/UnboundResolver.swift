package import MailTypes
package import NIOCore

/// DNS by libunbound: caching, and validating where a trust anchor is given.
///
/// The library works on a thread of its own; a second thread hands it the questions and takes the answers, so that no
/// event loop ever waits for either.
package final class UnboundResolver: Resolver {
    private let worker: UnboundWorker

    /// Throws if the library refuses a setting. `shutdown` ends it.
    package init(_ settings: UnboundSettings = UnboundSettings()) throws(DNSError) {
        worker = try UnboundWorker(settings)
    }

    /// Ends the threads; what is still asked for becomes a temporary failure. Waits for the thread to end.
    package func shutdown() { worker.shutdown() }

    deinit { worker.shutdown() }

    package func mx(_ domain: DomainName, on loop: any EventLoop) -> EventLoopFuture<Lookup<MXRecord>> {
        ask(domain, .mx, on: loop) { RecordData.mx($0) }
    }

    package func txt(_ name: DomainName, on loop: any EventLoop) -> EventLoopFuture<Lookup<[UInt8]>> {
        ask(name, .txt, on: loop) { RecordData.txt($0) }
    }

    package func ptr(_ address: IPAddress, on loop: any EventLoop) -> EventLoopFuture<Lookup<DomainName>> {
        ask(address.reverseName, .ptr, on: loop) { RecordData.ptr($0) }
    }

    package func addresses(_ name: DomainName, on loop: any EventLoop) -> EventLoopFuture<Lookup<IPAddress>> {
        let six = ask(name, .aaaa, on: loop) { RecordData.ipv6($0) }
        let four = ask(name, .a, on: loop) { RecordData.ipv4($0) }
        return six.and(four).map { Self.merge($0, $1) }
    }

    /// Both families' answers in one.
    static func merge(_ six: Lookup<IPAddress>, _ four: Lookup<IPAddress>) -> Lookup<IPAddress> {
        switch (six, four) {
        case (.records(let a, let v), .records(let b, let w)): .records(a + b, v.combined(with: w))
        case (.records, _): six
        case (_, .records): four
        case (.temporaryFailure, _): six
        case (_, .temporaryFailure): four
        case (.nxDomain(let v), .nxDomain(let w)): .nxDomain(v.combined(with: w))
        case (.noData(let v), .noData(let w)), (.noData(let v), .nxDomain(let w)), (.nxDomain(let v), .noData(let w)):
            .noData(v.combined(with: w))
        }
    }

    private func ask<Record>(
        _ name: DomainName, _ type: RecordType, on loop: any EventLoop,
        _ decode: @escaping @Sendable (UnsafeRawBufferPointer) -> Record?
    ) -> EventLoopFuture<Lookup<Record>> {
        guard let ascii = IDNA.ascii(name) else {
            return loop.makeSucceededFuture(.noData(LookupValidity(ttl: .seconds(3600), isSecure: false)))
        }
        return ask(ascii, type, on: loop, decode)
    }

    func ask<Record>(
        _ name: String, _ type: RecordType, on loop: any EventLoop,
        _ decode: @escaping @Sendable (UnsafeRawBufferPointer) -> Record?
    ) -> EventLoopFuture<Lookup<Record>> {
        let promise = loop.makePromise(of: Lookup<Record>.self)
        worker.ask(
            UnboundWorker.Question(name: name, type: type) { answer in
                promise.succeed(Self.lookup(answer, decode))
            })
        return promise.futureResult
    }

    /// Records read per answer; more are passed over.
    static let maximumRecords = 64

    private static func lookup<Record>(
        _ answer: UnboundWorker.Answer, _ decode: (UnsafeRawBufferPointer) -> Record?
    ) -> Lookup<Record> {
        switch answer {
        case .failed(let reason): return .temporaryFailure(reason)
        case .nxDomain(let validity): return .nxDomain(validity)
        case .data(let data, let validity):
            let records = data.prefix(maximumRecords).compactMap { $0.withUnsafeBytes(decode) }
            if !data.isEmpty, records.isEmpty {
                return .temporaryFailure("the answer holds no record that can be used")
            }
            return records.isEmpty ? .noData(validity) : .records(records, validity)
        }
    }
}

/// The types of records that are asked for (RFC 1035 §3.2.2, RFC 3596, RFC 6698).
enum RecordType: Int32, Sendable {
    case a = 1
    case cname = 5
    case ptr = 12
    case mx = 15
    case txt = 16
    case aaaa = 28
    case tlsa = 52
}
