import MTAControl
import Testing

@Suite struct QueueIDTests {
    @Test(arguments: [
        "0E438F900F8", "3pKz9M6Y0Hz4w7x", "1xWFwD-0001LZ-1j", "1rKdmE-000000001xY-0abc", "24PGXfhJ012345",
    ])
    func taken(_ text: String) { #expect(QueueID(text)?.description == text) }

    @Test(arguments: [
        "", "ALL", "-d12345", "a/../b", "abc def", "abcdef\n", "abcdef;", "../../x", String(repeating: "a", count: 65),
        "äöüäöü",
    ])
    func refused(_ text: String) { #expect(QueueID(text) == nil) }
}
