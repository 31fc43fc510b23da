import Testing

/// The gateway's own log, and entries of others that go on over several lines.
struct GatewayLineTests {
    static let lines: [(String, String)] = [
        (
            "2026-11-24T08:30:00.000Z info login account=ann@shop.example client=203.0.113.8 customer=acme listener=submission session=7 tls=TLSv1.3",
            "Sluice: login ann@shop.example 203.0.113.8 smtp"
        ),
        (
            "2026-11-24T08:30:00.000Z notice login failed client=203.0.113.8 listener=submission mechanism=PLAIN session=7 user=\"ann account=boss client=192.0.2.1\"",
            "Sluice: failure ann account=boss client=192.0.2.1 203.0.113.8 smtp PLAIN"
        ),
        (
            "2026-11-24T08:30:00.000Z info message taken account=ann client=203.0.113.8 customer=acme from=\"<x \\\" account=boss@shop.example>\" id=0c8 recipients=2 size=900 verdict=deliver",
            "Sluice: submission 0c8 ann 203.0.113.8 <x \\\" account=boss@shop.example> size=900 for=2"
        ),
        (
            "{\"time\":\"2026-11-24T08:30:00.000Z\",\"level\":\"notice\",\"message\":\"message held\",\"account\":\"ann\",\"client\":\"203.0.113.8\",\"evidence\":[\"a\",\"b\"],\"from\":\"<ann@shop.example>\",\"id\":\"0c8\",\"recipients\":\"2\",\"size\":\"900\"}",
            "Sluice: submission 0c8 ann 203.0.113.8 <ann@shop.example> size=900 for=2"
        ),
        (
            "2026-11-24T08:30:00.000Z notice not delivered host=mx.far.example[192.0.2.9] id=0c8 recipient=zz@far.example reply=\"550 5.1.1 User unknown\" result=unknown-recipient",
            "Sluice: bounced 0c8 <zz@far.example> 192.0.2.9 550 5.1.1 unknown-recipient"
        ),
        (
            "2026-11-24T08:30:00.000Z notice message refused by stop account=ann case=case-7 client=203.0.113.8 from=<ann@shop.example> id=0c8 reply=\"550 5.7.1 This account is stopped\"",
            "Sluice: reject 203.0.113.8 ann <ann@shop.example> <> 550 5.7.1 policy"
        ),
        (
            "Nov 24 08:30:00 mx sluice[12]: info delivered id=0c8 recipient=a@far.example reply=\"250 2.0.0 Ok\" result=delivered",
            "Sluice: sent 0c8 <a@far.example> - 250 2.0.0"
        ),
        ("2026-11-24T08:30:00.000Z notice listening address=0.0.0.0:25 listener=relay", "Sluice: nothing"),
    ]

    @Test(arguments: lines) func reads(line: String, told: String) { #expect(Lines.story([line]) == told) }

    @Test(arguments: [
        "Envelope-from: <a@b.example>", "P Received: from x", "\tby mx", "  Subject: x", "----------",
    ])
    func headersUnderARejectedMessageAreItsEntrys(line: String) {
        let entry =
            "2026-11-24 08:30:00 1tF3xA-0001Ab-2C H=h.example [203.0.113.8] F=<a@b.example> rejected after DATA: spam"
        #expect(Lines.story([entry, line]) == "Exim: nothing")
        #expect(Lines.story([line]) == "unknown: not understood")
    }

    @Test(arguments: ["\tat com.zimbra.cs.account.AccountServiceException", "Caused by: x", "ExceptionId:x"])
    func aStackBelongsToTheEntryAbove(line: String) {
        #expect(
            Lines.story(["2026-11-24 08:30:00,123 WARN  [x] [ip=203.0.113.8;] misc - failed", line])
                == "Zimbra: nothing")
    }
}
