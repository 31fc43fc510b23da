import Console
import ControlStore
import Inspection
import Logging
import MailTypes
import NIOConcurrencyHelpers
import Relay
import Response
import SMTPServing
package import SluiceConfiguration
import TLSContexts

/// Taking a new configuration without dropping a connection.
extension Gateway {
    /// Uses what changed. What cannot change while it runs is told in the log and waits for a restart.
    ///
    /// Throws, and changes nothing, if the configuration cannot be used (a certificate or model that is missing).
    package func reload(_ configuration: Configuration) throws {
        let old = state.withLockedValue { $0.configuration }
        let parts = try Parts(configuration, sockets: sockets)
        try logins.use(configuration)
        policy.use(parts.intake.with(LinkLists(configuration, resolver: resolver)))
        inspector.use(parts.lists)
        inspector.use(parts.detection)
        if configuration.detection.model != old.detection.model {
            learning.use(parts.scoring, lessons: teacher.remembered())
        }
        responder.use(parts.response)
        control.use(CasePolicy(configuration))
        outbound.reload(tls: try ClientTLSContexts(), logins: parts.delivery.logins)
        relay.reload(settings: parts.delivery.settings, routes: parts.delivery.routes)
        if let settings = configuration.milter { milter?.gate.use(settings) }
        reloadCertificates(configuration)
        operators.use(OperatorTokens(configuration))
        let waiting = server.reload(
            listeners: parts.listeners(tls: tls), limits: configuration.limits, policy: policy, authenticator: logins)
        state.withLockedValue { $0.configuration = configuration }
        logger.notice("configuration reloaded", metadata: ["customers": "\(configuration.customers.count)"])
        let restart = Self.needsRestart(old, configuration) + waiting.map { "listeners (\($0))" }
        if !restart.isEmpty {
            logger.warning(
                "some changes need a restart", metadata: ["keys": "\(restart.joined(separator: ", "))"])
        }
    }

    /// Keys that changed and are read only at the start.
    static func needsRestart(_ old: Configuration, _ new: Configuration) -> [String] {
        var keys: [String] = []
        if old.hostname != new.hostname { keys.append("hostname") }
        if old.stateDirectory != new.stateDirectory { keys.append("state-directory") }
        if old.user != new.user || old.group != new.group { keys.append("user, group") }
        if old.listeners != new.listeners { keys.append("listeners") }
        if (old.tls == nil) != (new.tls == nil) { keys.append("tls") }
        if old.spool != new.spool { keys.append("spool") }
        if old.dns != new.dns { keys.append("dns") }
        if old.http.fixed != new.http.fixed || (old.http.tls == nil) != (new.http.tls == nil) { keys.append("http") }
        if old.cases.reputation != new.cases.reputation { keys.append("cases.reputation") }
        if old.milter?.fixed != new.milter?.fixed { keys.append("milter") }
        if old.logging != new.logging { keys.append("logging") }
        if old.delivery.memory != new.delivery.memory { keys.append("delivery.memory") }
        return keys
    }
}

extension Configuration.Milter {
    /// Without what a reload changes.
    fileprivate var fixed: Configuration.Milter {
        var fixed = self
        fixed.customer = nil
        return fixed
    }
}

extension Configuration.HTTP {
    /// Without what a reload changes: tokens, and which files hold the certificate.
    fileprivate var fixed: Configuration.HTTP {
        var fixed = self
        fixed.tokens = []
        fixed.tls = nil
        return fixed
    }
}
