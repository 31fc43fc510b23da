import LogFormats
import Testing

/// Lines as the mail servers' documentation shapes them, and what they tell.
struct MailServerLineTests {
    static let postfix: [(String, String)] = [
        (
            "Nov 24 08:30:00 mx postfix/submission/smtpd[321]: 4Zx1Qb2KpLz9: client=unknown[203.0.113.7], sasl_method=PLAIN, sasl_username=ann@shop.example",
            "Postfix: submission 4Zx1Qb2KpLz9 ann@shop.example 203.0.113.7 <> size=0 for=0"
        ),
        (
            "Nov 24 08:30:00 mx postfix/smtpd[321]: warning: unknown[203.0.113.7]: SASL LOGIN authentication failed: (reason unavailable), sasl_username=ann",
            "Postfix: failure ann 203.0.113.7 smtp LOGIN"
        ),
        (
            "Nov 24 08:30:00 mx postfix/smtpd[321]: warning: h.example[2001:db8::9]: SASL CRAM-MD5 authentication failed: UGFzc3dvcmQ6",
            "Postfix: failure 2001:db8::9 smtp CRAM-MD5"
        ),
        (
            "Nov 24 08:30:00 mx postfix/qmgr[900]: 1A2B3C4D5E: from=<ann@shop.example>, size=4242, nrcpt=12 (queue active)",
            "Postfix: queued 1A2B3C4D5E <ann@shop.example> size=4242 for=12"
        ),
        ("Nov 24 08:30:00 mx postfix/qmgr[900]: 1A2B3C4D5E: removed", "Postfix: removed 1A2B3C4D5E"),
        (
            "Nov 24 08:30:00 mx postfix/smtp[77]: 1A2B3C4D5E: to=<bob@far.example>, relay=mx.far.example[198.51.100.9]:25, delay=1.5, delays=0.1/0/1/0.4, dsn=5.1.1, status=bounced (host mx.far.example[198.51.100.9] said: 550 5.1.1 <bob@far.example>: Recipient address rejected: User unknown (in reply to RCPT TO command))",
            "Postfix: bounced 1A2B3C4D5E <bob@far.example> 198.51.100.9 550 5.1.1 unknown-recipient"
        ),
        (
            "Nov 24 08:30:00 mx postfix/smtp[77]: 1A2B3C4D5E: to=<bob@far.example>, orig_to=<all@shop.example>, relay=127.0.0.1[127.0.0.1]:10024, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 9F8E7D6C5B)",
            "Postfix: sent 1A2B3C4D5E <bob@far.example> 127.0.0.1 2.0.0 local next=9F8E7D6C5B"
        ),
        (
            "Nov 24 08:30:00 mx postfix/smtp[77]: 1A2B3C4D5E: to=<c@far.example>, relay=mx.far.example[198.51.100.9]:25, delay=1, delays=0/0/0/1, dsn=5.7.1, status=bounced (host mx.far.example[198.51.100.9] said: 554 5.7.1 Service unavailable; Client host [192.0.2.25] blocked using zen.spamhaus.org (in reply to RCPT TO command))",
            "Postfix: bounced 1A2B3C4D5E <c@far.example> 198.51.100.9 554 5.7.1 blocklist"
        ),
        (
            "Nov 24 08:30:00 mx postfix/smtpd[321]: NOQUEUE: reject: RCPT from dsl.example[203.0.113.8]: 550 5.1.1 <zz@shop.example>: Recipient address rejected: User unknown in virtual mailbox table; from=<x@y.example> to=<zz@shop.example> proto=ESMTP helo=<pc>",
            "Postfix: reject 203.0.113.8 <x@y.example> <zz@shop.example> 550 5.1.1 unknown-recipient"
        ),
        (
            "Nov 24 08:30:00 mx postfix/pickup[5]: 1A2B3C4D5E: uid=33 from=<www-data>",
            "Postfix: submission 1A2B3C4D5E - <www-data> size=0 for=0 uid=33 local"
        ),
        (
            "Nov 24 08:30:00 mx postfix/cleanup[5]: 1A2B3C4D5E: warning: header X-PHP-Originating-Script: 33:mail.php from local; from=<www-data@mx>",
            "Postfix: submission 1A2B3C4D5E - <> size=0 for=0 33:mail.php local"
        ),
        (
            "Nov 24 08:30:00 mx postfix/qmgr[900]: 1A2B3C4D5E: from=<a@b.example>, status=expired, returned to sender",
            "Postfix: bounced 1A2B3C4D5E <> - unreachable"
        ),
        ("Nov 24 08:30:00 mx postfix/smtpd[321]: connect from unknown[203.0.113.8]", "Postfix: nothing"),
    ]

