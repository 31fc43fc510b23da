import DNSClient
import Detection
import Inspection
import MailTypes
import NIOCore
import SluiceConfiguration

/// Asks the configured DNS lists for a message's link domains, for as long as a message may wait.
package struct LinkLists: Sendable {
    private let client: URLListClient
    private let deadline: TimeAmount

    /// `nil` where none is configured.
    init?(_ configuration: Configuration, resolver: any ListResolver) {
        let detection = configuration.detection
        let lists = detection.linkLists.compactMap { list in
            URLList.Known(rawValue: list.name.rawValue).flatMap { URLList($0, zone: list.zone) }
        }
        guard !lists.isEmpty else { return nil }
        client = URLListClient(lists, resolver: resolver)
        deadline = .microseconds(detection.linkListDeadline.wholeMicroseconds)
    }

    /// Log-odds of what the lists say in time; 0 where they say nothing, which an error never changes.
    func ask(_ domains: [DomainName], on loop: any EventLoop) -> EventLoopFuture<Double> {
        client.ask(domains, within: deadline, on: loop).map(Self.logOdds)
    }

    /// The strongest listing counts, and a second list a little.
    static func logOdds(_ report: URLListReport) -> Double {
        let words = report.listings.map { listing in
            listing.meanings.map { weight(of: $0.kind) }.max() ?? 0
        }.sorted(by: >)
        return min(5, (words.first ?? 0) + (words.dropFirst().first ?? 0) / 4)
    }

    private static func weight(of kind: ListKind) -> Double {
        switch kind {
        case .spam, .phishing, .malware, .botnet: 4
        case .compromised, .abused, .network: 1.5
        case .grey: 0.5
        case .policy: 0
        }
    }
}
