import MailTypes
import Testing

@testable import Inspection

struct KeyedHashTests {
    @Test func oneMailboxHasOneHashAndTheKeyDecidesIt() throws {
        let hash = KeyedHash(key: (1, 2))
        let joe = try #require(EmailAddress("Joe@Example.ORG"))
        #expect(hash.hash(joe) == hash.hash(try #require(EmailAddress("joe@example.org"))))
        #expect(hash.hash(joe) != hash.hash(try #require(EmailAddress("jo@example.org"))))
        #expect(hash.hash(joe) != KeyedHash(key: (1, 3)).hash(joe))
        #expect(hash.hash(ReversePath.null) == 0)
    }

    @Test func lengthAndOrderCount() {
        let hash = KeyedHash(key: (0, 0))
        let all = (0..<40).map { hash.hash([UInt8](repeating: 0, count: $0)) }
        #expect(Set(all).count == 40)
        #expect(hash.hash([1, 2]) != hash.hash([2, 1]))
    }
}
