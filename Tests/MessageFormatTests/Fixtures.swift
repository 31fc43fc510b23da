@testable import MessageFormat

/// Lines joined by CRLF, as mail comes.
func mail(_ text: String) -> [UInt8] { Array(text.replacingNewlines.utf8) }

func string(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }

extension String {
    fileprivate var replacingNewlines: String {
        split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n")
    }
}

/// A small generator with a seed: the same run every time (SplitMix64).
struct Seeded: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

enum Fixtures {
    static let plain = mail(
        """
        Received: from shop.example ([192.0.2.7]) (Authenticated sender: Joe)
        \tby mx.example.net with ESMTPSA; Tue, 24 Nov 2026 08:30:00 +0000
        From: "Doe, Jane" <jane@example.org>
        To: Friends: a@example.net, =?utf-8?Q?J=C3=B6rg?= <b@example.net>;
        Subject: =?iso-8859-1?Q?Gr=FC=DFe?= =?utf-8?B?IGF1cyBLw7Zsbg==?=
        Message-ID: <1@example.org>
        References: <a@x> <b@x>
        List-Unsubscribe: <https://example.org/u>
        List-Unsubscribe-Post: List-Unsubscribe=One-Click

        Hello, see http://example.org/a?b=c. And www.example.net!
        """)

    static let nested = mail(
        """
        From: a@example.org
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary="outer"

        preamble http://preamble.example/
        --outer
        Content-Type: multipart/alternative; boundary=inner

        --inner
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: quoted-printable

        Gr=C3=BC=
        =C3=9Fe =20
        --inner
        Content-Type: text/html; charset=windows-1251
        Content-Transfer-Encoding: base64

        PGh0bWw+PGJvZHk+PHA+z/Do4uXyPC9wPjxhIGhyZWY9Imh0dHA6Ly9ldmlsLmV4YW1wbGUveCI+
        d3d3LmJhbmsuZXhhbXBsZTwvYT48L2JvZHk+PC9odG1sPg==
        --inner--
        epilogue
        --outer
        Content-Type: application/pdf; name*0*=utf-8''Rech; name*1*=n%C3%BCng;
         name*2=.pdf
        Content-Disposition: attachment
        Content-Transfer-Encoding: base64

        AAAA
        --not a boundary
        BBBB
        --outer
        Content-Type: message/rfc822

        Subject: inside

        Forwarded www.forwarded.example/
        --outer--
        """)
}
