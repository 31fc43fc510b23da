import MailTypes
import SMTPProtocol

extension IntakeLimits {
    /// What one client, one customer and all together may ask of the intake; defaults are the protocol's own.
    init(_ section: Section) {
        self.init()
        connections = section.value(
            "connections", .integer(1...1_000_000), default: connections, "Connections at the same time, in all.")
        connectionsPerSite = section.value(
            "connections-per-ip", .integer(1...1_000_000), default: connectionsPerSite,
            "From one IPv4 address or one IPv6 /64.")
        connectionsPerCustomer = section.value(
            "connections-per-customer", .integer(1...1_000_000), default: connectionsPerCustomer, "Of one customer.")
        commands = section.value(
            "commands", .integer(100...1_000_000_000), default: commands, "In one connection; then 421.")
        idleCommands = section.value(
            "idle-commands", .integer(5...1_000_000), default: idleCommands,
            "Commands since the last message that was taken, accepted recipients aside.")
        errors = section.value("errors", .integer(1...10_000), default: errors, "Wrong commands in one connection.")
        failedLogins = section.value(
            "failed-logins", .integer(1...100), default: failedLogins, "In one connection; then 421.")
        recipientsPerMessage = section.value(
            "recipients", .integer(100...1_000_000), default: recipientsPerMessage,
            "Of one message (RFC 5321 §4.5.3.1.8: at least 100); the rest is asked to come later (452).")
        recipientsPerSession = section.value(
            "recipients-per-connection", .integer(100...1_000_000_000), default: recipientsPerSession,
            "RCPT commands of one connection, accepted or not.")
        messageSize = section.value(
            "message-size", .size(.kib(64)...(.mib(2048))), default: messageSize, "One message; announced by SIZE.")
        lineLength =
            section.value(
                "line-length", .size(ByteCount(1000)...(.mib(1))), default: ByteCount(lineLength),
                "One line of a message. RFC 5322 allows 998 bytes, but many programs write longer ones."
            ).bytes
        headerFields = section.value(
            "header-count", .integer(50...100_000), default: headerFields, "Header fields of one message.")
        headerSize = section.value(
            "header-size", .size(.kib(16)...(.mib(16))), default: headerSize, "The whole header.")
        hops = section.value("hops", .integer(10...1000), default: hops, "Received fields; more is a loop.")
        memory = section.value(
            "memory", .size(.mib(1)...(.mib(1_048_576))), default: memory,
            "Bytes of all messages that are just arriving; beyond it clients have to wait.")
        memoryPerMessage = section.value(
            "memory-per-message", .size(.kib(64)...(.mib(64))), default: memoryPerMessage,
            "What one message takes of it at most; the rest is staged on the disk.")
        minimumRate = section.value(
            "minimum-rate", .integer(0...1_000_000), default: minimumRate,
            "Bytes a second, the slowest that a message may come in, judged after rate-grace.")
        rateGrace = section.value("rate-grace", .duration(.zero...(.seconds(3600))), default: rateGrace, "")
        section.section("timeouts", "The longest that a client may take for…") { timeouts in
            let range: ClosedRange<Duration> = .seconds(1)...(.seconds(3600))
            proxyTimeout = timeouts.value(
                "proxy-header", .duration(range), default: proxyTimeout, "the PROXY header,")
            handshakeTimeout = timeouts.value(
                "tls-handshake", .duration(range), default: handshakeTimeout, "the TLS handshake,")
            commandTimeout = timeouts.value(
                "command", .duration(range), default: commandTimeout,
                "the next command (RFC 5321 §4.5.3.2.7: five minutes),")
            loginTimeout = timeouts.value(
                "login", .duration(range), default: loginTimeout, "a login where one is needed,")
            dataTimeout = timeouts.value(
                "data", .duration(range), default: dataTimeout, "the next bytes of a message,")
            messageTimeout = timeouts.value(
                "message", .duration(.seconds(60)...(.seconds(86_400))), default: messageTimeout, "one whole message.")
            answerTimeout = timeouts.value(
                "answer", .duration(.seconds(10)...(.seconds(590))), default: answerTimeout,
                "The longest that Sluice itself may take for an answer; the client waits ten minutes.")
        }
    }
}
