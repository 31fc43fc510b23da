import Gateway
import MailTypes
import Testing

struct SubmissionIDTests {
    @Test func idsGrowAlsoWhenTheClockStepsBack() {
        let ids = SubmissionIDs(after: SubmissionID.next(after: nil, at: Timestamp(seconds: 2000)))
        var last = ids.next(at: Timestamp(seconds: 2000))
        for seconds: Int64 in [2001, 1000, 0, 1999, 2002, 2002] {
            let next = ids.next(at: Timestamp(seconds: seconds))
            #expect(next > last)
            last = next
        }
    }
}
