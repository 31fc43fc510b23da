import ControlStore
import DNSClient
import Enforcement
import Logging
import MailTypes
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Posture
import SluiceConfiguration
import TLSContexts

/// What the gateway does for cases from time to time: outside looks, and its own standing.
extension Gateway {
    func caseTasks(on loop: any EventLoop) -> [RepeatedTask] {
        var tasks = [
            loop.scheduleRepeatedAsyncTask(initialDelay: CaseKeeper.interval, delay: CaseKeeper.interval) { [cases] _ in
                loop.makeFutureWithTask { await cases.lookOnce(at: Clock.now()) }
            }
        ]
        tasks.append(
            loop.scheduleRepeatedAsyncTask(initialDelay: WebhookSender.interval, delay: WebhookSender.interval) {
                [webhooks, state] _ in
                let hooks = state.withLockedValue { $0.configuration.notices.webhooks }
                return loop.makeFutureWithTask { await webhooks.send(to: hooks, now: Clock.now) }
            })
        tasks.append(
            loop.scheduleRepeatedAsyncTask(initialDelay: DamageKeeper.interval, delay: DamageKeeper.interval) {
                [damage] _ in loop.makeFutureWithTask { await damage.look(at: Clock.now()) }
            })
        if let reputation {
            tasks.append(
                loop.scheduleRepeatedAsyncTask(initialDelay: .seconds(1), delay: ReputationKeeper.interval) { _ in
                    loop.makeFutureWithTask { await reputation.look(at: Clock.now()) }
                })
        }
        return tasks
    }

    static func caseKeeper(
        _ state: NIOLockedValueBox<State>, control: ControlDatabase, workers: NIOThreadPool,
        group: any EventLoopGroup, resolver: UnboundResolver, logger: Logger
    ) -> CaseKeeper {
        CaseKeeper(
            control: control, group: group, resolver: resolver, logger: logger,
            configuration: { state.withLockedValue { $0.configuration } },
            blocking: CaseKeeper.Blocking(pool: workers))
    }

    static func webhookSender(
        control: ControlDatabase, workers: NIOThreadPool, group: any EventLoopGroup, logger: Logger
    ) throws -> WebhookSender {
        WebhookSender(
            control: control, group: group, tls: try ClientTLSContexts().verifying, logger: logger,
            blocking: CaseKeeper.Blocking(pool: workers))
    }

    /// `nil` where no lists are configured, or no address of our own is known.
    static func reputation(
        _ configuration: Configuration, resolver: UnboundResolver, control: ControlDatabase, workers: NIOThreadPool,
        on loop: any EventLoop, logger: Logger, alarm: @escaping @Sendable (OwnListing) -> Void
    ) -> ReputationKeeper? {
        let pools = [configuration.egress.clean, configuration.egress.risky]
        let addresses = Set(pools.compactMap(\.ipv4) + pools.compactMap(\.ipv6)).sorted { "\($0)" < "\($1)" }
        let lists = configuration.cases.reputation.lists
        guard !lists.isEmpty, !addresses.isEmpty else { return nil }
        return ReputationKeeper(
            addresses: addresses, lists: lists, resolver: resolver, on: loop, logger: logger, at: Clock.now()
        ) { change in
            do {
                if let listing = try await workers.runIfActive({ try Self.keep(change, in: control) }) {
                    alarm(listing)
                }
            } catch {
                logger.error("listing not kept", metadata: ["error": "\(error)"])
            }
        }
    }

    /// Keeps a change of standing as history; what is not known changes nothing.
    ///
    /// - Returns: a listing that was not known.
    private static func keep(_ change: ReputationWatch.Change, in control: ControlDatabase) throws -> OwnListing? {
        guard case .address(let address) = change.key.subject else { return nil }
        switch change.to {
        case .listed:
            return try control.listed(
                address, on: change.key.list, said: change.observation?.reasons.joined(separator: "; ") ?? "",
                removal: change.observation?.removal ?? "", at: change.at)
        case .unlisted: try control.unlisted(address, on: change.key.list, at: change.at)
        case .unknown: break
        }
        return nil
    }
}