    @Test(arguments: postfix) func readsPostfix(line: String, told: String) { #expect(Lines.story([line]) == told) }

    static let dovecot: [(String, String)] = [
        (
            "Nov 24 08:30:00 mx dovecot: imap-login: Login: user=<ann@shop.example>, method=PLAIN, rip=203.0.113.7, lip=192.0.2.1, mpid=44, TLS, session=<abc>",
            "Dovecot: login ann@shop.example 203.0.113.7 imap PLAIN"
        ),
        (
            "Nov 24 08:30:00 mx dovecot: pop3-login: Info: Disconnected: Connection closed (auth failed, 3 attempts in 9 secs): user=<ann>, method=PLAIN, rip=::ffff:203.0.113.7, lip=192.0.2.1, TLS, session=<abc>",
            "Dovecot: failure ann 203.0.113.7 pop3 PLAIN x3"
        ),
        (
            "Nov 24 08:30:00 imap-login: Info: Login: user=<ann>, method=PLAIN, rip=2001:db8::4, lip=2001:db8::1, mpid=7, TLS",
            "Dovecot: login ann 2001:db8::4 imap PLAIN"
        ),
        (
            "Nov 24 08:30:00 mx dovecot: auth-worker(9): conn unix:auth-worker (pid=8,uid=9): auth-worker<4>: sql(ann,203.0.113.7,<sess>): Password mismatch",
            "Dovecot: failure ann 203.0.113.7 other backend"
        ),
        (
            "Nov 24 08:30:00 mx dovecot: auth: passwd-file(ann,203.0.113.7): unknown user (SHA1 of given password: 21bd12)",
            "Dovecot: failure ann 203.0.113.7 other backend"
        ),
        (
            "Nov 24 08:30:00 mx dovecot: imap-login: Disconnected (no auth attempts in 2 secs): user=<>, rip=203.0.113.7, lip=192.0.2.1",
            "Dovecot: nothing"
        ),
    ]

    @Test(arguments: dovecot) func readsDovecot(line: String, told: String) { #expect(Lines.story([line]) == told) }

    static let exim: [(String, String)] = [
        (
            "2026-11-24 08:30:00 1tAbCd-000123-4x <= ann@shop.example H=(pc) [203.0.113.7]:5555 P=esmtpsa X=TLS1.3 A=dovecot_login:ann S=1200 id=m@x T=\"hello A=plain:eve\" for a@far.example b@far.example",
            "Exim: submission 1tAbCd-000123-4x ann 203.0.113.7 <ann@shop.example> size=1200 for=2"
        ),
        (
            "2026-11-24 08:30:00 +0000 [99] 1tAbCd-00000001234-5abc <= www@mx U=www-data P=local S=900",
            "Exim: submission 1tAbCd-00000001234-5abc - <www@mx> size=900 for=0 www-data local"
        ),
        (
            "2026-11-24 08:30:00 1tAbCd-000123-4x ** c@far.example R=dnslookup T=remote_smtp H=mx.far.example [198.51.100.9]: SMTP error from remote mail server after RCPT TO:<c@far.example>: 550 5.1.1 No such user",
            "Exim: bounced 1tAbCd-000123-4x <c@far.example> 198.51.100.9 550 5.1.1 unknown-recipient"
        ),
        (
            "2026-11-24 08:30:00 1tAbCd-000123-4x => c@far.example R=dnslookup T=remote_smtp H=mx.far.example [198.51.100.9]:25 C=\"250 OK\"",
            "Exim: sent 1tAbCd-000123-4x <c@far.example> 198.51.100.9"
        ),
        ("2026-11-24 08:30:00 1tAbCd-000123-4x Completed", "Exim: removed 1tAbCd-000123-4x"),
        (
            "2026-11-24 08:30:00 login authenticator failed for (pc) [203.0.113.7]:5555: 535 Incorrect authentication data (set_id=ann)",
            "Exim: failure ann 203.0.113.7 smtp login"
        ),
        (
            "2026-11-24 08:30:00 H=h.example (pc) [203.0.113.8]:51000 F=<x@y.example> rejected RCPT <zz@shop.example>: Unrouteable address",
            "Exim: reject 203.0.113.8 <x@y.example> <zz@shop.example> 550 unknown-recipient"
        ),
    ]

    @Test(arguments: exim) func readsExim(line: String, told: String) { #expect(Lines.story([line]) == told) }

    @Test func eximTellsTheDirectoryOfALocalSubmission() {
        let told = Lines.story([
            "2026-11-24 08:30:00 cwd=/home/shop/public_html 3 args: /usr/sbin/sendmail -t -i",
            "2026-11-24 08:30:01 1tAbCd-000123-4x <= shop@mx U=shop P=local S=700",
        ])
        #expect(told == "Exim: submission 1tAbCd-000123-4x - <shop@mx> size=700 for=0 /home/shop/public_html local")
    }
}
