import LogFormats
import Testing

/// Sendmail, OpenSMTPD, Courier, Zimbra, Roundcube, sshd and PAM.
struct OtherServerLineTests {
    static let single: [(String, String)] = [
        (
            "Nov 24 08:30:00 mx sm-mta[77]: 7AO8U0aa012345: to=<bob@far.example>, ctladdr=<ann@shop.example> (500/500), delay=00:00:01, mailer=esmtp, pri=30, relay=mx.far.example. [198.51.100.9], dsn=5.1.1, stat=User unknown",
            "Sendmail: bounced 7AO8U0aa012345 <bob@far.example> 198.51.100.9 5.1.1 unknown-recipient"
        ),
        (
            "Nov 24 08:30:00 mx sendmail[78]: 7AO8U0aa012346: ruleset=check_rcpt, arg1=<x@far.example>, relay=[203.0.113.8], reject=550 5.7.1 <x@far.example>... Relaying denied",
            "Sendmail: reject 203.0.113.8 <> <x@far.example> 550 5.7.1 relay-denied"
        ),
        (
            "Nov 24 08:30:00 mx sendmail[78]: AUTH failure (LOGIN): user not found (-20) SASL(-13), user=ann, relay=h.example [203.0.113.8]",
            "Sendmail: failure ann 203.0.113.8 smtp LOGIN"
        ),
        (
            "Nov 24 08:30:00 mx sendmail[79]: 7AO8U0aa012347: from=www-data, size=900, class=0, nrcpts=3, msgid=<a@mx>, relay=www-data@localhost",
            "Sendmail: submission 7AO8U0aa012347 - <www-data> size=900 for=3 www-data local"
        ),
        (
            "Nov 24 08:30:00 mx smtpd[9]: 0123456789abcdef mta delivery evpid=aabbccdd00112233 from=<ann@shop.example> to=<bob@far.example> rcpt=<-> source=\"192.0.2.1\" relay=\"198.51.100.9 (mx.far.example)\" delay=2s result=\"PermFail\" stat=\"550 5.7.1 blocked using dnsbl.example\"",
            "OpenSMTPD: bounced aabbccdd <bob@far.example> 198.51.100.9 550 5.7.1 blocklist"
        ),
        (
            "Nov 24 08:30:00 mx imapd: LOGIN FAILED, user=ann, ip=[::ffff:203.0.113.8]",
            "Courier: failure ann 203.0.113.8 imap"
        ),
        (
            "Nov 24 08:30:00 mx pop3d-ssl: LOGIN, user=ann, ip=[2001:db8::8], port=[50000]",
            "Courier: login ann 2001:db8::8 pop3"
        ),
        (
            "2026-11-24 08:30:00,123 WARN  [ImapServer-7] [name=ann@shop.example;oip=203.0.113.8;ua=x;] security - cmd=Auth; account=ann@shop.example; protocol=imap; error=authentication failed for [ann@shop.example], invalid password;",
            "Zimbra: failure ann@shop.example 203.0.113.8 imap"
        ),
        (
            "2026-11-24 08:30:00,123 INFO  [qtp1-2] [name=ann@shop.example;oip=203.0.113.8;ua=x;] security - cmd=Auth; account=ann@shop.example; protocol=soap;",
            "Zimbra: login ann@shop.example 203.0.113.8 webmail"
        ),
        (
            "[24-Nov-2026 08:30:00 +0000]: <a1b2> Successful login for ann@shop.example (ID: 4) from 10.0.0.2(X-Forwarded-For: 203.0.113.8) in session a1b2c3",
            "Roundcube: login ann@shop.example 203.0.113.8 webmail"
        ),
        (
            "Nov 24 08:30:00 web roundcube: <a1b2> IMAP Error: Login failed for ann against localhost from 203.0.113.8. Could not connect",
            "Roundcube: failure ann 203.0.113.8 webmail"
        ),
        (
            "Nov 24 08:30:00 mx sshd[4]: Failed password for invalid user from me from 203.0.113.8 port 4000 ssh2",
            "sshd: failure from me 203.0.113.8 ssh password"
        ),
        (
            "Nov 24 08:30:00 mx sshd-session[4]: Accepted publickey for root from 2001:db8::8 port 4000 ssh2: ED25519 SHA256:abc",
            "sshd: login root 2001:db8::8 ssh publickey"
        ),
        (
            "Nov 24 08:30:00 mx su[4]: pam_unix(su:auth): authentication failure; logname= uid=0 euid=0 tty=pts/1 ruser=joe rhost=203.0.113.8  user=root",
            "PAM: failure root 203.0.113.8 other backend"
        ),
        (
            "<38>1 2026-11-24T08:30:00+00:00 gw sshd 44 - [meta sequenceId=\"1 ]\"] Failed password for ann from 203.0.113.8 port 1 ssh2",
            "sshd: failure ann 203.0.113.8 ssh password"
        ),
    ]

    @Test(arguments: single) func reads(line: String, told: String) { #expect(Lines.story([line]) == told) }

    @Test func sendmailTiesTheLoginToTheMessageOfItsProcess() {
        let told = Lines.story([
            "Nov 24 08:30:00 mx sm-mta[80]: AUTH=server, relay=h.example [203.0.113.8], authid=ann, mech=PLAIN, bits=0",
            "Nov 24 08:30:01 mx sm-mta[80]: 7AO8U0aa012348: from=<ann@shop.example>, size=900, class=0, nrcpts=40, msgid=<a@mx>, proto=ESMTPA, daemon=MTA, relay=h.example [203.0.113.8]",
        ])
        #expect(told == "Sendmail: submission 7AO8U0aa012348 ann 203.0.113.8 <ann@shop.example> size=900 for=40")
    }

    @Test func openSMTPDTiesTheLoginToTheMessageOfItsSession() {
        let told = Lines.story([
            "Nov 24 08:30:00 mx smtpd[9]: 0123456789abcdef smtp connected address=203.0.113.8 host=h.example",
            "Nov 24 08:30:00 mx smtpd[9]: 0123456789abcdef smtp authentication user=ann address=203.0.113.8 host=h.example result=ok",
            "Nov 24 08:30:00 mx smtpd[9]: 0123456789abcdef smtp message msgid=aabbccdd size=800 nrcpt=5 proto=ESMTP",
        ])
        #expect(told == "OpenSMTPD: submission aabbccdd ann 203.0.113.8 <> size=800 for=5")
    }

    @Test func repeatedMessagesKeepTheirCount() {
        var repeats = 0
        Lines.read([
            "Nov 24 08:30:00 mx sshd[4]: message repeated 5 times: [ Failed password for root from 203.0.113.8 port 4000 ssh2]"
        ]) { _, parsed in
            repeats = parsed.repeats
            #expect(parsed.event.map(Lines.text) == "failure root 203.0.113.8 ssh password")
        }
        #expect(repeats == 5)
    }
}
