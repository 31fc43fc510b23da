import MailTypes
import SluiceConfiguration
import Testing

@testable import Gateway

struct WebTargetTests {
    @Test(arguments: [
        ("https://hook.example/a?b=c", "hook.example", 443, "/a?b=c"), ("http://hook.example", "hook.example", 80, "/"),
        ("http://127.0.0.1:8080/x", "127.0.0.1", 8080, "/x"), ("https://[2001:db8::1]:444/", "2001:db8::1", 444, "/"),
        ("https://[2001:db8::1]/y", "2001:db8::1", 443, "/y"),
    ]) func addressesAreTakenApart(url: String, host: String, port: Int, path: String) throws {
        let target = try #require(WebTarget(url))
        #expect(target.host == host && target.port == port && target.path == path)
        #expect(target.isSecure == url.hasPrefix("https"))
    }

    @Test(arguments: ["ftp://hook.example/", "https://", "https://user@hook.example/", "https://hook.example:0/", "x"])
    func othersAreNot(url: String) { #expect(WebTarget(url) == nil) }

    /// `printf '1795000000.{}' | openssl dgst -sha256 -hmac s3cret`
    @Test func theSignatureCoversTimeAndBody() {
        let signature = WebhookSender.signature(
            Array("{}".utf8), secret: Secret(Array("s3cret".utf8)), at: Timestamp(seconds: 1_795_000_000))
        #expect(signature == "t=1795000000,v1=5d1b28e97f344abce663f0b406ce8f791d7c2d7bc113586192049f10b0318f44")
    }
}
