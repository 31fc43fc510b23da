import MailTypes
import Testing

struct EscapingTests {
    @Test(
        "Markup of a mail is text in a page",
        arguments: [
            ("<script>alert('1')</script>", "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;"),
            ("a & \"b\"", "a &amp; &quot;b&quot;"), ("bell\u{7}", "bell?"), ("two\nlines\t.", "two\nlines\t."),
            ("\u{fffe}", "?"), ("Grüße 🙂", "Grüße 🙂"),
        ])
    func markup(_ text: String, _ expected: String) {
        #expect(MarkupText.escaped(text) == expected)
    }

    @Test(
        "What troubles terminals and scripts is escaped in JSON",
        arguments: [
            ("plain", "\"plain\""), ("a\"b\\c", "\"a\\\"b\\\\c\""), ("two\nlines\t.", "\"two\\nlines\\t.\""),
            ("\u{1b}[2J", "\"\\u001b[2J\""), ("\u{7f}\u{9b}", "\"\\u007f\\u009b\""), ("\u{2028}", "\"\\u2028\""),
            ("\u{202e}gpj.exe", "\"\\u202egpj.exe\""), ("Grüße 🙂", "\"Grüße 🙂\""), ("", "\"\""),
        ])
    func json(_ text: String, _ expected: String) {
        #expect(JSONString.quoted(text) == expected)
    }

    @Test func jsonIsCutAtAScalar() {
        var line: [UInt8] = []
        JSONString.append("äöü", limit: 2, to: &line)
        #expect(String(decoding: line, as: UTF8.self) == "\"äö\"")
    }
}
