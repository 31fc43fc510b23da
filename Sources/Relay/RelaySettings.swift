package import MailTypes

/// The relay's bounds, each with its reason.
package struct RelaySettings: Sendable {
    package var scheduler = DeliveryScheduler.Settings()
    /// Fresh messages kept in memory until they are delivered, so that most mail is never read from the disk again.
    package var memory = ByteCount.mib(64)
    /// A message of more bytes is never kept: it is read from the spool chunk by chunk while it is sent, so that many large
    /// ones at once cost some chunks each.
    package var largestInMemory = ByteCount.kib(256)
    /// RFC 5321 §4.5.4.1: give up after 4 to 5 days.
    package var queueLifetime: Duration = .seconds(5 * 86_400)
    /// The sender is told of a delay after that (RFC 3461 §6.2 leaves it open; Postfix and Exchange use four hours).
    package var delayNotice: Duration? = .seconds(4 * 3600)
    package var heldFate = HeldFate.bounce
    /// How often releases by other processes are looked for.
    package var pollInterval: Duration = .seconds(1)
    /// How often held mail past its deadline is looked for.
    package var heldSweepInterval: Duration = .seconds(60)
    /// Messages read at once at start-up: one page, then other events have their turn.
    package var startPage = 500
    /// Writes that the spool refused are tried again after that.
    package var spoolRetry: Duration = .seconds(10)

    package init() {}
}
