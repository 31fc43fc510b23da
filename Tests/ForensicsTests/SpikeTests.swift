import Forensics
import MailTypes
import Testing

struct FindingTests {
    @Test(arguments: Finding.Kind.allCases) func everyKindHasItsRank(kind: Finding.Kind) {
        #expect(Finding.Kind.allCases[kind.rank] == kind)
    }
}
