import MailTypes
package import NIOCore
package import Posture
import SMTPProtocol

/// Asks a server whether it takes mail for abuse@ and postmaster@: one connection, RCPT and RSET, never DATA.
package enum RoleProbe {
    package static func finding(_ settings: RelayProbeSettings, on group: any EventLoopGroup) async -> Finding? {
        let host = settings.host.utf8.contains(UInt8(ascii: ":")) ? "[\(settings.host)]" : settings.host
        var facts = RelayFacts(target: "\(host):\(settings.port)", port: settings.port)
        facts.hasOwnDomain = settings.ownDomain != nil
        let names = RelayProbeNames(
            ownDomain: settings.ownDomain, hostName: nil, address: .v4(0), recipient: settings.recipient,
            sender: settings.sender, nonce: settings.nonce)
        let attempts = RelayAttempt.all(names).filter { $0.kind == .role }
        do throws(AuditError) {
            let connection = try await ProbeConnection.open(
                host: settings.host, port: settings.port, isSecure: settings.port == 465, timeout: settings.timeout,
                on: group)
            let greeting = try await connection.greeting()
            guard greeting.code.isPositive else {
                throw AuditError(.connection, "the server greets with \(ProbeReply(greeting))")
            }
            facts.greeting = ProbeReply(greeting)
            _ = try await connection.command("EHLO \(settings.helo)")
            for attempt in attempts {
                let sender = try await connection.command("MAIL FROM:\(attempt.sender)")
                guard sender.code.isPositive else {
                    facts.trials.append(RelayTrial(attempt, .senderRefused(ProbeReply(sender))))
                    continue
                }
                let reply = try await connection.command("RCPT TO:\(attempt.recipient)")
                facts.trials.append(RelayTrial(attempt, .recipient(ProbeReply(reply))))
                _ = try await connection.command("RSET")
            }
            await connection.close()
        } catch {
            facts.problems.append(error.message)
            for attempt in attempts.dropFirst(facts.trials.count) {
                facts.trials.append(RelayTrial(attempt, .notTried(error.message)))
            }
        }
        return RelayChecks.findings(facts).first { $0.check == .roleMailboxes }
    }
}
