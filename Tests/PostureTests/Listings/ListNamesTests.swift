import Posture
import Testing

@Suite struct ListNamesTests {
    @Test(arguments: [
        ("554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org", ["spamhaus-zen"]),
        ("550 5.7.1 Blocked - see https://www.spamcop.net/bl.shtml?192.0.2.1", ["spamcop"]),
        ("554 Domain blocked: https://www.spamhaus.org/query/dbl?domain=d.example", ["spamhaus-dbl"]),
        ("554 blocked using dbl.spamhaus.org; and zen.spamhaus.org", ["spamhaus-dbl", "spamhaus-zen"]),
        ("550 rejected by b.BarracudaCentral.org", ["barracuda"]), ("550 5.1.1 no such user", []),
        ("550 \u{1b}[31m" + String(repeating: "x", count: 10_000) + "spamhaus", []),
    ]) func areFound(text: String, lists: [String]) { #expect(ListNames.lists(in: text) == lists) }
}
