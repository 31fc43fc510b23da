import Testing

@testable import MessageFormat

@Suite struct MarkupTests {
    private func read(_ html: String) -> (text: String, hidden: Int, urls: [FoundURL]) {
        var urls = URLCollector()
        var reader = MarkupReader(textLimit: 10_000)
        let bytes = Array(html.utf8)
        reader.read(bytes.span, urls: &urls)
        return (string(reader.text), reader.hidden, urls.found)
    }

    @Test(arguments: [
        ("<p>One</p><p>Two &amp; three&nbsp;&#52;&#x35;</p>", "One\nTwo & three 45"),
        ("a<!-- x > y -->b<script>if (a<b) {}</script>c<STYLE>p{}</STYLE >d", "abcd"),
        ("via&shy;g&#8203;r\u{200b}a", "viagra"), ("a < b & c &bogus; &lt", "a < b & c &bogus; <"),
        ("<img alt='Buy now' src=x.png>", "Buy now"), ("<title>no</title>yes", "yes"), ("x<!-- open", "x"),
        ("<td>a<td>b", "a b"), ("&euro;5 &#128;", "€5 €"), ("<b>to</b>ge<i>ther</i>", "together"),
    ])
    func visibleText(_ html: String, _ expected: String) { #expect(read(html).text == expected) }

    @Test(arguments: [
        "<div style='display: none'>xxxx</div>", "<p><span style=\"color:red;FONT-SIZE:0px\">xxxx</span></p>",
        "<p hidden>xxxx</p>", "<div style='visibility:hidden'><div>xx</div>xx</div>", "<i style='opacity:0.0'>xxxx</i>",
    ])
    func hiddenText(_ html: String) {
        let result = read("a" + html + "b")
        #expect(result.hidden == 4 && !result.text.contains("x"))
    }

    @Test(arguments: ["font-size:0.9em", "opacity:0.5", "font-size:09pt", "display:block", "max-height:0.5em"])
    func notHidden(_ style: String) { #expect(read("<p style='\(style)'>xxxx</p>").hidden == 0) }

    @Test func urls() {
        let result = read(
            "<a href='HTTP://User@Evil.Example:8080/p?a=1&amp;b=2'>https://bank.example/login</a><img src=//cdn.example/x.gif>"
                + "<a href='https://a.news.example/'>news.example</a><a href='#x'>x</a><a href='mailto:a@example.org'>a</a>"
        )
        #expect(result.urls.map { string($0.host) }.prefix(4) == ["evil.example", "cdn.example", "a.news.example", ""])
        #expect(string(result.urls[0].url) == "HTTP://User@Evil.Example:8080/p?a=1&b=2")
        #expect(result.urls[0].showsAnotherHost && !result.urls[2].showsAnotherHost)
        #expect(result.urls[1].origin == .resource)
    }

    @Test(arguments: [
        ("see (http://a.example/x_(y)) now", ["http://a.example/x_(y))"]), ("http://a.example.", ["http://a.example"]),
        ("<https://b.example/>,", ["https://b.example/"]), ("www.c.example", ["www.c.example"]), ("awww.d.example", []),
        ("http://a http://a", ["http://a"]), ("ftp://e.example/f!", ["ftp://e.example/f"]), ("x://y", []),
    ])
    func textURLs(_ text: String, _ expected: [String]) {
        var urls = URLCollector()
        let bytes = Array(text.utf8)
        urls.addText(bytes.span)
        #expect(urls.found.map { string($0.url) } == expected)
    }

    @Test(arguments: [
        ("http://a.example\\@b.example/", "a.example"), ("https:\\\\c.example\\x", "c.example"),
        ("http://d.example.:80/", "d.example"),
        ("http://[2001:db8::1]:80/", "[2001:db8::1]"), ("mailto:x@y", ""), ("http://u:p@e.example", "e.example"),
        ("data:text/html,x", ""),
    ])
    func hosts(_ url: String, _ expected: String) {
        let bytes = Array(url.utf8)
        #expect(string(URLCollector.host(bytes.span)) == expected)
    }

    @Test func whiteSpaceInASchemeHidesNothing() {
        #expect(read("<a href='ht\ttp://\nevil.example/'>x</a>").urls.map { string($0.host) } == ["evil.example"])
    }

    @Test func repeatedURLsCountOnce() {
        let result = read(String(repeating: "<a href='http://a.example/'>x</a>", count: 50) + "http://a.example/")
        #expect(result.urls.count == 1)
    }
}
