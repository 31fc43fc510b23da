import Glibc

/// Charsets of several bytes, and rare ones, by the C library's iconv(3).
///
/// Only names on this list reach `iconv_open`: a name from a message would otherwise choose which module is loaded.
enum IconvCharset {
    static func glibcName(_ name: String) -> String? { names[name] }

    private static let names: [String: String] = {
        let lists: [String: String] = [
            "GB18030": "gb2312 gbk gb18030 cp936 windows-936 x-gbk gb_2312-80 euc-cn",
            "BIG5-HKSCS": "big5 big5-hkscs cn-big5 x-big5",
            "BIG5": "cp950 windows-950", "CP949": "euc-kr ks_c_5601-1987 ks_c_5601 cp949 ksc5601 uhc windows-949",
            "ISO-2022-KR": "iso-2022-kr", "ISO-2022-JP": "iso-2022-jp iso-2022-jp-1", "ISO-2022-JP-2": "iso-2022-jp-2",
            "CP932": "shift_jis shift-jis sjis x-sjis cp932 windows-31j ms_kanji", "EUC-JP": "euc-jp eucjp x-euc-jp",
            "EUC-TW": "euc-tw", "ISO-2022-CN": "iso-2022-cn", "TIS-620": "tis-620 iso-8859-11",
            "CP874": "windows-874 cp874",
            "CP1258": "windows-1258 cp1258", "KOI8-U": "koi8-u", "UTF-7": "utf-7 unicode-1-1-utf-7",
            "UTF-32": "utf-32", "UTF-32LE": "utf-32le", "UTF-32BE": "utf-32be",
            "MACINTOSH": "macintosh x-mac-roman mac",
            "MAC-CYRILLIC": "x-mac-cyrillic", "IBM866": "ibm866 cp866", "IBM437": "ibm437 cp437",
            "IBM850": "ibm850 cp850",
            "IBM852": "ibm852 cp852", "ISO-8859-3": "iso-8859-3", "ISO-8859-4": "iso-8859-4",
            "ISO-8859-6": "iso-8859-6",
            "ISO-8859-8": "iso-8859-8 iso-8859-8-i iso-8859-8-e", "ISO-8859-10": "iso-8859-10",
            "ISO-8859-13": "iso-8859-13", "ISO-8859-14": "iso-8859-14", "ISO-8859-16": "iso-8859-16",
            "VISCII": "viscii", "ARMSCII-8": "armscii-8", "GEORGIAN-ACADEMY": "georgian-academy",
        ]
        var names: [String: String] = [:]
        for (known, aliases) in lists { for alias in aliases.split(separator: " ") { names[String(alias)] = known } }
        return names
    }()

    /// `nil` if the C library does not have the charset. Output is bounded by four bytes an input byte.
    static func decode(_ bytes: [UInt8], _ name: String) -> (bytes: [UInt8], problems: MessageDefects)? {
        guard let converter = iconv_open("UTF-8", name), Int(bitPattern: converter) != -1 else { return nil }
        defer { iconv_close(converter) }
        var problems: MessageDefects = []
        var input = bytes
        let capacity = bytes.count * 4 + 64
        var output = [UInt8](repeating: 0, count: capacity)
        let written = input.withUnsafeMutableBytes { source in
            output.withUnsafeMutableBytes { target in
                var from = source.baseAddress?.assumingMemoryBound(to: CChar.self)
                var to = target.baseAddress?.assumingMemoryBound(to: CChar.self)
                var (fromLeft, toLeft) = (source.count, target.count)
                while fromLeft > 0 {
                    errno = 0
                    _ = iconv(converter, &from, &fromLeft, &to, &toLeft)
                    // E2BIG: the bound is reached. Otherwise a byte that fits nothing (EILSEQ, EINVAL): replaced.
                    guard fromLeft > 0, errno != E2BIG, toLeft >= 3 else { break }
                    problems.insert(.badCharacters)
                    for byte in [0xef, 0xbf, 0xbd] as [UInt8] {
                        to?.pointee = CChar(bitPattern: byte)
                        to = to?.advanced(by: 1)
                        toLeft -= 1
                    }
                    from = from?.advanced(by: 1)
                    fromLeft -= 1
                }
                return target.count - toLeft
            }
        }
        output.removeLast(capacity - written)
        return (output, problems)
    }
}
