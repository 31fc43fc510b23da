/// Mail that the tests write themselves: ordinary letters, all different, and spam of one campaign.
enum Letters {
    private static let words =
        "meeting offer draft invoice contract delivery schedule report figures budget review minutes agenda project team customer order sample quality supplier warehouse shipment training holiday office printer server update release ticket question answer proposal design layout plan workshop visit travel hotel train lunch deadline"
        .split(separator: " ").map(String.init)

    /// The same number, the same letter.
    static func ordinary(_ number: Int, from: String, to: String, header: String = "") -> String {
        var state = UInt64(number) &* 0x9e37_79b9_7f4a_7c15 &+ 1
        func word() -> String {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return words[Int(state >> 33) % words.count]
        }
        let lines = (0..<6).map { _ in (0..<8).map { _ in word() }.joined(separator: " ") + "." }
        return """
            \(header)From: <\(from)>\r
            To: <\(to)>\r
            Subject: \(word()) \(word()) \(number)\r
            Message-ID: <letter-\(number)-\(from)>\r
            Date: Tue, 24 Nov 2026 08:30:00 +0000\r
            \r
            Hello,\r
            \r
            \(lines.joined(separator: "\r\n"))\r
            \r
            Regards\r

            """
    }

    static func spam(_ number: Int, from: String, to: String, header: String = "") -> String {
        """
        \(header)From: "Prize Department" <\(from)>\r
        To: <\(to)>\r
        Subject: CONGRATULATIONS!!! You won $\(1000 + number * 7),000 - claim your FREE prize NOW\r
        Message-ID: <spam-\(number)-\(from)>\r
        Date: Tue, 24 Nov 2026 08:30:00 +0000\r
        MIME-Version: 1.0\r
        Content-Type: text/html\r
        \r
        <html><body bgcolor="#FFFF00"><center><h1><font color="#FF0000">Dear winner \(number)!!!</font></h1>\r
        You have been selected to receive a FREE casino bonus. 100% guaranteed, no risk, act now!\r
        <a href="http://prizes-\(number).example/claim?id=\(number * 7919)">CLICK HERE TO CLAIM YOUR MONEY</a><br>\r
        Order viagra and cialis online without prescription at the lowest prices. Earn $5000 per week working\r
        from home. Money back guarantee! Limited time offer. Buy now!!! This is not spam, to be removed from our\r
        mailing list click <a href="http://remove-\(number).example/">here</a>.</center></body></html>\r

        """
    }
}
