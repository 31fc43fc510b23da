import LogFormats
import Testing

/// Exchange, IIS, hMailServer, MailEnable and the Windows event log.
struct WindowsAndExchangeTests {
    @Test func messageTrackingIsReadByItsHeader() {
        let header =
            "#Fields: date-time,client-ip,server-ip,source,event-id,internal-message-id,message-id,recipient-address,recipient-status,total-bytes,recipient-count,sender-address,directionality,original-client-ip"
        #expect(
            Lines.story([
                header,
                "2026-11-24T08:30:00.123Z,10.0.0.4,10.0.0.5,STOREDRIVER,RECEIVE,4711,<m@x>,a@far.example;b@far.example,,5000,2,ann@shop.example,Originating,203.0.113.8",
            ])
                == "Exchange message tracking: submission 4711 ann@shop.example 203.0.113.8 <ann@shop.example> size=5000 for=2"
        )
        #expect(
            Lines.story([
                header,
                "2026-11-24T08:30:01.123Z,10.0.0.4,198.51.100.9,SMTP,FAIL,4711,<m@x>,a@far.example,\"[{LED=550 5.1.1 User unknown}]\",5000,1,ann@shop.example,Originating,",
            ]) == "Exchange message tracking: bounced 4711 <a@far.example> 198.51.100.9 5.1.1 unknown-recipient")
    }

    @Test func receiveConnectorsTellLoginAndMessage() {
        let lines = [
            "#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context",
            "2026-11-24T08:30:00.100Z,EX\\Client,08DA,5,10.0.0.5:587,203.0.113.8:4000,*,SHOP\\ann,authenticated",
            "2026-11-24T08:30:00.200Z,EX\\Client,08DA,6,10.0.0.5:587,203.0.113.8:4000,<,MAIL FROM:<ann@shop.example> SIZE=4,",
            "2026-11-24T08:30:00.300Z,EX\\Client,08DA,7,10.0.0.5:587,203.0.113.8:4000,<,RCPT TO:<a@far.example>,",
            "2026-11-24T08:30:00.400Z,EX\\Client,08DA,8,10.0.0.5:587,203.0.113.8:4000,>,\"250 2.6.0 <m@x> [InternalId=1, Hostname=EX] Queued mail for delivery\",",
        ]
        #expect(Lines.story(Array(lines.prefix(2))) == "Exchange protocol log: login SHOP\\ann 203.0.113.8 smtp")
        #expect(
            Lines.story(lines)
                == "Exchange protocol log: submission SHOP\\ann 203.0.113.8 <ann@shop.example> size=0 for=1")
    }

    static let single: [(String, String)] = [
        (
            "2026-11-24T08:30:00.270Z,EX\\Default,08DB,9,10.0.0.5:25,[2001:db8::8]:53722,>,535 5.7.3 Authentication unsuccessful,",
            "Exchange protocol log: failure 2001:db8::8 smtp"
        ),
        (
            "2026-11-24T08:30:00.530Z,000E,2,10.0.0.5:143,203.0.113.8:35070,ann,168,31,31,login,ann *****,\"R=\"\"2 NO LOGIN failed.\"\";Msg=AuthFailed:LogonDenied\",",
            "Exchange protocol log: failure ann 203.0.113.8 imap ann *****"
        ),
        (
            "192.0.2.7 - SHOP\\ann [24/Nov/2026:08:30:00 +0000] \"AUTH -?LOGIN SMTP\" 535 0",
            "NCSA (IIS): failure SHOP\\ann 192.0.2.7 smtp"
        ),
        (
            "\"SMTPD\"\t12\t44\t\"2026-11-24 08:30:00.123\"\t\"203.0.113.8\"\t\"SENT: 535 Authentication failed. Restarting authentication process.\"",
            "hMailServer: failure 203.0.113.8 smtp"
        ),
        (
            "11/24/26 08:30:00\tSMTP-IN\tA1.MAI\t900\t203.0.113.8\tAUTH\tYW5u\t535 Invalid Username or Password\t0\t0",
            "MailEnable: failure ann 203.0.113.8 smtp"
        ),
        (
            "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><EventID>4625</EventID><TimeCreated SystemTime='2026-11-24T08:30:00.1234567Z'/></System><EventData><Data Name='TargetUserName'>ann</Data><Data Name='LogonType'>3</Data><Data Name='ProcessName'>C:\\x\\MSExchangeFrontendTransport.exe</Data><Data Name='IpAddress'>203.0.113.8</Data></EventData></Event>",
            "Windows Security: failure ann 203.0.113.8 smtp 3"
        ),
    ]

    @Test(arguments: single) func reads(line: String, told: String) { #expect(Lines.story([line]) == told) }

    @Test func hMailServerNamesTheAccountOfABase64Login() {
        let told = Lines.story([
            "\"SMTPD\"\t12\t45\t\"2026-11-24 08:30:00.100\"\t\"203.0.113.8\"\t\"SENT: 334 VXNlcm5hbWU6\"",
            "\"SMTPD\"\t12\t45\t\"2026-11-24 08:30:00.200\"\t\"203.0.113.8\"\t\"RECEIVED: YW5uQHNob3AuZXhhbXBsZQ==\"",
            "\"SMTPD\"\t12\t45\t\"2026-11-24 08:30:00.300\"\t\"203.0.113.8\"\t\"SENT: 235 authenticated.\"",
        ])
        #expect(told == "hMailServer: login ann@shop.example 203.0.113.8 smtp")
    }

    @Test func eventsOverSeveralLinesAreOneRecord() {
        #expect(
            Lines.story([
                "<Event xmlns='x'><System><EventID>4624</EventID>",
                "<TimeCreated SystemTime='2026-11-24T08:30:00Z'/></System>",
                "<EventData><Data Name='TargetUserName'>ann</Data><Data Name='LogonType'>10</Data>",
                "<Data Name='IpAddress'>203.0.113.8</Data></EventData>", "</Event>",
            ]) == "Windows Security: login ann 203.0.113.8 windows 10")
        #expect(
            Lines.story([
                "[", "    {", "        \"Id\":  4625,", "        \"TimeCreated\":  \"\\/Date(1795509000000)\\/\",",
                "        \"Message\":  \"An account failed to log on.\\r\\n\\r\\nSubject:\\r\\n\\tAccount Name:\\t\\tEX$\\r\\n\\r\\nLogon Type:\\t\\t\\t3\\r\\n\\r\\nAccount For Which Logon Failed:\\r\\n\\tAccount Name:\\t\\tann\\r\\n\\r\\nNetwork Information:\\r\\n\\tSource Network Address:\\t203.0.113.8\\r\\n\"",
                "    },",
            ]) == "Windows Security: failure ann 203.0.113.8 windows 3")
        #expect(
            Lines.story([
                "Level,Date and Time,Source,Event ID,Task Category",
                "Information,11/24/2026 8:30:00 AM,Microsoft-Windows-Security-Auditing,4625,Logon,\"An account failed to log on.",
                "", "Account For Which Logon Failed:", "\tAccount Name:\t\tann", "Network Information:",
                "\tSource Network Address:\t203.0.113.8", "\"",
            ]) == "Windows Security: failure ann 203.0.113.8 windows")
    }

    @Test func severalRecordsOnOneLineAreTakenApart() {
        func events(_ line: String) -> [String] {
            var copy = line
            return copy.withUTF8 { bytes in
                guard let base = bytes.baseAddress else { return [] }
                var found: [String] = []
                RecordSplitter.split(ByteSlice(base: base, count: bytes.count)) { found.append($0.string) }
                return found
            }
        }
        #expect(
            events("<?xml?><Events><Event x><a/></Event><Event><b/></Event></Events>")
                == ["<Event x><a/></Event>", "<Event><b/></Event>", "</Events>"])
        #expect(events("[{\"a\":\"}\\\"{\"},{\"b\":{\"c\":1}}]") == ["{\"a\":\"}\\\"{\"}", "{\"b\":{\"c\":1}}"])
        #expect(events("<134>not xml") == ["<134>not xml"])
    }

    @Test func w3cColumnsAreReadByTheirNames() {
        #expect(
            Lines.story([
                "#Software: Microsoft Internet Information Services 10.0", "#Date: 2026-11-24 00:00:21",
                "#Fields: time c-ip cs-username s-sitename cs-method cs-uri-query sc-status",
                "08:30:00 203.0.113.8 - SMTPSVC1 RCPT +TO:<zz@shop.example> 550",
            ]) == "W3C (IIS): reject 203.0.113.8 <> <zz@shop.example> 550 unknown-recipient")
        #expect(
            Lines.story([
                "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status",
                "2026-11-24 08:30:00 10.0.0.5 POST /owa/auth.owa - 443 SHOP\\ann 203.0.113.8 Mozilla/5.0 401",
            ]) == "W3C (IIS): failure SHOP\\ann 203.0.113.8 webmail")
    }
}
