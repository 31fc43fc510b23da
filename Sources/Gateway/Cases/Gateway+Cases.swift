import ControlStore
import DNSClient
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
        group: any EventLoopGroup, logger: Logger
    ) -> CaseKeeper {
        CaseKeeper(
            control: control, group: group, logger: logger,
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
        on loop: any EventLoop, logger: Logger
    ) -> ReputationKeeper? {
        let pools = [configuration.egress.clean, configuration.egress.risky]
        let addresses = Set(pools.compactMap(\.ipv4) + pools.compactMap(\.ipv6)).sorted { "\($0)" < "\($1)" }
        let lists = configuration.cases.reputation.lists
        guard !lists.isEmpty, !addresses.isEmpty else { return nil }
        return ReputationKeeper(
            addresses: addresses, lists: lists, resolver: resolver, on: loop, logger: logger, at: Clock.now()
        ) { change in
            try? await workers.runIfActive {
                let said = change.observation?.reasons.first.map { ": " + SafeText.printable($0, limit: 300) } ?? ""
                let removal = change.observation.map { "; removal: " + $0.removal } ?? ""
                try control.record(
                    author: "gateway", act: "reputation.\(change.to.rawValue)", subject: "\(change.key.subject)",
                    detail: "\(SafeText.printable(change.key.list))\(said)\(removal)", at: change.at)
            }
        }
    }
}
