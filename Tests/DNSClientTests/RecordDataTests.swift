import MailTypes
import Testing

@testable import DNSClient

@Suite("Record data")
struct RecordDataTests {
    private func decode<R>(_ bytes: [UInt8], _ reader: (UnsafeRawBufferPointer) -> R?) -> R? {
        bytes.withUnsafeBytes(reader)
    }

    @Test("MX") func mx() {
        let good: [UInt8] = [0, 10, 2] + Array("mx".utf8) + [7] + Array("example".utf8) + [0]
        #expect(decode(good, RecordData.mx) == MXRecord(preference: 10, exchange: DomainName("mx.example")))
        #expect(decode([0, 0, 0], RecordData.mx) == MXRecord(preference: 0, exchange: nil))
        for length in 0..<good.count { #expect(decode(Array(good[..<length]), RecordData.mx) == nil) }
        #expect(decode(good + [0], RecordData.mx) == nil)
        #expect(decode([0, 10, 0xc0, 0x0c], RecordData.mx) == nil)
        #expect(decode([0, 10, 3, 0x61, 0x0d, 0x62, 0], RecordData.mx) == nil)
    }

    @Test("TXT: strings joined, lengths checked") func txt() {
        #expect(decode([1, 0x61, 2, 0x62, 0x63], RecordData.txt) == Array("abc".utf8))
        #expect(decode([0], RecordData.txt) == [])
        #expect(decode([5, 0x61], RecordData.txt) == nil)
    }

    @Test("Addresses and reverse names") func addresses() throws {
        #expect(decode([192, 0, 2, 1], RecordData.ipv4)?.description == "192.0.2.1")
        #expect(decode([192, 0, 2], RecordData.ipv4) == nil)
        #expect(decode([UInt8](repeating: 0, count: 15), RecordData.ipv6) == nil)
        #expect(try #require(IPAddress("192.0.2.1")).reverseName == "1.2.0.192.in-addr.arpa")
        let six = try #require(IPAddress("2001:db8::1")).reverseName
        #expect(six.hasPrefix("1.0.0.0.") && six.hasSuffix(".8.b.d.0.1.0.0.2.ip6.arpa"))
        #expect(six.split(separator: ".").count == 34)
    }
}
