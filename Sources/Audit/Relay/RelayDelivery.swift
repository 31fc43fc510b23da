import MailTypes
import Posture
import SMTPProtocol

extension RelayProbe {
    /// Sends one message in the first way that a stranger's mail for `recipient` was taken; none, if none was.
    mutating func deliver(to recipient: EmailAddress) async {
        let address = "<\(recipient)>"
        let way = facts.trials.first { trial in
            guard case .recipient(let reply) = trial.outcome, reply.isAccepted else { return false }
            return trial.attempt.localDomain == nil && trial.attempt.helo == "" && trial.attempt.recipient == address
                && [.stranger, .ownSender, .nullSender].contains(trial.attempt.kind)
        }
        guard let attempt = way?.attempt else { return }
        do throws(AuditError) {
            facts.delivery = try await send(attempt, recipient)
        } catch {
            facts.delivery = .failed(attempt, error.message)
        }
        await drop()
    }

    private mutating func send(
        _ attempt: RelayAttempt, _ recipient: EmailAddress
    ) async throws(AuditError) -> RelayFacts.Delivery {
        let connection = try await session(greets: true)
        for command in ["MAIL FROM:\(attempt.sender)", "RCPT TO:\(attempt.recipient)"] {
            let reply = try await ask(connection, command)
            guard reply.code.isPositive else { return .refused(attempt, ProbeReply(reply)) }
        }
        let start = try await ask(connection, "DATA")
        guard start.code.value == 354 else { return .refused(attempt, ProbeReply(start)) }
        let reply = try await connection.message([
            "From: \(attempt.sender == "<>" ? "<\(settings.sender)>" : attempt.sender)", "To: <\(recipient)>",
            "Subject: Relay test of \(SafeText.printable(settings.host, limit: 100))",
            "Date: \(Timestamp(seconds: Int64(settings.now())).rfc5322)",
            "Message-ID: <\(settings.nonce)@\(settings.helo)>", "Auto-Submitted: auto-generated", "",
            "This message was sent by sluice check relay --deliver-to through the server named above,",
            "without a login, to show that it relays strangers' mail. Nobody needs to answer it.",
        ])
        return reply.code.isPositive ? .taken(attempt, ProbeReply(reply)) : .refused(attempt, ProbeReply(reply))
    }
}
