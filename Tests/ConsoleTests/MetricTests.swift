import Console
import Testing

struct MetricTests {
    @Test func exposition() {
        let families = [
            MetricFamily(
                "sluice_submissions_total", .counter, "Submissions\nby verdict",
                [.init(3, labels: [("verdict", "deliver")]), .init(1, labels: [("verdict", "a\"b\\c\nd")])]),
            MetricFamily("sluice_spool_bytes", .gauge, "Bytes", [.init(1.5)]),
        ]
        #expect(
            MetricFamily.exposition(families) == """
                # HELP sluice_submissions_total Submissions\\nby verdict
                # TYPE sluice_submissions_total counter
                sluice_submissions_total{verdict="deliver"} 3
                sluice_submissions_total{verdict="a\\"b\\\\c\\nd"} 1
                # HELP sluice_spool_bytes Bytes
                # TYPE sluice_spool_bytes gauge
                sluice_spool_bytes 1.5

                """)
    }
}
