import Audit
import DNSClient
import Enforcement
import Foundation
import Logging
import MailTypes
import NIOConcurrencyHelpers
import NIOCore
import Posture

/// Watches the gateway's own addresses on DNS lists, and tells when one is listed: to the log as an alarm, to the audit log as
/// history, and to cases that ask for it.
final class ReputationKeeper: Sendable {
    static let interval = TimeAmount.seconds(10)
    /// Questions of one round.
    private static let round = 4

    /// However many receivers refuse, lists are not asked more often than so because of it.
    private static let expediteInterval = Duration.seconds(300)

    private let expedited = NIOLockedValueBox<Timestamp?>(nil)
    private let probe: ListingProbe
    private let watch: NIOLockedValueBox<ReputationWatch>
    private let subjects: [ListingSubject]
    private let logger: Logger
    /// Keeps history and alarm; blocks.
    private let changed: @Sendable (ReputationWatch.Change) async -> Void

    init(
        addresses: [IPAddress], lists: [DomainName], resolver: any ListResolver, on loop: any EventLoop,
        logger: Logger, at time: Timestamp, changed: @escaping @Sendable (ReputationWatch.Change) async -> Void
    ) {
        let probe = ListingProbe(
            addressLists: lists.map { AddressList(custom: $0) }, resolver: resolver, on: loop)
        self.probe = probe
        subjects = addresses.map { .address($0) }
        let keys = subjects.flatMap { subject in probe.lists(for: subject).map { ReputationWatch.Key(subject, on: $0) }
        }
        watch = NIOLockedValueBox(ReputationWatch(keys, at: time))
        self.logger = logger
        self.changed = changed
    }

    /// Asks what is due.
    func look(at time: Timestamp) async {
        for key in watch.withLockedValue({ $0.due(at: time, limit: Self.round) }) {
            let observation = await probe.observe(key)
            guard let change = watch.withLockedValue({ $0.record(observation, at: time) }) else { continue }
            let metadata: Logger.Metadata = ["address": "\(key.subject)", "list": "\(SafeText.printable(key.list))"]
            switch change.to {
            case .listed: logger.critical("own address is listed", metadata: metadata)
            case .unlisted where change.from == .listed:
                logger.notice("own address is no longer listed", metadata: metadata)
            case .unlisted, .unknown: logger.info("own address on a list", metadata: metadata)
            }
            await changed(change)
        }
    }

    /// A receiver refused by policy, which may be because of a list: the lists are asked sooner, at most once in a while.
    func expedite(at time: Timestamp) {
        let isNew = expedited.withLockedValue { last in
            guard last.map({ time - $0 >= Self.expediteInterval || time < $0 }) ?? true else { return false }
            last = time
            return true
        }
        guard isNew else { return }
        watch.withLockedValue { watch in for subject in subjects { watch.expedite(subject, at: time) } }
    }

    /// What a case's check “no new listing” is told. Unknown lists are no pass.
    func statement(for incident: IncidentCase, at time: Timestamp) -> CheckState.Statement {
        watch.withLockedValue { watch in
            let new = watch.listings(since: incident.first)
            if let first = new.first(where: { watch.entries[$0.key]?.standing == .listed }) {
                return .init(.fail, at: time, author: "gateway", detail: "\(first.key) since \(first.at.iso8601)")
            }
            let standings = subjects.map { watch.isClean($0) }
            if standings.contains(where: { $0 == false }) {
                return .init(.pass, at: time, author: "gateway", detail: "listed before this incident, and not since")
            }
            return standings.allSatisfy { $0 == true } && !standings.isEmpty
                ? .init(.pass, at: time, author: "gateway", detail: "no list has an entry")
                : .init(.unknown, at: time, author: "gateway", detail: "some lists have not answered yet")
        }
    }

    /// What is listed now, for metrics and people.
    var listed: [(key: ReputationWatch.Key, entry: ReputationWatch.Entry)] { watch.withLockedValue { $0.listed } }
}
