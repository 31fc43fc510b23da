import Testing

@testable import MessageFormat

@Suite struct CharsetTests {
    @Test(arguments: [
        ("iso-8859-1", [0xe9, 0x80] as [UInt8], "é€"), ("iso-8859-2", [0xb1], "ą"), ("iso-8859-5", [0xbf], "П"),
        ("iso-8859-7", [0xe1], "α"), ("iso-8859-9", [0xfe], "ş"), ("iso-8859-15", [0xa4], "€"),
        ("windows-1250", [0x9c], "ś"),
        ("windows-1251", [0xcf], "П"), ("windows-1252", [0x93], "“"), ("windows-1253", [0xe1], "α"),
        ("windows-1254", [0xf0], "ğ"),
        ("windows-1255", [0xe0], "א"), ("windows-1256", [0xc7], "ا"), ("windows-1257", [0xe0], "ą"),
        ("koi8-r", [0xf0], "П"),
        ("utf-8", [0xc3, 0xa9], "é"), ("utf-8", [0xff], "\u{fffd}"), ("utf-16le", [0x41, 0x00], "A"),
        ("utf-16", [0xff, 0xfe, 0x42, 0x00], "B"),
        ("utf-16be", [0xd8, 0x3d, 0xde, 0x00], "😀"), ("big5", [0xa4, 0xa4], "中"), ("shift_jis", [0x93, 0xfa], "日"),
        ("euc-kr", [0xc7, 0xd1], "한"), ("iso-8859-6", [0xc7], "ا"), ("../../etc/passwd", [0xe9], "é"),
        ("utf-8//translit", [0xe9], "é"),
        ("", [0xe9], "é"), ("us-ascii", [0xc3, 0xa9], "é"), ("euc-jp", [0xff, 0x41], "\u{fffd}A"),
    ])
    func decodes(_ name: String, _ bytes: [UInt8], _ expected: String) {
        #expect(string(Charset.decode(bytes, Array(name.utf8)).bytes) == expected)
    }

    @Test func everyTableHas128() {
        for name in [
            "iso-8859-1", "iso-8859-2", "iso-8859-5", "iso-8859-7", "iso-8859-9", "iso-8859-15", "koi8-r",
            "windows-1250", "windows-1255",
        ] {
            #expect(SingleByteCharset.table(name)?.count == 128)
        }
    }
}
