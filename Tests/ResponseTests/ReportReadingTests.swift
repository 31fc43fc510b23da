import MailTypes
import Testing

@testable import Response

struct ReportReadingTests {
    /// Whatever stands where a time should: none is a time, and none ends the program.
    @Test(arguments: [
        "", "T", "TZ", "Z", "2026-11-25TZ", "2026-11-25T.Z", "2026-11-25T...Z", "-T-Z", "--T::Z",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z", "2026-11-32T00:00:00Z", "2026-11-25T24:00:00Z", "2026-11-25T14:60:00Z",
        "99999999999999999999-11-25T14:00:00Z", "2026-11-25T14:00:00+00:00", "2026-11-25 14:00:00Z",
    ])
    func noTimeIsNone(text: String) { #expect(ReportReading.time(text) == nil) }

    @Test(arguments: ["2026-11-25T14:00:00Z", "2026-11-25T14:00:00.123456Z"])
    func timesWithAndWithoutAFraction(text: String) {
        #expect(ReportReading.time(text) == Timestamp(seconds: 1_795_615_200))
    }
}
