import MailTypes
import Testing

struct HexadecimalTests {
    @Test func everyByteComesBack() {
        let all = Array(UInt8.min...UInt8.max)
        #expect(Hexadecimal.bytes(Hexadecimal.text(all)) == all)
        #expect(Hexadecimal.bytes(Hexadecimal.text(all).uppercased()) == all)
        #expect(Hexadecimal.text([0, 15, 160, 255]) == "000fa0ff")
    }

    @Test(arguments: ["0", "000", "0g", " 00", "+1", "é"]) func whatIsNoneIsRefused(text: String) {
        #expect(Hexadecimal.bytes(text) == nil)
    }
}
