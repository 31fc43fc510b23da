import Inspection
import Logging
import MailTypes
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Relay
import Response
import SluiceConfiguration
import Spool
import TLSContexts

/// What is done from time to time.
extension Gateway {
    /// How often detection's memory is written: what is lost at a crash is a few minutes of counts.
    private static let saveInterval = TimeAmount.seconds(300)
    private static let snapshotInterval = TimeAmount.seconds(2)
    private static let statusInterval = TimeAmount.seconds(30)
    /// Held mail whose sender turned out clean goes out by itself.
    private static let releaseInterval = TimeAmount.seconds(5)
    private static let lessonInterval = TimeAmount.seconds(5)
    private static let certificateInterval = TimeAmount.seconds(60)

    func startUpkeep() {
        let loop = group.next()
        var tasks: [RepeatedTask] = []
        func every(_ interval: TimeAmount, _ work: @escaping @Sendable () -> Void) {
            tasks.append(
                loop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { [workers] _ in
                    workers.submit { state in
                        if case .active = state { work() }
                    }
                })
        }
        let (memory, inspector, metrics, spool) = (memory, inspector, metrics, spool)
        every(Self.saveInterval) { memory.save(inspector) }
        every(Self.statusInterval) { metrics.take(try? spool.status()) }
        every(Self.releaseInterval) { [responder] in
            let now = Clock.now()
            let cleared = inspector.releases(at: now)
            if !cleared.isEmpty { responder.release(cleared, author: "detector", at: now) }
        }
        // At the start what was learnt before, without making anybody wait for it.
        workers.submit { [learning, teacher] state in
            if case .active = state { learning.learn(teacher.remembered()) }
        }
        every(Self.lessonInterval) { [learning, teacher] in teacher.teach(learning, inspector) }
        every(Self.certificateInterval) { [self] in reloadCertificates() }
        tasks += caseTasks(on: loop)
        tasks.append(
            loop.scheduleRepeatedAsyncTask(initialDelay: .zero, delay: Self.snapshotInterval) { [relay] _ in
                loop.makeFutureWithTask { metrics.take(await relay.snapshot(top: 0)) }
            })
        let started = tasks
        state.withLockedValue { $0.upkeep = started }
    }

    /// Reads the certificates again if their files changed, or the other files that a new configuration names.
    func reloadCertificates(_ configuration: Configuration? = nil) {
        let pairs = [(tls, configuration?.tls), (httpTLS, configuration?.http.tls)]
        for (context, settings) in pairs {
            guard let context else { continue }
            let files = settings.map { CertificateFiles(chain: $0.certificate, key: $0.key) }
            reloadCertificate(context, from: files)
        }
    }

    private func reloadCertificate(_ tls: ServerTLSContext, from files: CertificateFiles?) {
        let now = Clock.now()
        switch files.map({ tls.use($0, now: now) }) ?? tls.reload(now: now) {
        case .unchanged: break
        case .replaced(let warnings):
            logger.notice("certificate replaced", metadata: ["warnings": "\(warnings)"])
        case .kept(let error):
            logger.error("the new certificate cannot be used; the old one is kept", metadata: ["error": "\(error)"])
        }
    }
}
