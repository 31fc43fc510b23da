import LogFormats
import MailTypes
import Testing

/// Years that lines do not name, zones, and the many shapes of time.
struct TimeTests {
    private func seconds(_ line: String, latest: String = "2026-11-24T12:00:00Z", zone: ZoneOffsets = .utc) -> String? {
        var result: String?
        Lines.read([line], latest: Lines.seconds(latest), zone: zone) { _, parsed in
            result = parsed.seconds.map { String(Timestamp(seconds: $0).iso8601.prefix(19)) }
        }
        return result
    }

    @Test(arguments: [
        ("Nov 24 08:30:00 h p: x", "2026-11-24T08:30:00"), ("Nov  4 08:30:00 h p: x", "2026-11-04T08:30:00"),
        ("Nov 4 08:30:00 h p: x", "2026-11-04T08:30:00"), ("Dec 24 08:30:00 h p: x", "2025-12-24T08:30:00"),
        ("Nov 24 08:30:00.123 h p: x", "2026-11-24T08:30:00"), ("Feb 29 08:30:00 2024 h p: x", "2024-02-29T08:30:00"),
        ("2026-11-24T08:30:00.123456+01:00 h p: x", "2026-11-24T07:30:00"),
        ("2026-11-24T08:30:00+0000 h p[1]: x", "2026-11-24T08:30:00"),
        ("<22>Nov 24 08:30:00 h p: x", "2026-11-24T08:30:00"),
    ]) func syslogTimes(line: String, time: String) { #expect(seconds(line) == time) }

    @Test func newYearIsPassedForwardsAndStragglersStayBehind() {
        var times: [String] = []
        Lines.read(
            [
                "Dec 31 23:59:58 h p: x", "Jan  1 00:00:01 h p: x", "Dec 31 23:59:59 h p: late",
                "Jan  2 00:00:00 h p: x",
            ],
            latest: Lines.seconds("2026-01-03T00:00:00Z")
        ) { _, parsed in times.append(parsed.seconds.map { String(Timestamp(seconds: $0).iso8601.prefix(10)) } ?? "") }
        #expect(times == ["2025-12-31", "2026-01-01", "2025-12-31", "2026-01-02"])
    }

    @Test func localTimesFollowSummerTime() {
        // Central Europe in 2026: +1 until 29 March 02:00, then +2.
        let zone = ZoneOffsets(transitions: [(Int64.min, 3600), (Lines.seconds("2026-03-29T03:00:00Z"), 7200)])
        #expect(seconds("Mar 28 12:00:00 h p: x", zone: zone) == "2026-03-28T11:00:00")
        #expect(seconds("Mar 30 12:00:00 h p: x", zone: zone) == "2026-03-30T10:00:00")
    }
}

extension Lines {
    /// Seconds since 1970 of `2026-11-24T08:30:00Z`.
    static func seconds(_ text: String) -> Int64 {
        var clock = LogClock(latest: 0)
        var copy = text
        return copy.withUTF8 { bytes in
            guard let base = bytes.baseAddress else { return 0 }
            return clock.isoTime(ByteSlice(base: base, count: bytes.count))?.seconds ?? 0
        }
    }
}
