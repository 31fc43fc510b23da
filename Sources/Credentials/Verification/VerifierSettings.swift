package import MailTypes

/// The bounds of password checks, each with its reason.
package struct VerifierSettings: Hashable, Sendable {
    /// Threads that compute; more than cores help nobody.
    package var threads = 2
    /// Checks that wait. At 30 ms each, two threads need 4 s for them: longer than that no client should wait.
    package var queue = 256
    /// Checks at once that take much memory (argon2, scrypt, yescrypt), up to 256 MiB each.
    package var heavyChecks = 2
    /// Checks that take no more than this are not heavy.
    package var lightMemory = ByteCount.mib(1)
    /// Checks of one site (an IPv4 address, an IPv6 /64) that wait or run.
    package var pendingPerSite = 32
    /// Clients ask again and again: an answer is remembered so long.
    package var memory = Duration.seconds(300)
    /// Answers remembered.
    package var remembered = 20_000
    /// Failures of one site, of which one is forgotten in each `siteRecovery`: room for an office with an old password.
    package var failuresPerSite = 40
    package var siteRecovery = Duration.seconds(30)
    /// Failures for one user over all sites: what a botnet gets for guessing, 60 an hour at most.
    package var failuresPerUser = 20
    package var userRecovery = Duration.seconds(60)
    /// A site where the user logged in is asked no less for that, so that guessing locks nobody out.
    package var trust = Duration.seconds(7 * 86_400)
    /// Sites, users and pairs of them that are kept in mind.
    package var tracked = 50_000

    package init() {}
}
