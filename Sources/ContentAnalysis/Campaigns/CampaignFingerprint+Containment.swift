extension CampaignFingerprint {
    /// Whether this text holds the other one whole, or nearly, and more beside it: a letter that quotes it without marks.
    ///
    /// The least hash of a bin cannot be greater where the other's triples are among one's own. Of a text four times as long by
    /// chance four bins of five are not; that some are equal is what chance does not give. Short texts, whose empty bins borrow,
    /// are not found.
    package func holds(_ other: CampaignFingerprint) -> Bool {
        var (equal, notGreater) = (0, 0)
        for (mine, its) in zip(bins, other.bins) {
            if mine <= its { notGreater += 1 }
            if mine == its { equal += 1 }
        }
        return notGreater >= Self.binCount - 4 && equal >= 5 && likeness(to: other) < 0.9
    }
}
