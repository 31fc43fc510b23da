package import MailTypes

/// What happened in a span of time, after the first notices of each case: one message instead of many.
package struct DigestContent: Hashable, Sendable {
    package var since: Timestamp
    package var now: Timestamp
    /// At most `NoticeBounds.digestEntries` are shown.
    package var entries: [Entry]
    /// As in `NoticeContent`.
    package var baseURL: String?

    package init(since: Timestamp, now: Timestamp, entries: [Entry], baseURL: String? = nil) {
        self.since = since
        self.now = now
        self.entries = entries
        self.baseURL = baseURL
    }

    package struct Entry: Hashable, Sendable {
        package var caseID: CaseID
        package var source: SourceID
        package var stage: NoticeContent.Stage
        package var since: Timestamp
        package var counts: NoticeContent.Counts

        package init(
            caseID: CaseID, source: SourceID, stage: NoticeContent.Stage, since: Timestamp, counts: NoticeContent.Counts
        ) {
            self.caseID = caseID
            self.source = source
            self.stage = stage
            self.since = since
            self.counts = counts
        }
    }
}
