/// How much the analysis remembers. Beyond a bound it goes on counting and says that it forgot.
package struct AnalysisLimits: Sendable {
    /// 64 bytes each, and 12 of index.
    package var addresses = 1_100_000
    /// 48 bytes and the name each, and 12 of index.
    package var accounts = 400_000
    /// Accounts that sent or logged in: about 200 bytes each.
    package var senders = 200_000
    /// Accounts at addresses: 80 bytes each, and 12 of index.
    package var pairs = 600_000
    /// Days of accounts: 20 bytes each.
    package var dayBins = 1_500_000
    /// 2^bits · 8 messages in flight, 32 bytes each.
    package var queueBits = 16

    package init() {}
}
