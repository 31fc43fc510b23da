package import MailTypes

/// What one client, one session and one message may use. The defaults suit a relay with a few thousand customers.
package struct IntakeLimits: Hashable, Sendable {
    /// Connections in all. Above the 10,000 idle ones that the service is measured with.
    package var connections = 20_000
    /// From one IPv4 address or one IPv6 /64; Postfix allows 50, a hoster's web farm behind one address needs more.
    package var connectionsPerSite = 200
    /// Of one customer, over all its servers.
    package var connectionsPerCustomer = 1000
    /// Commands in one session; a kept connection sends some 20,000 messages with them.
    package var commands = 100_000
    /// Commands since the last message that was taken, accepted recipients aside (Postfix's junk command limit is 100).
    package var idleCommands = 200
    /// Errors of the client in one session, then 421 (Postfix: 20).
    package var errors = 50
    /// Failed logins in one session, then 421.
    package var failedLogins = 3
    /// Accepted recipients of one message; RFC 5321 §4.5.3.1.8 asks for at least 100.
    package var recipientsPerMessage = 1000
    /// RCPT commands of one session, accepted or not.
    package var recipientsPerSession = 50_000
    /// Content of one message, dots unstuffed. Announced in EHLO (RFC 1870).
    package var messageSize = ByteCount.mib(50)
    /// One line of content with its CRLF. RFC 5321 §4.5.3.1.6 asks for 1000; programs that send longer ones are common, so
    /// what is refused is only what no program of good faith sends.
    package var lineLength = 65_536
    /// Header fields of one message.
    package var headerFields = 1000
    /// Header of one message, all fields.
    package var headerSize = ByteCount.kib(256)
    /// `Received:` fields; RFC 5321 §6.3 asks for at least 100 unless loops are told otherwise; 50 is Postfix's limit.
    package var hops = 50
    /// How much of a message that is refused already is read to stay in step with the client; then 421.
    package var drain = ByteCount.mib(64)
    /// Message bytes of all sessions that are neither committed nor given up.
    package var memory = ByteCount.mib(256)
    /// What one message counts at most toward `memory`: receivers stage the rest on disk.
    package var memoryPerMessage = ByteCount.kib(256)
    /// The slowest that a message may come in, bytes a second, judged after `rateGrace`.
    package var minimumRate = 100
    package var rateGrace = Duration.seconds(60)

    /// A PROXY header follows the connection at once.
    package var proxyTimeout = Duration.seconds(10)
    package var handshakeTimeout = Duration.seconds(60)
    /// For a client that nobody answers for yet to log in, from its connection on: unknown peers keep no places.
    package var loginTimeout = Duration.seconds(300)
    /// RFC 5321 §4.5.3.2.7: the server waits at least 5 minutes for the next command.
    package var commandTimeout = Duration.seconds(300)
    /// RFC 5321 §4.5.3.2.5: 3 minutes for the next block of data.
    package var dataTimeout = Duration.seconds(180)
    /// For all the bytes of one message.
    package var messageTimeout = Duration.seconds(7200)
    /// For the policy and the spool to answer. RFC 5321 §4.5.3.2.6: the client waits 10 minutes for the reply to the end
    /// of data; our own 451 must come before that.
    package var answerTimeout = Duration.seconds(300)

    package init() {}
}
